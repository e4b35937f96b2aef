#include "db/sqlite/runs/stored_postings.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "db/sqlite/runs/posting_codec.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {

Result<void> each_recent(Connection& db, Index index, const TakeRecent& take) {
  Statement query(db, "SELECT id, postings FROM posting_recent WHERE id >= 0 AND id & 7 = ?1 ORDER BY id");
  query.bind(static_cast<std::int64_t>(index));
  std::int64_t row = 0;
  std::string_view bytes;
  while (query.next()) {
    query.read(row, bytes);
    std::vector<Posting> postings;
    if (decode_postings(bytes, postings)) {
      take(row >> 3, std::move(postings));
    } else {
      query.malformed("row " + std::to_string(row) + " of posting_recent is damaged");
    }
  }
  return query.end();
}

Result<void> find_in_run(Connection& db, const Run& run, std::uint64_t key, std::vector<Posting>& to) {
  if (!run.may_hold(key)) return {};
  std::vector<Posting> chunk;
  for (std::size_t at = run.first_chunk(key); at < run.chunks() && run.fence(at) <= key; ++at) {
    chunk.clear();
    if (auto read = read_chunk(db, run.id, at, chunk); !read) return read;
    std::copy_if(chunk.begin(), chunk.end(), std::back_inserter(to), [&](const Posting& p) { return p.key == key; });
  }
  return {};
}

Result<void> find_stored(Connection& db, Index index, RunCache& cache, std::uint64_t key, std::vector<Posting>& to) {
  const auto take = [&](std::int64_t, const std::vector<Posting>& postings) {
    auto at = std::lower_bound(postings.begin(), postings.end(), key,
                               [](const Posting& a, std::uint64_t b) { return a.key < b; });
    for (; at != postings.end() && at->key == key; ++at) to.push_back(*at);
  };
  if (auto read = each_recent(db, index, take); !read) return read;
  const auto live = live_runs(db, index);
  if (!live) return live.error();
  for (const std::int64_t id : *live) {
    auto run = cache.get(db, id);
    if (!run) return run.error();
    if (auto found = find_in_run(db, **run, key, to); !found) return found;
  }
  return {};
}

Result<std::unique_ptr<PostingSource>> read_stored(Connection& db, Index index, RunCache& cache, std::uint64_t from) {
  std::vector<std::unique_ptr<PostingSource>> sources;
  const auto take = [&](std::int64_t, std::vector<Posting> postings) {
    sources.push_back(
        std::make_unique<ListSource>(std::make_shared<const std::vector<Posting>>(std::move(postings)), from));
  };
  if (auto read = each_recent(db, index, take); !read) return read.error();
  const auto live = live_runs(db, index);
  if (!live) return live.error();
  for (const std::int64_t id : *live) {
    auto run = cache.get(db, id);
    if (!run) return run.error();
    sources.push_back(std::make_unique<RunSource>(std::move(*run), from));
  }
  return std::unique_ptr<PostingSource>(std::make_unique<MergedSource>(std::move(sources)));
}

}  // namespace scrip::sqlite
