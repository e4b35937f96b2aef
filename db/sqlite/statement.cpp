#include "db/sqlite/statement.h"

#include <algorithm>
#include <cassert>

namespace scrip::sqlite {

Statement::Statement(Connection& db, const char* sql) : db_(db), statement_(db.prepared(sql)) {
  assert(statement_ == nullptr || sqlite3_stmt_busy(statement_) == 0);
  if (statement_ == nullptr) fail();
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::fail() {
  if (error_) return;
  const bool reading = statement_ == nullptr || sqlite3_stmt_readonly(statement_) != 0;
  error_ = db_.error(reading ? "cannot read" : "cannot write");
}

void Statement::bind_at(int at, std::int64_t value) {
  if (!error_ && sqlite3_bind_int64(statement_, at, value) != SQLITE_OK) fail();
}

void Statement::bind_at(int at, std::string_view text) {
  // A null pointer would be bound as NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  if (!error_ && sqlite3_bind_text64(statement_, at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK) {
    fail();
  }
}

void Statement::bind_at(int at, Blob blob) {
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  if (!error_ && sqlite3_bind_blob64(statement_, at, data, blob.bytes.size(), SQLITE_STATIC) != SQLITE_OK) fail();
}

void Statement::bind_at(int at, std::span<const std::uint8_t> blob) {
  if (!error_ && sqlite3_bind_blob64(statement_, at, blob.data(), blob.size(), SQLITE_STATIC) != SQLITE_OK) fail();
}

void Statement::read_at(int at, std::string_view& value) {
  const void* data = sqlite3_column_blob(statement_, at);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
  value = data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

void Statement::read_at(int at, std::string& value) {
  std::string_view view;
  read_at(at, view);
  value.assign(view);
}

void Statement::read_at(int at, std::span<std::uint8_t> value) {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, at));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
  if (size != value.size() || data == nullptr) {
    malformed(std::string("column ") + sqlite3_column_name(statement_, at) + " has " + std::to_string(size) +
              " bytes instead of " + std::to_string(value.size()));
    return;
  }
  std::copy(data, data + size, value.begin());
}

bool Statement::next() {
  if (error_) return false;
  const int stepped = sqlite3_step(statement_);
  if (stepped == SQLITE_ROW) return true;
  if (stepped != SQLITE_DONE) fail();
  return false;
}

void Statement::malformed(const std::string& what) {
  if (!error_) error_ = Error{.code = Code::internal, .message = db_.path() + " makes no sense: " + what};
}

Result<void> Statement::end() {
  if (error_) return *error_;
  return {};
}

Result<void> Statement::run() {
  while (next()) {
  }
  return end();
}

}  // namespace scrip::sqlite
