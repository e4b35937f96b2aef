#include "db/sqlite/runs/lookup.h"

#include "db/sqlite/runs/stored_postings.h"

namespace scrip::sqlite {

Result<void> find_in_view(Connection& db, const PostingView& view, std::uint64_t key, std::vector<Posting>& to) {
  view.recent->find(key, to);
  if (view.frozen) view.frozen->find(key, to);
  for (const auto& run : *view.runs) {
    if (auto done = find_in_run(db, *run, key, to); !done) return done;
  }
  return {};
}

Result<Lookup> Lookup::in_transaction(Connection& db, Postings& postings) {
  Lookup lookup(db, postings);
  if (postings.views.published()) {
    auto views = postings.views.capture(db);
    if (!views) return views.error();
    lookup.views_ = std::move(*views);
  }
  return lookup;
}

Result<std::vector<std::vector<Posting>>> Lookup::find_each(Index index, const std::vector<std::uint64_t>& keys) {
  std::vector<std::vector<Posting>> found(keys.size());
  if (!views_) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (auto done = find_stored(*db_, index, postings_->runs, keys[i], found[i]); !done) return done.error();
    }
    return found;
  }
  const PostingView& view = (*views_)[static_cast<std::size_t>(index)];
  for (std::size_t i = 0; i < keys.size(); ++i) {
    view.recent->find(keys[i], found[i]);
    if (view.frozen) view.frozen->find(keys[i], found[i]);
  }
  // A filter's line is seldom in the processor's cache; here many are under way at once.
  for (const auto& run : *view.runs) {
    for (const std::uint64_t key : keys) run->prefetch(key);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (auto done = find_in_run(*db_, *run, keys[i], found[i]); !done) return done.error();
    }
  }
  return found;
}

Result<std::vector<Posting>> Lookup::find(Index index, std::uint64_t key) {
  std::vector<Posting> found;
  const auto done = views_ ? find_in_view(*db_, (*views_)[static_cast<std::size_t>(index)], key, found)
                           : find_stored(*db_, index, postings_->runs, key, found);
  if (!done) return done.error();
  return found;
}

}  // namespace scrip::sqlite
