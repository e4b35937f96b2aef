#include "http/request.h"

#include <algorithm>
#include <cassert>

#include "http/ascii.h"
#include "http/head.h"

namespace scrip::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string* find(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return &value;
  }
  return nullptr;
}

// `expected`: how long the body says it is, 0 when it does not say. Most are some dozen bytes, and
// room that is not needed would have to be cleared all the same.
Result<std::string> read_all(BodySource& source, std::size_t limit, std::size_t expected) {
  constexpr std::size_t piece = 16 * 1024;
  constexpr std::size_t first_piece = 1024;
  std::string body;
  for (;;) {
    // One byte more than the limit tells a body that fits from one that does not.
    const std::size_t before = body.size();
    const std::size_t room = expected > 0 ? expected + 1 - std::min(before, expected) : std::max(first_piece, before);
    body.resize(before + std::min({room, piece, limit + 1 - before}));
    auto count = source.read(body.data() + before, body.size() - before);
    if (!count) return std::move(count.error());
    body.resize(before + *count);
    if (*count == 0) return body;
    if (body.size() > limit) {
      return {Code::payload_too_large, "the body is larger than " + std::to_string(limit) + " bytes"};
    }
  }
}

}  // namespace

const std::string& Request::capture(std::string_view name) const {
  const std::string* const value = find(captures, name);
  assert(value != nullptr);
  return *value;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  const std::string* const value = find(query, name);
  return value ? std::optional<std::string_view>(*value) : std::nullopt;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  return head_ ? head_->find(name) : std::nullopt;
}

// RFC 6265, 4.2.
std::optional<std::string> Request::cookie(std::string_view name) const {
  if (!head_) return std::nullopt;
  for (const Field& field : head_->fields) {
    if (!same_name(field.name, "Cookie")) continue;
    for (std::string_view pairs = field.value; !pairs.empty();) {
      std::string_view value = trim(take_until(pairs, ';'));
      const std::string_view key = trim(take_until(value, '='));
      if (key != name) continue;
      value = trim(value);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      return std::string(value);
    }
  }
  return std::nullopt;
}

Result<std::string_view> Request::body() {
  if (!body_ && !source_) body_ = std::string();
  if (!body_) {
    const std::size_t expected = head_ && head_->framing == Framing::length ? head_->content_length : 0;
    body_ = read_all(*source_, body_limit_, expected);
  }
  if (!*body_) return body_->error();
  return std::string_view(**body_);
}

}  // namespace scrip::http
