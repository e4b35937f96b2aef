// Reads a request's JSON body and refuses everything that a call does not take: unknown members by
// name, wrong types, numbers out of range. Collects all errors, so that a client sees them at once.
// One request, one thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/error.h"
#include "coupon/time.h"
#include "http/request.h"

namespace scrip::api {

using Json = nlohmann::json;

enum class EmptyBody : std::uint8_t { refused, is_empty_object };

// The body as a JSON object. Errors: unsupported_media_type for another content type,
// payload_too_large, invalid_request for anything that is not one JSON object of at most 32 levels
// in UTF-8 without repeated members.
Result<Json> json_body(http::Request& request, EmptyBody empty = EmptyBody::refused);

// The same of text.
Result<Json> json_object(std::string_view text);

// The members of one JSON object, each asked for by name. Whoever has asked for all calls finish(),
// which reports what is left.
class Fields {
 public:
  // `path` names the object in errors: "" for the body, "order" or "order.items[2]" below it.
  // `object` that is no object is an error. All three outlive this.
  Fields(const Json& object, std::string path, std::vector<FieldError>& errors);

  bool has(std::string_view name) const;
  // Present and null; the member counts as asked for.
  bool is_null(std::string_view name);
  // The member as it is, or null when absent.
  const Json* any(std::string_view name);

  // nullopt when absent or refused; `required` reports the absence.
  std::optional<std::string> text(std::string_view name, std::size_t min, std::size_t max, bool required = false);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max, bool required = false);
  std::optional<Micros> instant(std::string_view name);
  // The object's JSON text, at most `max_bytes` of it.
  std::optional<std::string> object(std::string_view name, std::size_t max_bytes);

  void refuse(std::string_view name, std::string message);
  std::string path(std::string_view name) const;
  void finish();

 private:
  const Json* find(std::string_view name, bool required);

  const Json& object_;
  std::string path_;
  std::vector<FieldError>& errors_;
  std::vector<const Json*> asked_;  // members
};

// invalid_request with these fields. Precondition: not empty.
Error invalid(std::vector<FieldError> errors);

}  // namespace scrip::api
