#include "jobs/csv_reader.h"

#include <new>
#include <utility>

namespace scrip::jobs {
namespace {

constexpr std::size_t npos = std::string::npos;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

constexpr const char* stray_quote =
    "A quote stands where none may: quotes enclose a whole field, and one inside it is doubled.";
constexpr const char* open_quote = "A quote is opened and not closed.";
constexpr const char* too_long = "The row is longer than 4096 bytes.";

}  // namespace

CsvReader::CsvReader(Rows rows) : rows_(std::move(rows)) {
  reset_parser();
}

CsvReader::~CsvReader() {
  csv_free(&parser_);
}

void CsvReader::reset_parser() {
  csv_free(&parser_);
  if (csv_init(&parser_, CSV_STRICT) != 0) throw std::bad_alloc();
  fields_.clear();
  row_ended_ = false;
}

bool CsvReader::read(std::string_view bytes) {
  if (!going_on_) return false;
  text_.append(bytes);
  skip_mark(false);
  if (!at_start_) read_lines(false);
  return going_on_;
}

bool CsvReader::finish() {
  if (!going_on_) return false;
  skip_mark(true);
  if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  read_lines(true);
  while (going_on_ && at_ > row_) {
    malformed(open_quote);
    read_lines(true);
  }
  return going_on_;
}

void CsvReader::skip_mark(bool all) {
  if (!at_start_) return;
  if (!all && text_.size() < byte_order_mark.size() && byte_order_mark.starts_with(text_)) return;
  at_start_ = false;
  if (text_.starts_with(byte_order_mark)) text_.erase(0, byte_order_mark.size());
}

std::size_t CsvReader::line_end(bool all) const {
  const std::size_t end = text_.find_first_of("\r\n", at_);
  if (end == npos || text_[end] == '\n') return end == npos ? npos : end + 1;
  // Whether a line feed belongs to a carriage return is seen when the next byte has come.
  if (end + 1 == text_.size()) return all ? end + 1 : npos;
  return text_[end + 1] == '\n' ? end + 2 : end + 1;
}

void CsvReader::read_lines(bool all) {
  while (going_on_ && at_ < text_.size()) {
    const std::size_t end = line_end(all);
    const std::size_t row_size = (end == npos ? text_.size() : end) - row_;
    if (skipping_) {
      if (end == npos) break;
      skipping_ = false;
      begin_row(end, line_ + 1);
    } else if (row_size > row_limit && at_ > row_) {
      malformed(open_quote);
    } else if (row_size > row_limit) {
      skipping_ = true;  // to its end, which is where the loop goes on
      if (!rows_.malformed(line_, too_long)) going_on_ = false;
    } else if (end == npos) {
      break;
    } else {
      read_line(end);
    }
  }
  // All but a carriage return that may be half a line end.
  if (skipping_) row_ = at_ = text_.ends_with('\r') ? text_.size() - 1 : text_.size();
  text_.erase(0, row_);
  at_ -= row_;
  second_ -= second_ < row_ ? second_ : row_;
  row_ = 0;
}

void CsvReader::read_line(std::size_t end) {
  if (at_ == row_) second_ = end;
  const auto field = [](void* text, std::size_t size, void* self) {
    static_cast<CsvReader*>(self)->fields_.emplace_back(size == 0 ? "" : static_cast<const char*>(text), size);
  };
  const auto row_end = [](int, void* self) { static_cast<CsvReader*>(self)->row_ended_ = true; };
  if (csv_parse(&parser_, text_.data() + at_, end - at_, field, row_end, this) != end - at_) {
    if (csv_error(&parser_) == CSV_ENOMEM) throw std::bad_alloc();
    malformed(stray_quote);
    return;
  }
  at_ = end;
  ++line_;
  if (parser_.pstate != 0) return;  // inside of quotes
  if (row_ended_ && !rows_.row(row_line_, fields_)) going_on_ = false;
  begin_row(at_, line_);
}

void CsvReader::begin_row(std::size_t at, std::int64_t line) {
  row_ = at_ = at;
  row_line_ = line_ = line;
  fields_.clear();
  row_ended_ = false;
}

void CsvReader::malformed(const char* why) {
  if (!rows_.malformed(row_line_, why)) going_on_ = false;
  reset_parser();
  begin_row(second_, row_line_ + 1);
}

}  // namespace scrip::jobs
