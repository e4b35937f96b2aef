#include "db/sqlite/new_coupons.h"

#include <array>
#include <new>
#include <optional>
#include <string>

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

struct Table {
  sqlite3_vtab base;  // first: SQLite's view of this object
  const std::vector<const Coupon*>* rows;
};

struct Cursor {
  sqlite3_vtab_cursor base;  // likewise
  const std::vector<const Coupon*>* rows;
  std::size_t at;
};

Cursor& of(sqlite3_vtab_cursor* cursor) {
  return *reinterpret_cast<Cursor*>(cursor);
}

void give(sqlite3_context* to, const std::optional<std::string>& text) {
  // Without a value the column is NULL.
  if (text) sqlite3_result_text64(to, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
}

// The columns by their numbers, see connect().
enum Column : int { id, user_id, subject, issued_at, expires_at, decision };

int connect(sqlite3* db, void* rows, int, const char* const*, sqlite3_vtab** made, char**) {
  const int declared = sqlite3_declare_vtab(db,
                                            "CREATE TABLE x (id INTEGER, user_id TEXT, subject TEXT, issued_at "
                                            "INTEGER, expires_at INTEGER, decision INTEGER)");
  if (declared != SQLITE_OK) return declared;
  auto* const table = new (std::nothrow) Table{{}, static_cast<const std::vector<const Coupon*>*>(rows)};
  if (table == nullptr) return SQLITE_NOMEM;
  *made = &table->base;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete reinterpret_cast<Table*>(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info*) {
  return SQLITE_OK;  // all rows, in their order
}

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** made) {
  auto* const cursor = new (std::nothrow) Cursor{{}, reinterpret_cast<Table*>(table)->rows, 0};
  if (cursor == nullptr) return SQLITE_NOMEM;
  *made = &cursor->base;
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete &of(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  of(cursor).at = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++of(cursor).at;
  return SQLITE_OK;
}

int eof(sqlite3_vtab_cursor* cursor) {
  return of(cursor).at >= of(cursor).rows->size() ? 1 : 0;
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int which) {
  const Coupon& coupon = *(*of(cursor).rows)[of(cursor).at];
  switch (static_cast<Column>(which)) {
    case Column::id:
      sqlite3_result_int64(to, coupon_id(coupon.key));
      break;
    case Column::user_id:
      give(to, coupon.user_id);
      break;
    case Column::subject:
      give(to, coupon.subject);
      break;
    case Column::issued_at:
      sqlite3_result_int64(to, coupon.issued_at);
      break;
    case Column::expires_at:
      if (coupon.expires_at) sqlite3_result_int64(to, *coupon.expires_at);
      break;
    case Column::decision:
      sqlite3_result_int64(to, coupon.decision);
      break;
  }
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(of(cursor).at);
  return SQLITE_OK;
}

constexpr sqlite3_module module_of_new_coupons{.iVersion = 0,
                                               .xConnect = connect,
                                               .xBestIndex = best_index,
                                               .xDisconnect = disconnect,
                                               .xOpen = open,
                                               .xClose = close,
                                               .xFilter = filter,
                                               .xNext = next,
                                               .xEof = eof,
                                               .xColumn = column,
                                               .xRowid = rowid};

}  // namespace

Result<void> NewCoupons::open(Connection& db) {
  if (sqlite3_create_module(db.handle(), "new_coupon", &module_of_new_coupons, &rows_) != SQLITE_OK) {
    return db.error("cannot prepare");
  }
  return {};
}

bool NewCoupons::takes(const Coupon& coupon) {
  return coupon.state == CouponState::issued && coupon.imported_code.empty() && coupon.created_at == 0;
}

Result<void> NewCoupons::store(Connection& db) {
  if (rows_.empty()) return {};
  Statement insert(db,
                   "INSERT INTO coupon (id, state, user_id, subject, issued_at, expires_at, decision)"
                   " SELECT id, 1, user_id, subject, issued_at, expires_at, decision FROM new_coupon");
  auto inserted = insert.run();
  rows_.clear();
  return inserted;
}

}  // namespace scrip::sqlite
