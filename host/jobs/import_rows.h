// The rows of a file of codes as commands' worth of coupons, and what is wrong with those that are
// none. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/error.h"
#include "jobs/csv_reader.h"
#include "ledger/command.h"

namespace scrip::jobs {

// The columns of files that are imported and exported, in the order of the latter.
inline constexpr std::array<std::string_view, 7> columns{"code",      "state",      "user_id",    "subject",
                                                         "issued_at", "expires_at", "redeemed_at"};

struct ReadRows {
  std::vector<ImportRow> rows;
  std::vector<ImportError> rejected;
  std::size_t size() const { return rows.size() + rejected.size(); }
};

class ImportRows {
 public:
  // `take` gets up to `at_once` rows at a time; an error of it ends the reading.
  ImportRows(std::size_t at_once, std::function<Result<void>(ReadRows)> take);

  // The header is invalid_request when it lacks the code or has a column that is not known; then
  // nothing was taken.
  Result<void> read(std::string_view bytes);
  Result<void> finish();

  bool has_header() const { return width_.has_value(); }

 private:
  bool line(std::int64_t line, std::vector<std::string>& fields);
  bool malformed(std::int64_t line, const char* why);
  Result<void> read_header(const std::vector<std::string>& fields);
  // Why a row is none; nullopt: `row` is filled in.
  std::optional<std::string> read_row(std::vector<std::string>& fields, ImportRow& row) const;
  bool taken_if_many(std::size_t enough);
  bool stop(Error error);

  const std::size_t at_once_;
  const std::function<Result<void>(ReadRows)> take_;
  CsvReader csv_;
  std::optional<std::size_t> width_;                           // the header's; nullopt: not read yet
  std::array<std::optional<std::size_t>, columns.size()> at_;  // where each column is
  ReadRows read_;
  std::optional<Error> error_;
};

}  // namespace scrip::jobs
