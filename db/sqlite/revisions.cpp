#include "db/sqlite/revisions.h"

#include <limits>

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

#define SCRIP_REVISION_COLUMNS "number, revision, accepted_at, accepted_by"
#define SCRIP_ACTIVATION_COLUMNS                                                                                       \
  "id, revision, at, (SELECT later.at FROM policy_activation AS later WHERE later.id > it.id ORDER BY later.id LIMIT " \
  "1),"                                                                                                                \
  " actor, origin, notes, set_aside"

namespace scrip::sqlite {
namespace {

void read(Statement& row, RevisionRow& revision) {
  row.read(revision.number, revision.revision, revision.accepted_at, revision.accepted_by);
}

void read(Statement& row, PolicyActivation& activation) {
  std::string origin;
  row.read(activation.id, activation.revision, activation.at, activation.until, activation.by, origin, activation.notes,
           activation.set_aside);
  const auto known = parse_policy_origin(origin);
  if (!known) row.malformed("an activation's origin is '" + origin + "'");
  activation.origin = known.value_or(PolicyOrigin::reload);
}

template <class Row>
Result<std::vector<Row>> read_rows(Statement& query) {
  std::vector<Row> rows;
  while (query.next()) read(query, rows.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  return rows;
}

// The query's one row, and its files.
Result<std::optional<RevisionRow>> read_revision(Connection& db, Statement& query) {
  if (!query.next()) {
    if (auto ended = query.end(); !ended) return ended.error();
    return std::optional<RevisionRow>();
  }
  RevisionRow row;
  read(query, row);
  Statement files(db, "SELECT name, bytes FROM policy_file WHERE revision = ?1 ORDER BY name");
  files.bind(row.number);
  while (files.next()) {
    auto& [name, bytes] = row.files.emplace_back();
    files.read(name, bytes);
  }
  if (auto ended = files.end(); !ended) return ended.error();
  return std::optional<RevisionRow>(std::move(row));
}

Result<void> add_revision(Connection& db, const RevisionRow& revision) {
  {
    Statement insert(db, "INSERT INTO policy_revision (" SCRIP_REVISION_COLUMNS ") VALUES (?1, ?2, ?3, ?4)");
    insert.bind(revision.number, revision.revision, revision.accepted_at, revision.accepted_by);
    if (auto added = insert.run(); !added) return added;
  }
  for (const auto& [name, bytes] : revision.files) {
    Statement insert(db, "INSERT INTO policy_file (revision, name, bytes) VALUES (?1, ?2, ?3)");
    if (auto added = insert.bind(revision.number, name, Blob{bytes}).run(); !added) return added;
  }
  return {};
}

Result<void> set_active_revision(Connection& db, std::int64_t number) {
  Statement put(db,
                "INSERT INTO setting (name, value) VALUES ('active_revision', ?1)"
                " ON CONFLICT (name) DO UPDATE SET value = ?1");
  return put.bind(number).run();
}

Result<void> add_activation(Connection& db, const PolicyActivation& activation) {
  Statement insert(db,
                   "INSERT INTO policy_activation (revision, at, actor, origin, notes, set_aside)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  return insert
      .bind(activation.revision, activation.at, activation.by, name(activation.origin), activation.notes,
            activation.set_aside)
      .run();
}

}  // namespace

Result<std::optional<RevisionRow>> find_revision(Connection& db, std::int64_t number) {
  Statement query(db, "SELECT " SCRIP_REVISION_COLUMNS " FROM policy_revision WHERE number = ?1");
  return read_revision(db, query.bind(number));
}

Result<std::optional<RevisionRow>> find_revision(Connection& db, const std::string& revision) {
  Statement query(db, "SELECT " SCRIP_REVISION_COLUMNS " FROM policy_revision WHERE revision = ?1");
  return read_revision(db, query.bind(revision));
}

Result<void> apply_revisions(Connection& db, const Changes& changes) {
  if (changes.revision) {
    if (auto done = add_revision(db, *changes.revision); !done) return done;
  }
  if (changes.active_revision) {
    if (auto done = set_active_revision(db, *changes.active_revision); !done) return done;
  }
  return changes.activation ? add_activation(db, *changes.activation) : Result<void>();
}

Result<std::vector<RevisionRow>> list_revisions(Connection& db, std::int64_t before, int limit) {
  if (before == 0) before = std::numeric_limits<std::int64_t>::max();
  Statement query(
      db, "SELECT " SCRIP_REVISION_COLUMNS " FROM policy_revision WHERE number < ?1 ORDER BY number DESC LIMIT ?2");
  return read_rows<RevisionRow>(query.bind(before, limit));
}

Result<std::vector<RevisionRow>> find_revisions(Connection& db, const std::string& prefix, int limit) {
  // No hexadecimal digit is a 'g' or comes after it.
  const std::string end = prefix + "g";
  Statement query(db, "SELECT " SCRIP_REVISION_COLUMNS
                      " FROM policy_revision WHERE revision >= ?1 AND revision < ?2 ORDER BY revision LIMIT ?3");
  return read_rows<RevisionRow>(query.bind(prefix, end, limit));
}

Result<std::vector<PolicyActivation>> list_activations(Connection& db, std::int64_t revision, int limit) {
  Statement query(db, "SELECT " SCRIP_ACTIVATION_COLUMNS
                      " FROM policy_activation AS it WHERE revision = ?1 ORDER BY id DESC LIMIT ?2");
  return read_rows<PolicyActivation>(query.bind(revision, limit));
}

Result<std::optional<PolicyActivation>> find_last_activation(Connection& db) {
  Statement query(db, "SELECT " SCRIP_ACTIVATION_COLUMNS
                      " FROM policy_activation AS it WHERE id = (SELECT max(id) FROM policy_activation)");
  auto rows = read_rows<PolicyActivation>(query);
  if (!rows) return rows.error();
  return rows->empty() ? std::nullopt : std::optional(std::move(rows->front()));
}

}  // namespace scrip::sqlite
