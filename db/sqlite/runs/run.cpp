#include "db/sqlite/runs/run.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "db/sqlite/runs/posting_codec.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {

std::size_t Run::chunks() const {
  return segments.empty() ? 0 : (segments.size() - 1) * segment_chunks + segments.back().fences.size();
}

std::uint64_t Run::fence(std::size_t chunk) const {
  return segments[chunk / segment_chunks].fences[chunk % segment_chunks];
}

void Run::add(Segment segment) {
  firsts.push_back(segment.fences.front());
  segments.push_back(std::move(segment));
}

std::size_t Run::segment_before(std::uint64_t key) const {
  const auto after = std::lower_bound(firsts.begin(), firsts.end(), key);
  return after == firsts.begin() ? 0 : static_cast<std::size_t>(after - firsts.begin()) - 1;
}

// Equal keys may go over the end of a chunk, so the one before the first that begins with the key
// is looked into as well.
std::size_t Run::first_chunk(std::uint64_t key) const {
  if (segments.empty() || firsts.front() >= key) return 0;
  const std::size_t segment = segment_before(key);
  const auto& fences = segments[segment].fences;
  const auto fence = std::lower_bound(fences.begin(), fences.end(), key);
  return segment * segment_chunks + static_cast<std::size_t>(fence - fences.begin()) - 1;
}

bool Run::may_hold(std::uint64_t key) const {
  for (std::size_t at = segment_before(key); at < segments.size(); ++at) {
    if (firsts[at] > key) return false;
    if (segments[at].filter.may_hold(key)) return true;
  }
  return false;
}

void Run::prefetch(std::uint64_t key) const {
  if (!segments.empty()) segments[segment_before(key)].filter.prefetch(key);
}

Result<std::shared_ptr<const Run>> load_run(Connection& db, std::int64_t id) {
  auto run = std::make_shared<Run>();
  run->id = id;
  {
    Statement query(db, "SELECT postings FROM posting_run WHERE id = ?1");
    query.bind(id);
    if (query.next()) query.read(run->postings);
    if (auto ended = query.end(); !ended) return ended.error();
  }
  Statement query(db, "SELECT fences, filter FROM posting_segment WHERE id >= ?1 AND id < ?2 ORDER BY id");
  query.bind(in_run(id, 0), in_run(id + 1, 0));
  std::string fences;
  std::string filter;
  while (query.next()) {
    query.read(fences, filter);
    Segment segment;
    segment.fences.resize(fences.size() / sizeof(std::uint64_t));
    if (segment.fences.empty() || segment.fences.size() > segment_chunks) {
      query.malformed("a segment of run " + std::to_string(id) + " is damaged");
      continue;
    }
    std::memcpy(segment.fences.data(), fences.data(), segment.fences.size() * sizeof(std::uint64_t));
    segment.filter = KeyFilter::from(filter);
    run->add(std::move(segment));
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return std::shared_ptr<const Run>(std::move(run));
}

Result<void> read_chunk(Connection& db, std::int64_t run, std::size_t chunk, std::vector<Posting>& to) {
  Statement query(db, "SELECT postings FROM posting_chunk WHERE id = ?1");
  query.bind(in_run(run, chunk));
  bool good = false;
  if (query.next()) {
    std::string_view bytes;
    query.read(bytes);
    good = decode_postings(bytes, to);
  }
  if (auto ended = query.end(); !ended) return ended;
  if (good) return {};
  return {Code::internal, "chunk " + std::to_string(chunk) + " of run " + std::to_string(run) + " in " + db.path() +
                              " is missing or damaged"};
}

Result<std::vector<std::int64_t>> live_runs(Connection& db, Index index) {
  std::vector<std::int64_t> ids;
  Statement query(db, "SELECT id FROM posting_run WHERE collection = ?1 AND state = 1 ORDER BY id");
  query.bind(static_cast<std::int64_t>(index));
  while (query.next()) query.read(ids.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  return ids;
}

Result<std::shared_ptr<const Run>> RunCache::get(Connection& db, std::int64_t id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(id);
    if (found != runs_.end()) {
      if (auto run = found->second.lock()) return run;
    }
  }
  auto run = load_run(db, id);
  if (run) put(*run);
  return run;
}

void RunCache::put(const std::shared_ptr<const Run>& run) {
  const std::lock_guard lock(mutex_);
  std::erase_if(runs_, [](const auto& entry) { return entry.second.expired(); });
  runs_.insert_or_assign(run->id, run);
}

}  // namespace scrip::sqlite
