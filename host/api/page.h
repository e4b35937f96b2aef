// Lists: ?limit= and ?cursor=, and {"data":[...],"has_more":bool,"next_cursor":"..."}. Cursors are
// opaque to clients: integers, joined by dots.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/error.h"
#include "http/request.h"

namespace scrip::api {

struct Page {
  int limit = 100;                   // 1 to 1000
  std::vector<std::int64_t> cursor;  // empty: from the start; else as many numbers as asked for
};

// invalid_request naming "limit" or "cursor". `numbers`: how many a cursor of this list has.
Result<Page> page_of(const http::Request& request, std::size_t numbers);

// `next`: where the following page starts; nullopt: this is the last.
// `data` is a JSON array as text.
http::Response list_response(std::string_view data, const std::optional<std::vector<std::int64_t>>& next);
http::Response list_response(std::string_view data, const std::optional<std::string>& next_cursor);

// Takes off the row that was read beyond the page, if there is one; then `key` of the last row that
// stays is where the following page starts.
template <class Row>
std::optional<std::vector<std::int64_t>> cut(std::vector<Row>& rows, const Page& page, std::int64_t Row::*key) {
  if (rows.size() <= static_cast<std::size_t>(page.limit)) return std::nullopt;
  rows.pop_back();
  return std::vector{rows.back().*key};
}

// Refuses query parameters that a call does not take, by name.
Result<void> only_query(const http::Request& request, std::initializer_list<std::string_view> names);

}  // namespace scrip::api
