#include "db/postgres/listings.h"

#include <algorithm>
#include <limits>

#include "db/postgres/columns.h"
#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

// Where a list begins that goes down.
std::int64_t below(std::int64_t before) {
  return before > 0 ? before : highest;
}

template <class Row>
Result<std::vector<Row>> list(Connection& db, const char* sql, Params params = {}) {
  auto rows = query(db, sql, std::move(params));
  if (!rows) return rows.error();
  return read_all<Row>(*rows);
}

// Between $1 and $2, at most $3, of campaign $4, hook $5 and code $6, in minutes that end after $7 and begin before $8.
#define SCRIP_PG_REFUSALS(where)                                                     \
  "SELECT " SCRIP_PG_REFUSAL " FROM refusal_count WHERE " where                      \
  " id > $1 AND id < $2 AND ($5 IS NULL OR hook = $5) AND ($6 IS NULL OR code = $6)" \
  " AND ($7 IS NULL OR minute > $7 - 60000000) AND ($8 IS NULL OR minute < $8) ORDER BY id DESC LIMIT $3"

// Ids grow with the minutes, but for what several nodes count at the same time and a clock that was set back: the
// id of a row that is this much earlier or later is beyond all that is asked for.
constexpr Micros leeway = 2 * minute;

Result<std::int64_t> first_refusal_at(Connection& db, Micros at) {
  auto rows = query(db, "SELECT id FROM refusal_count WHERE minute >= $1 ORDER BY minute, id LIMIT 1",
                    std::move(Params().add(at)));
  if (!rows) return rows.error();
  return rows->integer().value_or(highest);
}

}  // namespace

Result<std::vector<User>> list_users(Connection& db, const std::string& after_login, int limit) {
  return list<User>(db, "SELECT " SCRIP_PG_ACCOUNT " FROM account WHERE login > $1 ORDER BY login LIMIT $2",
                    std::move(Params().add(after_login).add(limit)));
}

Result<std::vector<Work>> list_works(Connection& db, std::int64_t after, int limit) {
  return list<Work>(db, "SELECT " SCRIP_PG_WORK " FROM work WHERE id > $1 ORDER BY id LIMIT $2",
                    std::move(Params().add(after).add(limit)));
}

Result<std::vector<ImportJob>> list_imports(Connection& db, std::int64_t before, int limit) {
  return list<ImportJob>(db,
                         "SELECT " SCRIP_PG_IMPORT " FROM import_job WHERE number < $1 ORDER BY number DESC LIMIT $2",
                         std::move(Params().add(below(before)).add(limit)));
}

Result<std::vector<ImportJob>> list_running_imports(Connection& db) {
  return list<ImportJob>(db, "SELECT " SCRIP_PG_IMPORT
                             " FROM import_job i WHERE state = 'running' AND NOT EXISTS"
                             " (SELECT 1 FROM node n WHERE n.id = i.node_id AND n.incarnation = i.incarnation"
                             " AND n.seen_at > CAST(extract(epoch FROM now()) * 1000000 AS bigint) - 60000000)"
                             " ORDER BY number");
}

Result<std::vector<ImportError>> list_import_errors(Connection& db, std::int64_t job) {
  return list<ImportError>(db, "SELECT line, message FROM import_error WHERE job = $1 ORDER BY line",
                           std::move(Params().add(job)));
}

Result<std::vector<Event>> list_events(Connection& db, std::optional<EventState> state, std::int64_t before,
                                       int limit) {
  if (state) {
    return list<Event>(db,
                       "SELECT " SCRIP_PG_EVENT " FROM outbox WHERE state = $3 AND id < $1 ORDER BY id DESC LIMIT $2",
                       std::move(Params().add(below(before)).add(limit).add(static_cast<std::int64_t>(*state))));
  }
  return list<Event>(db, "SELECT " SCRIP_PG_EVENT " FROM outbox WHERE id < $1 ORDER BY id DESC LIMIT $2",
                     std::move(Params().add(below(before)).add(limit)));
}

Result<std::vector<Event>> list_due_events(Connection& db, Micros now, int limit) {
  return list<Event>(db,
                     "SELECT " SCRIP_PG_EVENT
                     " FROM outbox WHERE state = 0 AND next_attempt_at <= $1 ORDER BY next_attempt_at, id LIMIT $2",
                     std::move(Params().add(now).add(limit)));
}

Result<std::int64_t> count_pending_events(Connection& db) {
  auto rows = query(db, "SELECT count(*) FROM outbox WHERE state = 0");
  if (!rows) return rows.error();
  return rows->integer().value_or(0);
}

Result<std::vector<RefusalCount>> list_refusals(Connection& db, const Reader::RefusalFilter& filter,
                                                std::int64_t before, int limit) {
  before = below(before);
  std::int64_t after = 0;
  if (filter.since) {
    const auto first = first_refusal_at(db, *filter.since - minute - leeway);
    if (!first) return first.error();
    after = *first - 1;
  }
  if (filter.until) {
    const auto first = first_refusal_at(db, *filter.until + leeway);
    if (!first) return first.error();
    before = std::min(before, *first);
  }
  return list<RefusalCount>(db, filter.campaign ? SCRIP_PG_REFUSALS("campaign_id = $4 AND") : SCRIP_PG_REFUSALS(""),
                            std::move(Params()
                                          .add(after)
                                          .add(before)
                                          .add(limit)
                                          .add(filter.campaign)
                                          .add(filter.hook)
                                          .add(filter.code)
                                          .add(filter.since)
                                          .add(filter.until)));
}

}  // namespace scrip::postgres
