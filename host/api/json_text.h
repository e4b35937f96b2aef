// JSON objects written straight as text, for what is shown by the thousand: a tree of nodes costs ten
// times as much. Text has to be UTF-8, which everything in the store is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "coupon/time.h"

namespace scrip::api {

class ObjectText {
 public:
  ObjectText() { text_.reserve(384); }

  ObjectText& text(std::string_view name, std::string_view value);
  ObjectText& text(std::string_view name, const std::string& value) { return text(name, std::string_view(value)); }
  ObjectText& text(std::string_view name, const std::optional<std::string>& value);  // null when there is none
  ObjectText& instant(std::string_view name, const std::optional<Micros>& value);    // likewise
  ObjectText& number(std::string_view name, std::int64_t value);
  ObjectText& boolean(std::string_view name, bool value);
  ObjectText& json(std::string_view name, std::string_view value);  // JSON text as it is
  std::string take();

 private:
  void name(std::string_view name);
  std::string text_;
};

// A JSON array of JSON texts.
class ListText {
 public:
  void add(std::string_view value) {
    text_ += text_.empty() ? '[' : ',';
    text_ += value;
  }
  std::string take() { return text_.empty() ? "[]" : std::move(text_) + "]"; }

 private:
  std::string text_;
};

// A JSON string with its quotes.
void append_json_string(std::string& to, std::string_view text);

}  // namespace scrip::api
