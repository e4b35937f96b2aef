#include "db/sqlite/audit.h"

#include <algorithm>
#include <limits>

#include "db/forgetting.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// Between ?1 and ?2, at most ?3, of action ?4, subject ?5 and target ?6. A filter that is given has an
// index of its own, in the order of ids; what else is asked for is looked at in the rows.
#define SCRIP_AUDIT_LIST(where, order)                                                    \
  "SELECT id, at, subject, role, action, target, old_value, new_value FROM audit " where  \
  " id > ?1 AND id < ?2 AND (?4 IS NULL OR action = ?4) AND (?5 IS NULL OR subject = ?5)" \
  " AND (?6 IS NULL OR target = ?6) ORDER BY id " order " LIMIT ?3"
#define SCRIP_AUDIT_BY_TARGET "INDEXED BY audit_by_target WHERE target = ?6 AND"
#define SCRIP_AUDIT_BY_SUBJECT "INDEXED BY audit_by_subject WHERE subject = ?5 AND"
#define SCRIP_AUDIT_BY_ACTION "INDEXED BY audit_by_action WHERE action = ?4 AND"

// More than come to be stored in one commit, and little enough for the claims beside it.

Result<void> add_entry(Connection& db, const AuditEntry& entry) {
  Statement insert(db,
                   "INSERT INTO audit (at, subject, role, action, target, old_value, new_value)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  return insert
      .bind(entry.at, entry.subject, entry.role, name(entry.action), entry.target, entry.old_value, entry.new_value)
      .run();
}

Result<void> forget_entries(Connection& db, Micros before) {
  Statement drop(db,
                 "DELETE FROM audit WHERE id IN"
                 " (SELECT id FROM audit INDEXED BY audit_by_at WHERE at < ?1 ORDER BY at LIMIT ?2)");
  return drop.bind(before, forgotten_at_once).run();
}

const char* newest_first(const Reader::AuditFilter& filter) {
  if (filter.target) return SCRIP_AUDIT_LIST(SCRIP_AUDIT_BY_TARGET, "DESC");
  if (filter.subject) return SCRIP_AUDIT_LIST(SCRIP_AUDIT_BY_SUBJECT, "DESC");
  if (filter.action) return SCRIP_AUDIT_LIST(SCRIP_AUDIT_BY_ACTION, "DESC");
  return SCRIP_AUDIT_LIST("WHERE", "DESC");
}

const char* oldest_first(const Reader::AuditFilter& filter) {
  if (filter.target) return SCRIP_AUDIT_LIST(SCRIP_AUDIT_BY_TARGET, "ASC");
  if (filter.subject) return SCRIP_AUDIT_LIST(SCRIP_AUDIT_BY_SUBJECT, "ASC");
  if (filter.action) return SCRIP_AUDIT_LIST(SCRIP_AUDIT_BY_ACTION, "ASC");
  return SCRIP_AUDIT_LIST("WHERE", "ASC");
}

void read(Statement& row, AuditEntry& entry) {
  std::string action;
  row.read(entry.id, entry.at, entry.subject, entry.role, action, entry.target, entry.old_value, entry.new_value);
  const auto known = parse_audit_action(action);
  if (!known) row.malformed("an audit entry's action is '" + action + "'");
  entry.action = known.value_or(AuditAction::campaign_created);
}

// The id before the first entry of the time that is asked for; the largest: there is none. Entries are
// stored in the order of their instants, but for a clock that was set back.
Result<std::int64_t> before_first(Connection& db, const std::optional<Micros>& since) {
  if (!since) return std::int64_t{0};
  Statement query(db, "SELECT id FROM audit INDEXED BY audit_by_at WHERE at >= ?1 ORDER BY at, id LIMIT 1");
  query.bind(*since);
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  if (query.next()) {
    query.read(first);
    --first;
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return first;
}

Result<std::vector<AuditEntry>> list(Connection& db, const char* sql, const Reader::AuditFilter& filter,
                                     std::int64_t after, std::int64_t before, int limit) {
  const auto start = before_first(db, filter.since);
  if (!start) return start.error();
  const std::int64_t above = std::max(after, *start);
  std::optional<std::string_view> action;
  if (filter.action) action = name(*filter.action);
  Statement query(db, sql);
  query.bind(above, before, limit, action, filter.subject, filter.target);
  std::vector<AuditEntry> entries;
  while (query.next()) read(query, entries.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  return entries;
}

}  // namespace

Result<void> apply_audit(Connection& db, const Changes& changes) {
  for (const AuditEntry& entry : changes.audit) {
    if (auto done = add_entry(db, entry); !done) return done;
  }
  return changes.forget_audit_before ? forget_entries(db, *changes.forget_audit_before) : Result<void>();
}

Result<std::vector<AuditEntry>> list_audit(Connection& db, const Reader::AuditFilter& filter, std::int64_t before,
                                           int limit) {
  if (before == 0) before = std::numeric_limits<std::int64_t>::max();
  return list(db, newest_first(filter), filter, 0, before, limit);
}

Result<std::vector<AuditEntry>> list_audit_after(Connection& db, const Reader::AuditFilter& filter, std::int64_t after,
                                                 int limit) {
  return list(db, oldest_first(filter), filter, after, std::numeric_limits<std::int64_t>::max(), limit);
}

}  // namespace scrip::sqlite
