#include "db/sqlite/runs/sorted_runs.h"

#include <algorithm>
#include <string>
#include <utility>

#include "db/sqlite/runs/posting_codec.h"
#include "db/sqlite/runs/stored_postings.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// Of each merge with every batch: at least so many, and so many times what came in. Twice would do;
// a level must never fall behind what the one below it yields.
constexpr std::size_t merged_at_least = 256;
constexpr std::size_t merged_per_added = 3;

constexpr int removed_chunks = 64;  // with every batch
constexpr int removed_segments = 8;

Result<void> set_state(Connection& db, std::int64_t run, RunState state) {
  Statement update(db, "UPDATE posting_run SET state = ?2 WHERE id = ?1");
  return update.bind(run, static_cast<std::int64_t>(state)).run();
}

}  // namespace

void SortedRuns::Unmerged::add(std::int64_t batch, std::shared_ptr<const std::vector<Posting>> sorted) {
  postings += sorted->size();
  last_batch = batch;
  batches.push_back(std::move(sorted));
}

std::unique_ptr<PostingSource> SortedRuns::Unmerged::source() const {
  std::vector<std::unique_ptr<PostingSource>> sources;
  sources.reserve(batches.size());
  for (const auto& batch : batches) sources.push_back(std::make_unique<ListSource>(batch, 0));
  return std::make_unique<MergedSource>(std::move(sources));
}

Result<void> SortedRuns::open(Connection& db) {
  if (opened_) return {};
  unmerged_ = {};
  recent_ = std::make_shared<RecentPostings>();
  frozen_.reset();
  flush_.reset();
  levels_.clear();
  retired_.clear();
  made_.clear();
  added_.reset();
  const auto take = [&](std::int64_t batch, std::vector<Posting> postings) {
    auto sorted = std::make_shared<const std::vector<Posting>>(std::move(postings));
    if (looked_up()) recent_->add(*sorted);
    unmerged_.add(batch, std::move(sorted));
  };
  if (auto read = each_recent(db, index_, take); !read) return read;
  auto live = live_runs(db, index_);
  if (!live) return live.error();
  for (const std::int64_t id : *live) {
    auto run = cache_.get(db, id);
    if (!run) return run.error();
    keep(*run);
  }
  list_live();
  // What a merge that did not come to its end has written is of no use.
  Statement query(db, "SELECT id FROM posting_run WHERE collection = ?1 AND state IN (0, 2)");
  query.bind(static_cast<std::int64_t>(index_));
  while (query.next()) query.read(retired_.emplace_back());
  if (auto ended = query.end(); !ended) return ended;
  opened_ = true;
  return {};
}

// Runs of about one size are one level.
void SortedRuns::keep(std::shared_ptr<const Run> run) {
  std::size_t level = 0;
  for (auto size = static_cast<std::size_t>(run->postings) / options_.recent_postings; size >= options_.fan_in;
       size /= options_.fan_in) {
    ++level;
  }
  if (levels_.size() <= level) levels_.resize(level + 1);
  levels_[level].runs.push_back(std::move(run));
}

void SortedRuns::list_live() {
  auto live = std::make_shared<Runs>();
  for (const Level& level : levels_) live->insert(live->end(), level.runs.begin(), level.runs.end());
  live_ = std::move(live);
}

void SortedRuns::keep_recent(std::int64_t batch, std::vector<Posting> sorted) {
  added_ = std::make_shared<const std::vector<Posting>>(std::move(sorted));
  added_to_ = recent_;
  unmerged_.add(batch, added_);
}

Result<void> SortedRuns::add(Connection& db, std::int64_t batch, std::vector<Posting> postings, std::int64_t oldest) {
  if (auto opened = open(db); !opened) return opened;
  changed_ = true;
  const std::size_t share = std::max(merged_at_least, merged_per_added * postings.size());
  if (!postings.empty()) {
    std::sort(postings.begin(), postings.end());
    PostingEncoder encoder;
    for (const Posting& posting : postings) encoder.add(posting);
    const std::string bytes = encoder.take();
    Statement insert(db, "INSERT INTO posting_recent (id, postings) VALUES (?1, ?2)");
    if (auto inserted = insert.bind(recent_row(batch, index_), Blob{bytes}).run(); !inserted) return inserted;
    keep_recent(batch, std::move(postings));
  }
  const bool many =
      unmerged_.postings >= options_.recent_postings || unmerged_.batches.size() >= options_.recent_batches;
  if (!flush_ && many) {
    if (auto begun = begin_flush(db); !begun) return begun;
  }
  if (flush_) {
    const auto ended = step(db, *flush_, share, oldest);
    if (!ended) return ended.error();
    if (*ended) {
      if (auto done = end_flush(db); !done) return done;
    }
  }
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    if (!levels_[level].merge && levels_[level].runs.size() >= options_.fan_in) {
      if (auto begun = begin_merge(db, level); !begun) return begun;
    }
    if (!levels_[level].merge) continue;
    const auto ended = step(db, *levels_[level].merge, share, oldest);
    if (!ended) return ended.error();
    if (*ended) {
      if (auto done = end_merge(db, level); !done) return done;
    }
  }
  return remove_retired(db);
}

