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

Result<std::vector<Posting>> Lookup::find(Index index, std::uint64_t key) {
  std::vector<Posting> found;
  const auto done = views_ ? find_in_view(*db_, (*views_)[static_cast<std::size_t>(index)], key, found)
                           : find_stored(*db_, index, postings_->runs, key, found);
  if (!done) return done.error();
  return found;
}

}  // namespace scrip::sqlite
