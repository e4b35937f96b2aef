// A run: postings in order, written once and never changed. It is stored as chunks of about a page;
// up to `segment_chunks` of them are a segment, which has the first key of each chunk and a filter
// over all its keys. Segments are in memory once a run is used, so that a key that is not there
// seldom costs a read, and one that is costs one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/key_filter.h"
#include "db/sqlite/runs/posting.h"

namespace scrip::sqlite {

// Below what a page takes in without a chain of others behind it.
inline constexpr std::size_t chunk_bytes = 3'900;
inline constexpr std::size_t segment_chunks = 64;

struct Segment {
  std::vector<std::uint64_t> fences;  // the first key of each chunk
  KeyFilter filter;
};

struct Run {
  std::int64_t id = 0;
  std::int64_t postings = 0;
  std::vector<Segment> segments;      // each has segment_chunks chunks, but the last
  std::vector<std::uint64_t> firsts;  // the first key of each segment

  void add(Segment segment);

  std::size_t chunks() const;
  std::uint64_t fence(std::size_t chunk) const;  // its first key
  // Where to begin to look for a key: all chunks before it hold lower ones only.
  std::size_t first_chunk(std::uint64_t key) const;
  // False: no chunk holds the key.
  bool may_hold(std::uint64_t key) const;
  // Has fetched what may_hold() reads for a key.
  void prefetch(std::uint64_t key) const;

 private:
  // The last segment that begins before the key; 0 when none does.
  std::size_t segment_before(std::uint64_t key) const;
};

// posting_run.state
enum class RunState : std::uint8_t { building = 0, live = 1, retired = 2 };

// rowids in posting_chunk and posting_segment: the run and the number in it.
constexpr std::int64_t in_run(std::int64_t run, std::size_t number) {
  return (run << 32) | static_cast<std::int64_t>(number);
}

Result<std::shared_ptr<const Run>> load_run(Connection& db, std::int64_t id);

// Appends a chunk's postings.
Result<void> read_chunk(Connection& db, std::int64_t run, std::size_t chunk, std::vector<Posting>& to);

// The live runs of an index, as the connection's snapshot has them; oldest first.
Result<std::vector<std::int64_t>> live_runs(Connection& db, Index index);

// The runs that somebody of this process has in memory: the writer all live ones, a reader those
// that it reads just now. Thread-safe.
class RunCache {
 public:
  Result<std::shared_ptr<const Run>> get(Connection& db, std::int64_t id);
  // Precondition: the run is live and committed; the number of one that is not may come again.
  void put(const std::shared_ptr<const Run>& run);

 private:
  std::mutex mutex_;
  std::unordered_map<std::int64_t, std::weak_ptr<const Run>> runs_;
};

}  // namespace scrip::sqlite
