// Reads CSV (RFC 4180) as it arrives, piece by piece, by libcsv. Memory does not grow with the file.
//
// A malformed row costs only itself: a quote that is never closed would swallow what follows, so
// after such a row the reader goes back and reads on from the row's second line. One thread at a time.
#pragma once

#include <csv.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace scrip::jobs {

class CsvReader {
 public:
  // What was read. Lines count from 1; a row may take several, `line` is its first. False: stop.
  struct Rows {
    std::function<bool(std::int64_t line, std::vector<std::string>& fields)> row;
    std::function<bool(std::int64_t line, const char* why)> malformed;
  };

  explicit CsvReader(Rows rows);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // False: one of the functions has said so, now or before.
  bool read(std::string_view bytes);
  bool finish();

  // A row may have so many bytes.
  static constexpr std::size_t row_limit = 4'096;

 private:
  void skip_mark(bool all);
  void read_lines(bool all);
  // The end of the line at at_, its line end included; npos: it has not arrived.
  std::size_t line_end(bool all) const;
  void read_line(std::size_t end);
  void begin_row(std::size_t at, std::int64_t line);
  void malformed(const char* why);
  void reset_parser();

  const Rows rows_;
  csv_parser parser_{};
  std::vector<std::string> fields_;
  bool row_ended_ = false;
  bool going_on_ = true;
  bool at_start_ = true;   // of the file, where a byte order mark may be
  bool skipping_ = false;  // the rest of a line that is too long

  std::string text_;  // from the first byte of the row that is being read
  // Places in text_, and the numbers of their lines.
  std::size_t row_ = 0;
  std::int64_t row_line_ = 1;
  std::size_t second_ = 0;  // the row's second line
  std::size_t at_ = 0;      // what libcsv gets next, the begin of a line
  std::int64_t line_ = 1;
};

}  // namespace scrip::jobs
