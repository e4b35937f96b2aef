#include "compat/connect_codec.h"

#include <google/protobuf/descriptor.h>

#include <cassert>
#include <cmath>
#include <limits>

#include "api/body.h"
#include "api/json_text.h"
#include "http/ascii.h"

namespace scrip::compat {
namespace {

using api::Json;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool is_utf8_charset(std::string_view parameter) {
  const std::string_view name = http::trim(http::take_until(parameter, '='));
  std::string_view value = http::trim(parameter);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return http::same_name(name, "charset") && http::same_name(value, "utf-8");
}

Error unreadable(const FieldDescriptor& field, std::string_view why) {
  return invalid_field(field.json_name(), std::string(why));
}

std::optional<std::int64_t> to_int64(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    constexpr double exact = 9'007'199'254'740'992.0;  // 2^53; above it a double stands for several integers
    const double number = value.get<double>();
    if (!(std::abs(number) <= exact) || std::trunc(number) != number) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const bool number_alone = text.find_first_not_of("+-.0123456789eE") == std::string::npos;
    const Json number = number_alone ? Json::parse(text, nullptr, false) : Json();
    if (number.is_number()) return to_int64(number);
  }
  return std::nullopt;
}

Result<void> read_field(const Json& value, const FieldDescriptor& field, Message& to) {
  const auto& reflection = *to.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    const auto number = to_int64(value);
    if (!number) return unreadable(field, "must be a 64-bit integer");
    reflection.SetInt64(&to, &field, *number);
    return {};
  }
  assert(field.cpp_type() == FieldDescriptor::CPPTYPE_STRING);
  if (!value.is_string()) return unreadable(field, "must be a string");
  reflection.SetString(&to, &field, value.get<std::string>());
  return {};
}

Result<void> read_json(std::string_view text, Message& to) {
  if (text.empty()) return {Code::invalid_request, "an empty body is no JSON object"};
  const auto object = api::json_object(text);
  if (!object) return object.error();
  const auto& descriptor = *to.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    const auto member = object->find(field.json_name());
    if (member == object->end() || member->is_null()) continue;
    if (auto read = read_field(*member, field, to); !read) return read;
  }
  return {};
}

void write_json(std::string& to, const Message& message);

void write_list(std::string& to, const Message& message, const FieldDescriptor& field) {
  assert(field.cpp_type() == FieldDescriptor::CPPTYPE_STRING);
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    to += i == 0 ? '[' : ',';
    api::append_json_string(to, reflection.GetRepeatedStringReference(message, &field, i, &scratch));
  }
  to += ']';
}

void write_field(std::string& to, const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (field.is_repeated()) return write_list(to, message, field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      to += reflection.GetBool(message, &field) ? "true" : "false";
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      to += '"' + std::to_string(reflection.GetInt64(message, &field)) + '"';
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      write_json(to, reflection.GetMessage(message, &field));
      break;
    default: {
      assert(field.cpp_type() == FieldDescriptor::CPPTYPE_STRING);
      std::string scratch;
      api::append_json_string(to, reflection.GetStringReference(message, &field, &scratch));
    }
  }
}

void write_json(std::string& to, const Message& message) {
  const auto& reflection = *message.GetReflection();
  const auto& descriptor = *message.GetDescriptor();
  to += '{';
  bool first = true;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    const bool is_default =
        field.is_repeated() ? reflection.FieldSize(message, &field) == 0 : !reflection.HasField(message, &field);
    if (is_default) continue;
    if (!first) to += ',';
    first = false;
    api::append_json_string(to, field.json_name());
    to += ':';
    write_field(to, message, field);
  }
  to += '}';
}

}  // namespace

std::optional<Codec> parse_codec(std::string_view type) {
  const std::string_view media = http::trim(http::take_until(type, ';'));
  while (!type.empty()) {
    if (!is_utf8_charset(http::take_until(type, ';'))) return std::nullopt;
  }
  if (http::same_name(media, content_type(Codec::json))) return Codec::json;
  if (http::same_name(media, content_type(Codec::proto))) return Codec::proto;
  return std::nullopt;
}

std::string_view content_type(Codec codec) {
  return codec == Codec::json ? "application/json" : "application/proto";
}

Result<void> decode(Codec codec, std::string_view text, Message& to) {
  if (codec == Codec::json) return read_json(text, to);
  if (text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
      to.ParseFromArray(text.data(), static_cast<int>(text.size()))) {
    return {};
  }
  return {Code::invalid_request, "the body is no " + to.GetTypeName() + " in protobuf's binary form"};
}

std::string encode(Codec codec, const Message& message) {
  if (codec == Codec::proto) return message.SerializeAsString();
  std::string text;
  write_json(text, message);
  return text;
}

}  // namespace scrip::compat
