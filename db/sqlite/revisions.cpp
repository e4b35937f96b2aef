#include "db/sqlite/revisions.h"

#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// The query's one row, and its files.
Result<std::optional<RevisionRow>> read_revision(Connection& db, Statement& query) {
  if (!query.next()) {
    if (auto ended = query.end(); !ended) return ended.error();
    return std::optional<RevisionRow>();
  }
  RevisionRow row;
  query.read(row.number, row.revision, row.accepted_at, row.accepted_by);
  Statement files(db, "SELECT name, bytes FROM policy_file WHERE revision = ?1 ORDER BY name");
  files.bind(row.number);
  while (files.next()) {
    auto& [name, bytes] = row.files.emplace_back();
    files.read(name, bytes);
  }
  if (auto ended = files.end(); !ended) return ended.error();
  return std::optional<RevisionRow>(std::move(row));
}

}  // namespace

Result<std::optional<RevisionRow>> find_revision(Connection& db, std::int64_t number) {
  Statement query(db, "SELECT number, revision, accepted_at, accepted_by FROM policy_revision WHERE number = ?1");
  return read_revision(db, query.bind(number));
}

Result<std::optional<RevisionRow>> find_revision(Connection& db, const std::string& revision) {
  Statement query(db, "SELECT number, revision, accepted_at, accepted_by FROM policy_revision WHERE revision = ?1");
  return read_revision(db, query.bind(revision));
}

}  // namespace scrip::sqlite
