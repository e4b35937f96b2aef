#include "db/sqlite/runs/posting_source.h"

#include <algorithm>
#include <utility>

namespace scrip::sqlite {
namespace {

std::size_t first_of(const std::vector<Posting>& sorted, std::uint64_t key) {
  const auto found =
      std::lower_bound(sorted.begin(), sorted.end(), key, [](const Posting& a, std::uint64_t b) { return a.key < b; });
  return static_cast<std::size_t>(found - sorted.begin());
}

}  // namespace

RunSource::RunSource(std::shared_ptr<const Run> run, std::uint64_t from)
    : run_(std::move(run)), from_(from), chunk_(run_->first_chunk(from)) {}

Result<const Posting*> RunSource::next(Connection& db) {
  while (at_ == read_.size()) {
    if (chunk_ == run_->chunks()) return static_cast<const Posting*>(nullptr);
    read_.clear();
    if (auto done = read_chunk(db, run_->id, chunk_++, read_); !done) return done.error();
    at_ = first_of(read_, from_);
  }
  return &read_[at_++];
}

ListSource::ListSource(std::shared_ptr<const std::vector<Posting>> list, std::uint64_t from)
    : list_(std::move(list)), at_(first_of(*list_, from)) {}

Result<const Posting*> ListSource::next(Connection&) {
  return at_ == list_->size() ? nullptr : &(*list_)[at_++];
}

MergedSource::MergedSource(std::vector<std::unique_ptr<PostingSource>> sources) : sources_(std::move(sources)) {}

Result<void> MergedSource::advance(Connection& db, PostingSource& source) {
  auto posting = source.next(db);
  if (!posting) return posting.error();
  if (*posting) heads_.push({*posting, &source});
  return {};
}

Result<const Posting*> MergedSource::next(Connection& db) {
  if (!std::exchange(begun_, true)) {
    for (const auto& source : sources_) {
      if (auto done = advance(db, *source); !done) return done.error();
    }
  }
  if (PostingSource* const last = std::exchange(last_, nullptr)) {
    if (auto done = advance(db, *last); !done) return done.error();
  }
  if (heads_.empty()) return static_cast<const Posting*>(nullptr);
  const Head head = heads_.top();
  heads_.pop();
  last_ = head.source;
  return head.posting;
}

}  // namespace scrip::sqlite
