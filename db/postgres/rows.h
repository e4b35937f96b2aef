// What a statement gave: its rows, or how many rows it changed. Columns are read in order; SQL NULL gives nullopt, 0 or
// an empty text. What makes no sense is kept and told by end(), so a query reads as a loop followed by one check:
//
//   for (int row = 0; row < rows.size(); ++row) rows.read(row, name, value);
//   if (auto ended = rows.end(); !ended) return ended.error();
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "coupon/error.h"
#include "db/postgres/connection.h"

namespace scrip::postgres {

class Rows {
 public:
  Rows() = default;
  explicit Rows(ResultPointer result);

  int size() const { return size_; }
  // Rows that an INSERT, UPDATE or DELETE changed.
  std::int64_t affected() const;

  // Reads the row's columns from the first on: bigint, integer, smallint, boolean, text, bytea.
  template <class... Values>
  void read(int row, Values&... values) {
    int column = 0;
    (read_at(row, column++, values), ...);
  }

  // The same from a column on, 0 being the first.
  template <class... Values>
  void read_from(int column, int row, Values&... values) {
    (read_at(row, column++, values), ...);
  }

  // The first row's first column; nullopt when there is no row or it is NULL.
  std::optional<std::int64_t> integer() const;

  // Says that a row makes no sense; the first of these is what end() tells.
  void malformed(const std::string& what);
  Result<void> end() const;

 private:
  std::string_view bytes(int row, int column) const;
  bool is_null(int row, int column) const;
  std::int64_t number(int row, int column) const;

  void read_at(int row, int column, std::int64_t& value) { value = number(row, column); }
  void read_at(int row, int column, int& value) { value = static_cast<int>(number(row, column)); }
  void read_at(int row, int column, bool& value) { value = number(row, column) != 0; }
  void read_at(int row, int column, std::string& value) { value = bytes(row, column); }
  // Into these rows: valid as long as they are.
  void read_at(int row, int column, std::string_view& value) { value = bytes(row, column); }
  template <std::size_t N>
  void read_at(int row, int column, std::array<std::uint8_t, N>& value) {
    read_bytes(row, column, value);
  }
  template <class T>
  void read_at(int row, int column, std::optional<T>& value) {
    if (is_null(row, column)) {
      value.reset();
    } else {
      read_at(row, column, value.emplace());
    }
  }
  void read_bytes(int row, int column, std::span<std::uint8_t> value);

  ResultPointer result_;
  int size_ = 0;
  std::optional<Error> error_;
};

}  // namespace scrip::postgres
