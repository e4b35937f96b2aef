#include "db/sqlite/runs/run_writer.h"

#include <string>
#include <string_view>
#include <utility>

#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

std::string_view bytes_of(const std::vector<std::uint64_t>& words) {
  return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint64_t)};
}

}  // namespace

// Expiries are asked for by ranges, for which a filter is of no use.
RunWriter::RunWriter(Index index, std::int64_t id) : filtered_(index != Index::expiry), run_(std::make_shared<Run>()) {
  run_->id = id;
}

Result<std::unique_ptr<RunWriter>> RunWriter::begin(Connection& db, Index index) {
  Statement insert(db, "INSERT INTO posting_run (collection, state, postings) VALUES (?1, 0, 0)");
  if (auto inserted = insert.bind(static_cast<std::int64_t>(index)).run(); !inserted) return inserted.error();
  return std::unique_ptr<RunWriter>(new RunWriter(index, db.last_row()));
}

Result<void> RunWriter::add(Connection& db, const Posting& posting) {
  if (encoder_.size() + posting_bytes_at_most > chunk_bytes) {
    if (auto ended = end_chunk(db); !ended) return ended;
  }
  if (encoder_.empty()) segment_.fences.push_back(posting.key);
  encoder_.add(posting);
  if (filtered_ && (keys_.empty() || keys_.back() != posting.key)) keys_.push_back(posting.key);
  ++run_->postings;
  return {};
}

Result<void> RunWriter::end_chunk(Connection& db) {
  const std::string bytes = encoder_.take();
  Statement insert(db, "INSERT INTO posting_chunk (id, postings) VALUES (?1, ?2)");
  if (auto inserted = insert.bind(in_run(run_->id, chunk_++), Blob{bytes}).run(); !inserted) return inserted;
  return segment_.fences.size() == segment_chunks ? end_segment(db) : Result<void>();
}

Result<void> RunWriter::end_segment(Connection& db) {
  if (filtered_) segment_.filter = KeyFilter(keys_);
  keys_.clear();
  Statement insert(db, "INSERT INTO posting_segment (id, fences, filter) VALUES (?1, ?2, ?3)");
  const std::string_view fences = bytes_of(segment_.fences);
  const std::string_view filter = segment_.filter.bytes();
  insert.bind(in_run(run_->id, run_->segments.size()), Blob{fences}, Blob{filter});
  if (auto inserted = insert.run(); !inserted) return inserted;
  run_->add(std::exchange(segment_, Segment()));
  return {};
}

Result<std::shared_ptr<const Run>> RunWriter::finish(Connection& db) {
  if (!encoder_.empty()) {
    if (auto ended = end_chunk(db); !ended) return ended.error();
  }
  if (!segment_.fences.empty()) {
    if (auto ended = end_segment(db); !ended) return ended.error();
  }
  Statement update(db, "UPDATE posting_run SET state = 1, postings = ?2 WHERE id = ?1");
  if (auto updated = update.bind(run_->id, run_->postings).run(); !updated) return updated.error();
  return std::shared_ptr<const Run>(run_);
}

}  // namespace scrip::sqlite
