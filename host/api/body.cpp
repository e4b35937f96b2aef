#include "api/body.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>

#include "coupon/text.h"

namespace scrip::api {
namespace {

constexpr std::size_t max_depth = 32;

bool is_json(std::string_view content_type) {
  if (content_type == "application/json") return true;
  std::string type(content_type.substr(0, content_type.find(';')));
  std::erase(type, ' ');
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type == "application/json";
}

Error bad_body(std::string message) {
  return Error{.code = Code::invalid_request, .message = std::move(message)};
}

// Builds a body's tree, and on the way refuses what JSON allows and we do not. RapidJSON calls it
// while it reads: several times as fast as the parser that comes with the tree.
class Builder {
 public:
  bool Null() { return place(Json()) != nullptr; }
  bool Bool(bool value) { return place(Json(value)) != nullptr; }
  bool Int(int value) { return place(Json(value)) != nullptr; }
  bool Uint(unsigned value) { return place(Json(value)) != nullptr; }
  bool Int64(std::int64_t value) { return place(Json(value)) != nullptr; }
  bool Uint64(std::uint64_t value) { return place(Json(value)) != nullptr; }
  bool Double(double value) { return place(Json(value)) != nullptr; }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }  // not asked for
  bool String(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view string(text, size);
    return is_scalar(string) && place(Json(string)) != nullptr;
  }
  bool StartObject() { return enter(Json(Json::value_t::object)); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    name_.assign(text, size);
    if (!is_scalar(name_)) return false;
    if (!repeated_ && open_.back()->contains(name_)) repeated_ = name_;
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool StartArray() { return enter(Json(Json::value_t::array)); }
  bool EndArray(rapidjson::SizeType) { return leave(); }

  std::optional<Error> complaint() const {
    if (too_deep_) return bad_body("The body is nested deeper than " + std::to_string(max_depth) + " levels.");
    if (repeated_) {
      Error error = bad_body("The body has a member twice.");
      error.fields.push_back({*repeated_, "is given twice"});
      return error;
    }
    return std::nullopt;
  }
  Json take() { return std::move(root_); }

 private:
  // The body is UTF-8, but an escape may have made half of a surrogate pair of it (RFC 8259, 8.2).
  // Its first byte is one of few characters'.
  static bool is_scalar(std::string_view text) { return text.find('\xED') == std::string_view::npos || is_utf8(text); }
  // What is open does not move: only its last value, which is open too, may be in a list.
  Json* place(Json&& value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[name_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }
  bool enter(Json&& container) {
    too_deep_ = open_.size() == max_depth;
    if (too_deep_) return false;
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool leave() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;
  std::string name_;
  bool too_deep_ = false;
  std::optional<std::string> repeated_;
};

// The reader calls itself for each level, of which the builder takes few.
bool parse(std::string_view text, Builder& builder) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  const auto parsed = reader.Parse<rapidjson::kParseFullPrecisionFlag>(stream, builder);
  // It takes a NUL byte for the end.
  return !parsed.IsError() && stream.Tell() == text.size();
}

}  // namespace

Result<Json> json_body(http::Request& request, EmptyBody empty) {
  auto body = request.body();
  if (!body) return body.error();
  if (body->empty() && empty == EmptyBody::is_empty_object) return Json(Json::value_t::object);
  const auto type = request.header("Content-Type");
  if (type && !is_json(*type)) {
    return Error{.code = Code::unsupported_media_type, .message = "The body must be application/json."};
  }
  return json_object(*body);
}

Result<Json> json_object(std::string_view text) {
  if (!is_utf8(text)) return bad_body("The body is not UTF-8.");
  Builder builder;
  const bool valid = parse(text, builder);
  if (auto complaint = builder.complaint()) return *complaint;
  if (!valid) return bad_body("The body is not valid JSON.");
  Json parsed = builder.take();
  if (!parsed.is_object()) return bad_body("The body must be a JSON object.");
  return parsed;
}

Fields::Fields(const Json& object, std::string path, std::vector<FieldError>& errors)
    : object_(object), path_(std::move(path)), errors_(errors) {
  if (!object_.is_object()) errors_.push_back({path_, "must be an object"});
}

std::string Fields::path(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void Fields::refuse(std::string_view name, std::string message) {
  errors_.push_back({path(name), std::move(message)});
}

bool Fields::has(std::string_view name) const {
  return object_.is_object() && object_.contains(name);
}

bool Fields::is_null(std::string_view name) {
  const Json* value = any(name);
  return value && value->is_null();
}

const Json* Fields::any(std::string_view name) {
  return find(name, false);
}

const Json* Fields::find(std::string_view name, bool required) {
  if (!object_.is_object()) return nullptr;
  if (const auto found = object_.find(name); found != object_.end()) {
    asked_.push_back(&*found);
    return &*found;
  }
  if (required) refuse(name, "is required");
  return nullptr;
}

std::optional<std::string> Fields::text(std::string_view name, std::size_t min, std::size_t max, bool required) {
  const Json* value = find(name, required);
  if (!value) return std::nullopt;
  if (!value->is_string()) {
    refuse(name, "must be a string");
    return std::nullopt;
  }
  auto text = value->get<std::string>();
  if (text.size() < min || text.size() > max) {
    refuse(name, "must be " + std::to_string(min) + " to " + std::to_string(max) + " bytes long");
    return std::nullopt;
  }
  return text;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t min, std::int64_t max, bool required) {
  const Json* value = find(name, required);
  if (!value) return std::nullopt;
  const bool fits = value->is_number_unsigned() ? value->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX)
                                                : value->is_number_integer();
  if (!value->is_number_integer() && !value->is_number_unsigned()) {
    refuse(name, "must be an integer");
    return std::nullopt;
  }
  const std::int64_t number = fits ? value->get<std::int64_t>() : INT64_MAX;
  if (!fits || number < min || number > max) {
    refuse(name, "must be " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::optional<Micros> Fields::instant(std::string_view name) {
  const Json* value = find(name, false);
  if (!value) return std::nullopt;
  const auto instant = value->is_string() ? parse_instant(value->get<std::string>()) : std::nullopt;
  if (!instant) refuse(name, "must be an RFC 3339 date and time with an offset, such as 2026-11-21T10:00:00+09:00");
  return instant;
}

std::optional<std::string> Fields::object(std::string_view name, std::size_t max_bytes) {
  const Json* value = find(name, false);
  if (!value) return std::nullopt;
  if (!value->is_object()) {
    refuse(name, "must be an object");
    return std::nullopt;
  }
  std::string text = value->dump();
  if (text.size() > max_bytes) {
    refuse(name, "must be at most " + std::to_string(max_bytes) + " bytes of JSON");
    return std::nullopt;
  }
  return text;
}

void Fields::finish() {
  if (!object_.is_object()) return;
  for (const auto& [name, value] : object_.items()) {
    const bool asked = std::find(asked_.begin(), asked_.end(), &value) != asked_.end();
    if (!asked) refuse(name, "is not a member of this request");
  }
}

Error invalid(std::vector<FieldError> errors) {
  Error error{.code = Code::invalid_request, .message = errors.front().field + " " + errors.front().message + "."};
  error.fields = std::move(errors);
  return error;
}

}  // namespace scrip::api
