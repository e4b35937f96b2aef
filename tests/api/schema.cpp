#include "schema.h"

#include <regex.h>

#include <algorithm>
#include <set>

#include "coupon/time.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;
using Errors = std::vector<std::string>;

const std::set<std::string> annotations{"description", "default", "example", "examples"};

bool is_of(const std::string& type, const Json& value) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

bool is_of_any(const Json& types, const Json& value) {
  if (types.is_string()) return is_of(types.get<std::string>(), value);
  return std::any_of(types.begin(), types.end(),
                     [&](const Json& type) { return is_of(type.get<std::string>(), value); });
}

// The document's patterns are POSIX extended ones as well.
bool matches(const std::string& text, const std::string& pattern) {
  regex_t compiled{};
  if (::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
  const bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return found;
}

bool has_format(const std::string& format, const std::string& text) {
  if (format == "date-time") return parse_instant(text).has_value();
  if (format == "date") return local_day("UTC", text).has_value();
  return format == "uri" && text.find(':') != std::string::npos;
}

// Keywords about one value without parts: "" when it holds, "?" when the keyword is not known here.
std::string check_plain(const std::string& keyword, const Json& wanted, const Json& value) {
  const auto say = [&](bool holds) { return holds ? std::string() : keyword + " " + wanted.dump(); };
  if (keyword == "type") return say(is_of_any(wanted, value));
  if (keyword == "const") return say(value == wanted);
  if (keyword == "enum") return say(std::find(wanted.begin(), wanted.end(), value) != wanted.end());
  if (keyword == "minimum") return say(!value.is_number() || value >= wanted);
  if (keyword == "maximum") return say(!value.is_number() || value <= wanted);
  if (keyword == "minItems") return say(!value.is_array() || value.size() >= wanted.get<std::size_t>());
  if (keyword == "maxItems") return say(!value.is_array() || value.size() <= wanted.get<std::size_t>());
  const bool is_text = value.is_string();
  const std::string text = is_text ? value.get<std::string>() : "";
  if (keyword == "minLength") return say(!is_text || text.size() >= wanted.get<std::size_t>());
  if (keyword == "maxLength") return say(!is_text || text.size() <= wanted.get<std::size_t>());
  if (keyword == "pattern") return say(!is_text || matches(text, wanted.get<std::string>()));
  if (keyword == "format") return say(!is_text || has_format(wanted.get<std::string>(), text));
  return "?";
}

}  // namespace

const Json& Schemas::resolve(const Json& object) const {
  const Json* at = &object;
  while (at->is_object() && at->contains("$ref")) {
    const auto pointer = (*at)["$ref"].get<std::string>();
    at = &document_.at(Json::json_pointer(pointer.substr(1)));
  }
  return *at;
}

Errors Schemas::check(const Json& unresolved, const Json& value, const std::string& place) const {
  const Json& schema = resolve(unresolved);
  Errors errors;
  const auto say = [&](const std::string& what) { errors.push_back((place.empty() ? "body" : place) + ": " + what); };
  const auto below = [&](const std::string& part) { return place.empty() ? part : place + "." + part; };
  const auto take = [&](const Errors& more) { errors.insert(errors.end(), more.begin(), more.end()); };

  for (const auto& [keyword, wanted] : schema.items()) {
    if (annotations.contains(keyword)) continue;
    if (keyword == "allOf") {
      for (const Json& part : wanted) take(check(part, value, place));
    } else if (keyword == "anyOf") {
      const auto fits = [&](const Json& one) { return check(one, value, place).empty(); };
      if (std::none_of(wanted.begin(), wanted.end(), fits)) say("fits none of anyOf");
    } else if (keyword == "required") {
      for (const Json& name : wanted) {
        if (value.is_object() && !value.contains(name.get<std::string>())) say("lacks " + name.get<std::string>());
      }
    } else if (keyword == "properties") {
      for (const auto& [name, part] : wanted.items()) {
        if (value.is_object() && value.contains(name)) take(check(part, value[name], below(name)));
      }
    } else if (keyword == "additionalProperties") {
      if (!value.is_object()) continue;
      for (const auto& [name, member] : value.items()) {
        if (schema.contains("properties") && schema["properties"].contains(name)) continue;
        if (wanted == false) say("has an undocumented member " + name);
        if (wanted.is_object()) take(check(wanted, member, below(name)));
      }
    } else if (keyword == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        take(check(wanted, value[i], place + "[" + std::to_string(i) + "]"));
      }
    } else if (const std::string wrong = check_plain(keyword, wanted, value); wrong == "?") {
      say("the document uses '" + keyword + "', which the tests do not know");
    } else if (!wrong.empty()) {
      say(value.dump().substr(0, 80) + " is not " + wrong);
    }
  }
  return errors;
}

}  // namespace scrip::test
