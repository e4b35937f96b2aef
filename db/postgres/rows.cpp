#include "db/postgres/rows.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>

namespace scrip::postgres {

Rows::Rows(ResultPointer result) : result_(std::move(result)), size_(PQntuples(result_.get())) {}

std::int64_t Rows::affected() const {
  const std::string_view text = result_ ? PQcmdTuples(result_.get()) : "";
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

std::string_view Rows::bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

// Big-endian, of one byte (boolean) to eight; PostgreSQL says by the length which it is.
std::int64_t Rows::number(int row, int column) const {
  const std::string_view text = bytes(row, column);
  if (text.empty()) return 0;
  std::uint64_t value = text.front() < 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : text) value = value << 8 | static_cast<std::uint8_t>(byte);
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> Rows::integer() const {
  if (size_ == 0 || is_null(0, 0)) return std::nullopt;
  return number(0, 0);
}

void Rows::read_bytes(int row, int column, std::span<std::uint8_t> value) {
  const std::string_view found = bytes(row, column);
  if (found.size() != value.size()) {
    malformed("a value of " + std::to_string(found.size()) + " bytes, not of " + std::to_string(value.size()));
    return;
  }
  std::transform(found.begin(), found.end(), value.begin(), [](char byte) { return static_cast<std::uint8_t>(byte); });
}

void Rows::malformed(const std::string& what) {
  if (!error_) error_ = Error{.code = Code::internal, .message = "the database makes no sense: " + what};
}

Result<void> Rows::end() const {
  return error_ ? Result<void>(*error_) : Result<void>();
}

}  // namespace scrip::postgres
