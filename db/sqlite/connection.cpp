#include "db/sqlite/connection.h"

#include <cstring>
#include <utility>

#include "db/sqlite/gathering_vfs.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

constexpr int primary(int sqlite_code) {
  return sqlite_code & 0xff;
}

}  // namespace

Code code_of(int sqlite_code) {
  switch (primary(sqlite_code)) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Code::storage_unavailable;
    default:
      return Code::internal;
  }
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access) {
  const int flags = (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
  sqlite3* db = nullptr;
  const char* const vfs = access == Access::read_write ? gathering_vfs() : nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &db, flags, vfs);
  if (db == nullptr) return {Code::storage_unavailable, "cannot open " + path + ": out of memory"};
  std::unique_ptr<Connection> connection(new Connection(path, db));
  if (opened != SQLITE_OK) return connection->error("cannot open");
  sqlite3_extended_result_codes(db, 1);
  // A damaged or hostile file must not be able to make SQLite do anything but fail.
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  if (auto set = connection->execute("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY"); !set) {
    return set.error();
  }
  return connection;
}

Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return error("cannot use");
}

Result<std::int64_t> Connection::integer(const char* sql) {
  Statement query(*this, sql);
  std::int64_t value = 0;
  if (query.next()) query.read(value);
  if (auto ended = query.end(); !ended) return ended.error();
  return value;
}

Result<std::string> Connection::text(const char* sql) {
  Statement query(*this, sql);
  std::string value;
  if (query.next()) query.read(value);
  if (auto ended = query.end(); !ended) return ended.error();
  return value;
}

sqlite3_stmt* Connection::prepared(const char* sql) {
  auto& statement = statements_[sql];
  if (!statement) {
    sqlite3_stmt* made = nullptr;
    sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    statement.reset(made);
  }
  return statement.get();
}

Error Connection::error(std::string_view doing) const {
  const int code = sqlite3_extended_errcode(db_.get());
  std::string message(doing);
  message += " " + path_ + ": " + sqlite3_errmsg(db_.get()) + " (SQLite error " + std::to_string(code);
  const int system = sqlite3_system_errno(db_.get());
  if (system != 0 && (primary(code) == SQLITE_IOERR || primary(code) == SQLITE_CANTOPEN)) {
    message += std::string(", ") + std::strerror(system);
  }
  message += ")";
  Error error{.code = code_of(code), .message = std::move(message)};
  if (error.code == Code::storage_unavailable) error.retry_after_s = 1;
  return error;
}

Snapshot::~Snapshot() {
  // Nothing was written, so there is nothing that ending it could fail to store.
  if (db_.in_transaction()) static_cast<void>(db_.execute("ROLLBACK"));
}

}  // namespace scrip::sqlite