Result<void> SortedRuns::begin_flush(Connection& db) {
  auto writer = RunWriter::begin(db, index_);
  if (!writer) return writer.error();
  frozen_ = std::exchange(recent_, std::make_shared<RecentPostings>());
  const Unmerged frozen = std::exchange(unmerged_, {});
  frozen_last_batch_ = frozen.last_batch;
  flush_ = std::make_unique<Merge>(Merge{.source = frozen.source(), .writer = std::move(*writer), .inputs = {}});
  return {};
}

Result<void> SortedRuns::begin_merge(Connection& db, std::size_t level) {
  auto writer = RunWriter::begin(db, index_);
  if (!writer) return writer.error();
  auto merge = std::make_unique<Merge>();
  merge->writer = std::move(*writer);
  std::vector<std::unique_ptr<PostingSource>> sources;
  for (const auto& run : levels_[level].runs) {
    merge->inputs.push_back(run->id);
    sources.push_back(std::make_unique<RunSource>(run, 0));
  }
  merge->source = std::make_unique<MergedSource>(std::move(sources));
  levels_[level].merge = std::move(merge);
  return {};
}

Result<bool> SortedRuns::step(Connection& db, Merge& merge, std::size_t postings, std::int64_t oldest) {
  for (; postings > 0; --postings) {
    const auto posting = merge.source->next(db);
    if (!posting) return posting.error();
    if (*posting == nullptr) {
      auto run = merge.writer->finish(db);
      if (!run) return run.error();
      made_.push_back(std::move(*run));
      return true;
    }
    if ((*posting)->second < oldest) continue;
    if (auto added = merge.writer->add(db, **posting); !added) return added.error();
  }
  return false;
}

Result<void> SortedRuns::end_flush(Connection& db) {
  Statement drop(db, "DELETE FROM posting_recent WHERE id <= ?1 AND id & 7 = ?2");
  drop.bind(recent_row(frozen_last_batch_, index_), static_cast<std::int64_t>(index_));
  if (auto dropped = drop.run(); !dropped) return dropped;
  frozen_.reset();
  flush_.reset();
  keep(made_.back());
  list_live();
  return {};
}

Result<void> SortedRuns::end_merge(Connection& db, std::size_t level) {
  const std::vector<std::int64_t> inputs = std::move(levels_[level].merge->inputs);
  levels_[level].merge.reset();
  std::erase_if(levels_[level].runs,
                [&](const auto& run) { return std::find(inputs.begin(), inputs.end(), run->id) != inputs.end(); });
  for (const std::int64_t run : inputs) {
    if (auto set = set_state(db, run, RunState::retired); !set) return set;
    retired_.push_back(run);
  }
  keep(made_.back());
  list_live();
  return {};
}

Result<void> SortedRuns::remove_retired(Connection& db) {
  if (retired_.empty()) return {};
  const std::int64_t run = retired_.front();
  {
    Statement drop(db,
                   "DELETE FROM posting_chunk WHERE id IN"
                   " (SELECT id FROM posting_chunk WHERE id >= ?1 AND id < ?2 LIMIT ?3)");
    if (auto dropped = drop.bind(in_run(run, 0), in_run(run + 1, 0), removed_chunks).run(); !dropped) return dropped;
  }
  if (db.changed() == removed_chunks) return {};
  {
    Statement drop(db,
                   "DELETE FROM posting_segment WHERE id IN"
                   " (SELECT id FROM posting_segment WHERE id >= ?1 AND id < ?2 LIMIT ?3)");
    if (auto dropped = drop.bind(in_run(run, 0), in_run(run + 1, 0), removed_segments).run(); !dropped) return dropped;
  }
  if (db.changed() == removed_segments) return {};
  Statement drop(db, "DELETE FROM posting_run WHERE id = ?1");
  if (auto dropped = drop.bind(run).run(); !dropped) return dropped;
  retired_.pop_front();
  return {};
}

void SortedRuns::committed() {
  for (const auto& run : made_) cache_.put(run);
  made_.clear();
  if (added_ && looked_up()) added_to_->add(*added_);
  added_.reset();
  added_to_.reset();
  changed_ = false;
}

void SortedRuns::rolled_back() {
  if (std::exchange(changed_, false)) opened_ = false;
}

}  // namespace scrip::sqlite
