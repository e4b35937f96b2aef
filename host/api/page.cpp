#include "api/page.h"

#include <algorithm>
#include <charconv>

#include "api/json_text.h"

namespace scrip::api {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::vector<std::int64_t>> parse_cursor(std::string_view text, std::size_t numbers) {
  std::vector<std::int64_t> cursor;
  while (cursor.size() < numbers) {
    const std::size_t dot = text.find('.');
    const auto number = parse_number<std::int64_t>(text.substr(0, dot));
    if (!number) return std::nullopt;
    cursor.push_back(*number);
    if (dot == std::string_view::npos) return cursor.size() == numbers ? std::optional(cursor) : std::nullopt;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

}  // namespace

Result<Page> page_of(const http::Request& request, std::size_t numbers) {
  Page page;
  if (const auto limit = request.query_value("limit")) {
    const auto number = parse_number<int>(*limit);
    if (!number || *number < 1 || *number > 1000) return invalid_field("limit", "must be 1 to 1000");
    page.limit = *number;
  }
  if (const auto cursor = request.query_value("cursor")) {
    auto parsed = parse_cursor(*cursor, numbers);
    if (!parsed) return invalid_field("cursor", "is not one that this list gave");
    page.cursor = std::move(*parsed);
  }
  return page;
}

http::Response list_response(std::string_view data, const std::optional<std::string>& next_cursor) {
  ObjectText body;
  body.json("data", data).boolean("has_more", next_cursor.has_value()).text("next_cursor", next_cursor);
  return http::Response::json(200, body.take());
}

http::Response list_response(std::string_view data, const std::optional<std::vector<std::int64_t>>& next) {
  if (!next) return list_response(data, std::optional<std::string>());
  std::string cursor;
  for (const std::int64_t number : *next) cursor += (cursor.empty() ? "" : ".") + std::to_string(number);
  return list_response(data, std::optional<std::string>(std::move(cursor)));
}

Result<void> only_query(const http::Request& request, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : request.query) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return invalid_field(name, "is not a parameter of this call");
    }
  }
  return {};
}

}  // namespace scrip::api
