#include "jobs/import_rows.h"

#include <algorithm>
#include <utility>

#include "coupon/text.h"

namespace scrip::jobs {
namespace {

enum Column : std::size_t { code, state, user_id, subject, issued_at, expires_at, redeemed_at };

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::optional<CouponState> parse_state(std::string_view text) {
  for (const CouponState known : {CouponState::available, CouponState::issued, CouponState::redeemed}) {
    if (name(known) == text) return known;
  }
  return std::nullopt;
}

}  // namespace

ImportRows::ImportRows(std::size_t at_once, std::function<Result<void>(ReadRows)> take)
    : at_once_(at_once),
      take_(std::move(take)),
      csv_({.row = [this](std::int64_t at, std::vector<std::string>& fields) { return line(at, fields); },
            .malformed = [this](std::int64_t at, const char* why) { return malformed(at, why); }}) {}

Result<void> ImportRows::read(std::string_view bytes) {
  csv_.read(bytes);
  if (error_) return *error_;
  return {};
}

Result<void> ImportRows::finish() {
  csv_.finish();
  if (!error_ && !width_) stop(invalid_field("body", "is empty; its first line names the columns"));
  if (!error_) taken_if_many(1);
  if (error_) return *error_;
  return {};
}

bool ImportRows::stop(Error error) {
  error_ = std::move(error);
  return false;
}

bool ImportRows::taken_if_many(std::size_t enough) {
  if (read_.size() < enough) return true;
  auto taken = take_(std::exchange(read_, {}));
  return taken.ok() || stop(std::move(taken.error()));
}

bool ImportRows::malformed(std::int64_t at, const char* why) {
  if (!width_) return stop(invalid_field("body", std::string("has no header: ") + why));
  read_.rejected.push_back({.line = at, .message = why});
  return taken_if_many(at_once_);
}

bool ImportRows::line(std::int64_t at, std::vector<std::string>& fields) {
  if (!width_) {
    auto header = read_header(fields);
    return header.ok() || stop(std::move(header.error()));
  }
  ImportRow row{.line = at};
  if (auto why = read_row(fields, row)) {
    read_.rejected.push_back({.line = at, .message = std::move(*why)});
  } else {
    read_.rows.push_back(std::move(row));
  }
  return taken_if_many(at_once_);
}

Result<void> ImportRows::read_header(const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!is_utf8(fields[i])) return invalid_field("body", "must be text in UTF-8");
    const auto known = std::find(columns.begin(), columns.end(), fields[i]);
    if (known == columns.end()) {
      return invalid_field(fields[i],
                           "is no column of an import; there are code, user_id, subject, expires_at, "
                           "state, issued_at and redeemed_at, with commas between them");
    }
    auto& place = at_[static_cast<std::size_t>(known - columns.begin())];
    if (place) return invalid_field(fields[i], "is named twice by the first line");
    place = i;
  }
  if (!at_[code]) return invalid_field("code", "is a column that the first line has to name");
  width_ = fields.size();
  return {};
}

std::optional<std::string> ImportRows::read_row(std::vector<std::string>& fields, ImportRow& row) const {
  if (fields.size() != *width_) {
    return "The row has " + std::to_string(fields.size()) + " fields, the first line has " + std::to_string(*width_) +
           ".";
  }
  for (const std::string& field : fields) {
    if (!is_utf8(field)) return "The row is not UTF-8.";
  }
  const auto given = [&](Column column) { return at_[column] && !fields[*at_[column]].empty(); };
  const auto value = [&](Column column) -> std::string& { return fields[*at_[column]]; };

  if (!given(code)) return "The code is missing.";
  row.code = std::move(value(code));
  if (has_control_character(row.code)) return "The code has a control character.";
  row.normalized = normalize_code(row.code);
  if (row.normalized.empty()) {
    return row.code.size() > 64 ? "The code is longer than 64 characters."
                                : "The code " + in_quotes(row.code) + " is nothing but separators.";
  }
  if (given(user_id)) {
    if (!is_user_id(value(user_id))) return "The user_id must be at most 128 bytes without control characters.";
    row.user_id = std::move(value(user_id));
  }
  if (given(subject)) {
    if (!is_subject(value(subject))) return "The subject must be at most 128 bytes without control characters.";
    row.subject = std::move(value(subject));
  }
  const std::pair<Column, std::optional<Micros>*> instants[] = {
      {issued_at, &row.issued_at}, {expires_at, &row.expires_at}, {redeemed_at, &row.redeemed_at}};
  for (const auto& [column, instant] : instants) {
    if (!given(column)) continue;
    *instant = parse_instant(value(column));
    if (!*instant || **instant <= 0) {
      return "The " + std::string(columns[column]) + " " + in_quotes(value(column)) +
             " is no instant such as 2026-11-21T10:00:00+09:00.";
    }
  }
  if (given(state)) {
    const auto known = parse_state(value(state));
    if (!known) return "The state " + in_quotes(value(state)) + " is not available, issued or redeemed.";
    row.state = *known;
  } else if (row.redeemed_at) {
    row.state = CouponState::redeemed;
  } else if (row.user_id || row.issued_at) {
    row.state = CouponState::issued;
  }
  if (row.state == CouponState::available) {
    if (row.user_id) return "The coupon is available and has a user_id.";
    if (row.issued_at || row.redeemed_at) return "The coupon is available and says when it was given.";
    if (row.subject) return "The coupon has a subject, and nobody has it.";
  } else {
    // Only a file that says the state can mean a coupon that was given to nobody in particular.
    if (!row.user_id && !given(state)) return "The coupon was given to somebody; the user_id is missing.";
    if (row.state == CouponState::issued && row.redeemed_at) return "The coupon is issued and says when it was used.";
  }
  return std::nullopt;
}

}  // namespace scrip::jobs
