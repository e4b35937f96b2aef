// One run of a prepared statement: bind, step through the rows, read their columns. What goes wrong
// is kept and told by end() or run(), so a query reads as a loop followed by one check.
//
//   Statement query(db, "SELECT name, value FROM counter WHERE campaign = ?1");
//   query.bind(campaign);
//   while (query.next()) query.read(name, value);
//   if (auto ended = query.end(); !ended) return ended.error();
//
// Only one run of the same SQL at a time on a connection; the destructor makes it ready for the next.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "coupon/error.h"
#include "db/sqlite/connection.h"

namespace scrip::sqlite {

// Bytes that are bound as a blob, where a std::string would be bound as text.
struct Blob {
  std::string_view bytes;
};

class Statement {
 public:
  Statement(Connection& db, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds ?1, ?2 ... in order: integers, text, Blob, byte arrays (as blobs), and optionals of these.
  // Text and blobs are not copied: they must stay until the last next() or run().
  template <class... Values>
  Statement& bind(Values&&... values) {
    static_assert((!std::is_same_v<Values, std::string> && ...), "a temporary would be gone before it is used");
    static_assert((!std::is_same_v<Values, std::optional<std::string>> && ...), "likewise");
    int at = 0;
    (bind_at(++at, values), ...);
    return *this;
  }

  // Steps to the next row; false at the end, and on an error.
  bool next();

  // Reads the row's columns from the first on. SQL NULL gives nullopt, 0 or an empty text. A
  // string_view stays until the next next().
  template <class... Values>
  void read(Values&... values) {
    int at = 0;
    (read_at(at++, values), ...);
  }

  // Says that a row makes no sense: next() then gives no further row, and end() this error.
  void malformed(const std::string& what);

  // Whether the rows ended without an error.
  Result<void> end();

  // Steps to the end.
  Result<void> run();

 private:
  void bind_at(int at, std::int64_t value);
  void bind_at(int at, std::string_view text);
  void bind_at(int at, Blob blob);
  void bind_at(int at, std::span<const std::uint8_t> blob);
  template <std::size_t N>
  void bind_at(int at, const std::array<std::uint8_t, N>& blob) {
    bind_at(at, std::span<const std::uint8_t>(blob));
  }
  template <class T>
  void bind_at(int at, const std::optional<T>& value) {
    // Nothing to do without one: a parameter that is not bound is NULL.
    if (value) bind_at(at, *value);
  }

  void read_at(int at, std::int64_t& value) { value = sqlite3_column_int64(statement_, at); }
  void read_at(int at, int& value) { value = sqlite3_column_int(statement_, at); }
  void read_at(int at, bool& value) { value = sqlite3_column_int(statement_, at) != 0; }
  void read_at(int at, std::string& value);
  void read_at(int at, std::string_view& value);
  void read_at(int at, std::span<std::uint8_t> value);  // a blob of exactly that size
  template <std::size_t N>
  void read_at(int at, std::array<std::uint8_t, N>& value) {
    read_at(at, std::span<std::uint8_t>(value));
  }
  template <class T>
  void read_at(int at, std::optional<T>& value) {
    if (sqlite3_column_type(statement_, at) == SQLITE_NULL) {
      value.reset();
    } else {
      read_at(at, value.emplace());
    }
  }

  void fail();

  Connection& db_;
  sqlite3_stmt* statement_;
  std::optional<Error> error_;
};

}  // namespace scrip::sqlite
