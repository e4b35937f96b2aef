#include "jobs/commit_to.h"

namespace scrip::jobs {

Result<void> commit_to(Store& store, const Changes& changes, const std::vector<std::int64_t>& campaigns) {
  if (changes.empty()) return {};
  for (;;) {
    if (auto begun = store.begin(); !begun) return begun;
    Loaded loaded;
    if (!campaigns.empty()) {
      if (auto read = store.load({.tallies = campaigns, .exact = campaigns}, loaded); !read) {
        store.rollback();
        if (read.error().code == Code::storage_conflict) continue;
        return read;
      }
    }
    auto stored = store.commit(changes);
    if (stored || stored.error().code != Code::storage_conflict) return stored;
  }
}

Result<Loaded> load_from(Store& store, const Wanted& wanted) {
  Loaded loaded;
  if (auto begun = store.begin(); !begun) return begun.error();
  auto read = store.load(wanted, loaded);
  store.rollback();
  if (!read) return read.error();
  return loaded;
}

}  // namespace scrip::jobs
