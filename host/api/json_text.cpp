#include "api/json_text.h"

#include <algorithm>
#include <utility>

namespace scrip::api {

void append_json_string(std::string& to, std::string_view text) {
  const auto is_plain = [](char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; };
  to += '"';
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
    to.append(text.substr(0, plain));
    if (plain == text.size()) break;
    const char c = text[plain];
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      to += "\\u00";
      to += digits[byte >> 4];
      to += digits[byte & 15];
    } else {
      to += '\\';
      to += c;
    }
    text.remove_prefix(plain + 1);
  }
  to += '"';
}

void ObjectText::name(std::string_view name) {
  text_.append(text_.empty() ? "{\"" : ",\"", 2).append(name).append("\":", 2);
}

ObjectText& ObjectText::text(std::string_view member, std::string_view value) {
  name(member);
  append_json_string(text_, value);
  return *this;
}

ObjectText& ObjectText::text(std::string_view member, const std::optional<std::string>& value) {
  return value ? text(member, std::string_view(*value)) : json(member, "null");
}

ObjectText& ObjectText::instant(std::string_view member, const std::optional<Micros>& value) {
  return value ? text(member, format_instant(*value)) : json(member, "null");
}

ObjectText& ObjectText::number(std::string_view member, std::int64_t value) {
  return json(member, std::to_string(value));
}

ObjectText& ObjectText::boolean(std::string_view member, bool value) {
  return json(member, value ? "true" : "false");
}

ObjectText& ObjectText::json(std::string_view member, std::string_view value) {
  name(member);
  text_ += value;
  return *this;
}

std::string ObjectText::take() {
  text_ += text_.empty() ? "{}" : "}";
  return std::move(text_);
}

}  // namespace scrip::api
