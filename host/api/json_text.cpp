#include "api/json_text.h"

#include <utility>

namespace scrip::api {

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (byte < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      to += "\\u00";
      to += digits[byte >> 4];
      to += digits[byte & 15];
    } else {
      to += c;
    }
  }
  to += '"';
}

void ObjectText::name(std::string_view name) {
  text_ += text_.empty() ? '{' : ',';
  text_ += '"';
  text_ += name;
  text_ += "\":";
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
