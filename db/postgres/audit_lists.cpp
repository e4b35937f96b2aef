#include "db/postgres/audit_lists.h"

#include <algorithm>
#include <limits>

#include "db/postgres/columns.h"
#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

// Between $1 and $2, at most $3, of action $4, subject $5 and target $6, at or after $7. A filter that is given
// has an index of its own, in the order of ids; what else is asked for is looked at in the rows.
#define SCRIP_PG_AUDIT_LIST(where, order)                                                 \
  "SELECT " SCRIP_PG_AUDIT " FROM audit WHERE " where                                     \
  " id > $1 AND id < $2 AND ($4 IS NULL OR action = $4) AND ($5 IS NULL OR subject = $5)" \
  " AND ($6 IS NULL OR target = $6) AND ($7 IS NULL OR at >= $7) ORDER BY id " order " LIMIT $3"

const char* newest_first(const Reader::AuditFilter& filter) {
  if (filter.target) return SCRIP_PG_AUDIT_LIST("target = $6 AND", "DESC");
  if (filter.subject) return SCRIP_PG_AUDIT_LIST("subject = $5 AND", "DESC");
  if (filter.action) return SCRIP_PG_AUDIT_LIST("action = $4 AND", "DESC");
  return SCRIP_PG_AUDIT_LIST("", "DESC");
}

const char* oldest_first(const Reader::AuditFilter& filter) {
  if (filter.target) return SCRIP_PG_AUDIT_LIST("target = $6 AND", "ASC");
  if (filter.subject) return SCRIP_PG_AUDIT_LIST("subject = $5 AND", "ASC");
  if (filter.action) return SCRIP_PG_AUDIT_LIST("action = $4 AND", "ASC");
  return SCRIP_PG_AUDIT_LIST("", "ASC");
}

// Below every id of the time that is asked for. Ids grow with the instants, but for what several nodes do at the
// same time and a clock that was set back, hence a minute before.
Result<std::int64_t> before_first(Connection& db, const std::optional<Micros>& since) {
  if (!since) return std::int64_t{0};
  auto rows = query(db, "SELECT id FROM audit WHERE at >= $1 ORDER BY at, id LIMIT 1",
                    std::move(Params().add(*since - minute)));
  if (!rows) return rows.error();
  return rows->integer().value_or(highest) - 1;
}

Result<std::vector<AuditEntry>> list(Connection& db, const char* sql, const Reader::AuditFilter& filter,
                                     std::int64_t after, std::int64_t before, int limit) {
  const auto start = before_first(db, filter.since);
  if (!start) return start.error();
  std::optional<std::string> action;
  if (filter.action) action = name(*filter.action);
  auto rows = query(db, sql,
                    std::move(Params()
                                  .add(std::max(after, *start))
                                  .add(before)
                                  .add(limit)
                                  .add(action)
                                  .add(filter.subject)
                                  .add(filter.target)
                                  .add(filter.since)));
  if (!rows) return rows.error();
  return read_all<AuditEntry>(*rows);
}

Result<std::optional<RevisionRow>> with_files(Connection& db, Result<Rows> rows) {
  if (!rows) return rows.error();
  auto revision = read_one<RevisionRow>(*rows);
  if (!revision || !*revision) return revision;
  auto files = query(db, "SELECT name, bytes FROM policy_file WHERE revision = $1 ORDER BY name",
                     std::move(Params().add((*revision)->number)));
  if (!files) return files.error();
  for (int row = 0; row < files->size(); ++row) {
    auto& [name, bytes] = (*revision)->files.emplace_back();
    files->read(row, name, bytes);
  }
  return revision;
}

Result<std::vector<RevisionRow>> revisions(Connection& db, const char* sql, Params params) {
  auto rows = query(db, sql, std::move(params));
  if (!rows) return rows.error();
  return read_all<RevisionRow>(*rows);
}

#define SCRIP_PG_ACTIVATION                                                                         \
  "SELECT id, revision, at, (SELECT l.at FROM policy_activation l WHERE l.id > it.id ORDER BY l.id" \
  " LIMIT 1), actor, origin, notes, set_aside FROM policy_activation it"

void read(Rows& rows, int row, PolicyActivation& activation) {
  std::string origin;
  rows.read(row, activation.id, activation.revision, activation.at, activation.until, activation.by, origin,
            activation.notes, activation.set_aside);
  const auto known = parse_policy_origin(origin);
  if (!known) rows.malformed("an activation's origin is '" + origin + "'");
  activation.origin = known.value_or(PolicyOrigin::reload);
}

Result<std::vector<PolicyActivation>> activations(Connection& db, const char* sql, Params params) {
  auto rows = query(db, sql, std::move(params));
  if (!rows) return rows.error();
  std::vector<PolicyActivation> all(static_cast<std::size_t>(rows->size()));
  for (int row = 0; row < rows->size(); ++row) read(*rows, row, all[static_cast<std::size_t>(row)]);
  if (auto ended = rows->end(); !ended) return ended.error();
  return all;
}

}  // namespace

Result<std::vector<AuditEntry>> list_audit(Connection& db, const Reader::AuditFilter& filter, std::int64_t before,
                                           int limit) {
  return list(db, newest_first(filter), filter, 0, before > 0 ? before : highest, limit);
}

Result<std::vector<AuditEntry>> list_audit_after(Connection& db, const Reader::AuditFilter& filter, std::int64_t after,
                                                 int limit) {
  return list(db, oldest_first(filter), filter, after, highest, limit);
}

Result<std::optional<RevisionRow>> find_revision(Connection& db, std::int64_t number) {
  return with_files(db, query(db, "SELECT " SCRIP_PG_REVISION " FROM policy_revision WHERE number = $1",
                              std::move(Params().add(number))));
}

Result<std::optional<RevisionRow>> find_revision(Connection& db, const std::string& revision) {
  return with_files(db, query(db, "SELECT " SCRIP_PG_REVISION " FROM policy_revision WHERE revision = $1",
                              std::move(Params().add(revision))));
}

Result<std::int64_t> find_active_revision(Connection& db) {
  auto rows = query(db, "SELECT value FROM setting WHERE name = 'active_revision'");
  if (!rows) return rows.error();
  return rows->integer().value_or(0);
}

Result<std::vector<RevisionRow>> list_revisions(Connection& db, std::int64_t before, int limit) {
  return revisions(db,
                   "SELECT " SCRIP_PG_REVISION " FROM policy_revision WHERE number < $1 ORDER BY number DESC LIMIT $2",
                   std::move(Params().add(before > 0 ? before : highest).add(limit)));
}

Result<std::vector<RevisionRow>> find_revisions(Connection& db, const std::string& prefix, int limit) {
  // No hexadecimal digit is a 'g' or comes after it.
  return revisions(db,
                   "SELECT " SCRIP_PG_REVISION
                   " FROM policy_revision WHERE revision >= $1 AND revision < $2 ORDER BY revision LIMIT $3",
                   std::move(Params().add(prefix).add(prefix + "g").add(limit)));
}

Result<std::vector<PolicyActivation>> list_activations(Connection& db, std::int64_t revision, int limit) {
  return activations(db, SCRIP_PG_ACTIVATION " WHERE revision = $1 ORDER BY id DESC LIMIT $2",
                     std::move(Params().add(revision).add(limit)));
}

Result<std::optional<PolicyActivation>> find_last_activation(Connection& db) {
  auto last = activations(db, SCRIP_PG_ACTIVATION " ORDER BY id DESC LIMIT 1", {});
  if (!last) return last.error();
  return last->empty() ? std::nullopt : std::optional(std::move(last->front()));
}

}  // namespace scrip::postgres
