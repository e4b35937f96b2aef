#include "db/sqlite/refusals.h"

#include <algorithm>
#include <limits>

#include "db/forgetting.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// More than come to be stored in one commit, and little enough for the claims beside it.

// Between ?1 and ?2, at most ?3, of campaign ?4, hook ?5 and code ?6, in minutes that end after ?7 and begin
// before ?8.
#define SCRIP_REFUSALS(where)                                                          \
  "SELECT id, minute, campaign, hook, code, revision, count FROM refusal_count " where \
  " id > ?1 AND id < ?2 AND (?5 IS NULL OR hook = ?5) AND (?6 IS NULL OR code = ?6)"   \
  " AND (?7 IS NULL OR minute + 60000000 > ?7) AND (?8 IS NULL OR minute < ?8) ORDER BY id DESC LIMIT ?3"

Result<void> add(Connection& db, const RefusalCount& row) {
  Statement put(db,
                "INSERT INTO refusal_count (minute, campaign, hook, code, revision, count)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                " ON CONFLICT (minute, campaign, hook, code, revision) DO UPDATE SET count = count + ?6");
  return put.bind(row.minute, row.campaign, row.hook, row.code, row.revision, row.count).run();
}

Result<void> forget(Connection& db, Micros before) {
  Statement drop(db,
                 "DELETE FROM refusal_count WHERE id IN"
                 " (SELECT id FROM refusal_count WHERE minute <= ?1 ORDER BY minute LIMIT ?2)");
  return drop.bind(before - minute, forgotten_at_once).run();
}

// The least id of a minute that begins at or after an instant; the largest int64 when there is none. Rows
// come in the order of their minutes, but for a clock that was set back.
Result<std::int64_t> first_id_at(Connection& db, Micros at) {
  Statement query(db,
                  "SELECT id FROM refusal_count WHERE minute = (SELECT minute FROM refusal_count"
                  " WHERE minute >= ?1 ORDER BY minute LIMIT 1)");
  query.bind(at);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  while (query.next()) {
    std::int64_t id = 0;
    query.read(id);
    least = std::min(least, id);
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return least;
}

}  // namespace

Result<void> apply_refusals(Connection& db, const Changes& changes) {
  for (const RefusalCount& row : changes.refusals) {
    if (auto done = add(db, row); !done) return done;
  }
  return changes.forget_refusals_before ? forget(db, *changes.forget_refusals_before) : Result<void>();
}

Result<std::vector<RefusalCount>> list_refusals(Connection& db, const Reader::RefusalFilter& filter,
                                                std::int64_t before, int limit) {
  if (before <= 0) before = std::numeric_limits<std::int64_t>::max();
  std::int64_t after = 0;
  if (filter.since) {
    const auto first = first_id_at(db, *filter.since - minute + 1);
    if (!first) return first.error();
    after = *first - 1;
  }
  if (filter.until) {
    const auto first = first_id_at(db, *filter.until);
    if (!first) return first.error();
    before = std::min(before, *first);
  }
  Statement query(db, filter.campaign ? SCRIP_REFUSALS("INDEXED BY refusal_count_by_campaign WHERE campaign = ?4 AND")
                                      : SCRIP_REFUSALS("WHERE ?4 IS NULL AND"));
  query.bind(after, before, limit, filter.campaign, filter.hook, filter.code, filter.since, filter.until);
  std::vector<RefusalCount> rows;
  while (query.next()) {
    RefusalCount& row = rows.emplace_back();
    query.read(row.id, row.minute, row.campaign, row.hook, row.code, row.revision, row.count);
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return rows;
}

}  // namespace scrip::sqlite
