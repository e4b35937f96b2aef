#include "lua/schema.h"

#include <algorithm>
#include <array>

#include "lua/param_check.h"
#include "policy/composition.h"

namespace scrip {
namespace {

constexpr std::array<std::string_view, 9> type_names{"integer", "boolean",  "string", "decimal", "instant",
                                                     "zone",    "currency", "scalar", "list"};

std::optional<ParamType> parse_type(std::string_view text) {
  for (std::size_t i = 0; i < type_names.size(); ++i) {
    if (type_names[i] == text) return static_cast<ParamType>(i);
  }
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Which members an entry of a type may have beside type, default, required and doc.
std::vector<std::string> own_members(ParamType type) {
  switch (type) {
    case ParamType::integer:
    case ParamType::decimal:
      return {"min", "max"};
    case ParamType::string:
      return {"enum", "max_length"};
    case ParamType::list:
      return {"of", "min", "max"};
    default:
      return {};
  }
}

// Reads one entry of a schema.
class Entry {
 public:
  Entry(std::string name, const Json& json, std::vector<std::string>& errors)
      : json_(json), errors_(errors), title_("parameter '" + name + "'") {
    param_.name = std::move(name);
  }

  std::optional<Param> read(bool is_item) {
    if (!json_.is_object()) return fail("is not a table such as { type = \"integer\" }");
    const auto type = json_.find("type");
    const auto known = type != json_.end() && type->is_string() ? parse_type(type->get<std::string>()) : std::nullopt;
    if (!known) {
      return fail("the type is not one of integer, boolean, string, decimal, instant, zone, currency, scalar, list");
    }
    param_.type = *known;
    refuse_unknown_members(is_item);
    read_bounds();
    read_string_members();
    read_list_members(is_item);
    if (const auto doc = json_.find("doc"); doc != json_.end()) {
      if (!doc->is_string()) fail("doc is not a string");
      param_.doc = doc->is_string() ? doc->get<std::string>() : "";
    }
    if (const auto required = json_.find("required"); required != json_.end()) {
      if (!required->is_boolean()) fail("required is not true or false");
      param_.required = required->is_boolean() && required->get<bool>();
    }
    if (ok_) read_default();
    return ok_ ? std::optional(param_) : std::nullopt;
  }

 private:
  std::nullopt_t fail(const std::string& what) {
    errors_.push_back(title_ + ": " + what);
    ok_ = false;
    return std::nullopt;
  }

  void refuse_unknown_members(bool is_item) {
    std::vector<std::string> known = own_members(param_.type);
    known.insert(known.begin(), "type");
    if (!is_item) known.insert(known.end(), {"default", "required", "doc"});
    for (const auto& [member, value] : json_.items()) {
      if (std::find(known.begin(), known.end(), member) == known.end()) {
        fail("there is no '" + member + "'; " + std::string(name(param_.type)) + " has " + joined(known));
      }
    }
  }

  std::optional<std::int64_t> integer_member(const char* member) {
    const auto found = json_.find(member);
    if (found == json_.end()) return std::nullopt;
    if (!found->is_number_integer()) {
      fail(std::string(member) + " is not a whole number");
      return std::nullopt;
    }
    return found->get<std::int64_t>();
  }

  std::optional<Decimal> decimal_member(const char* member) {
    const auto found = json_.find(member);
    if (found == json_.end()) return std::nullopt;
    auto decimal = to_decimal(*found);
    if (!decimal) fail(std::string(member) + " is not a whole number or a decimal such as \"12.5\"");
    return decimal;
  }

  void read_bounds() {
    if (param_.type == ParamType::integer || param_.type == ParamType::list) {
      param_.min = integer_member("min");
      param_.max = integer_member("max");
      if (param_.min && param_.max && *param_.min > *param_.max) fail("min is above max");
    }
    if (param_.type == ParamType::decimal) {
      param_.least = decimal_member("min");
      param_.most = decimal_member("max");
      if (param_.least && param_.most && compare(*param_.least, *param_.most) > 0) fail("min is above max");
    }
  }

  void read_string_members() {
    if (param_.type != ParamType::string) return;
    param_.max_length = integer_member("max_length");
    const auto choices = json_.find("enum");
    if (choices == json_.end()) return;
    if (!choices->is_array() || choices->empty() ||
        !std::all_of(choices->begin(), choices->end(), [](const Json& choice) { return choice.is_string(); })) {
      fail("enum is not a list of strings");
      return;
    }
    param_.choices = choices->get<std::vector<std::string>>();
  }

  void read_list_members(bool is_item) {
    if (param_.type != ParamType::list) return;
    const auto of = json_.find("of");
    if (is_item) {
      fail("is a list of lists, which is not supported");
    } else if (of == json_.end()) {
      fail("a list says what it is a list of: of = { type = ... }");
    } else if (auto item = Entry(param_.name + "[]", *of, errors_).read(true)) {
      param_.of = std::make_shared<const Param>(std::move(*item));
    } else {
      ok_ = false;
    }
  }

  void read_default() {
    const auto fallback = json_.find("default");
    if (fallback == json_.end()) return;
    if (param_.required) {
      fail("is required and has a default");
      return;
    }
    Json value = *fallback;
    std::vector<ParamError> errors;
    check_param(param_, value, 1, errors);
    for (const ParamError& error : errors) fail("the default " + error.message);
    param_.fallback = std::move(value);
  }

  const Json& json_;
  std::vector<std::string>& errors_;
  std::string title_;
  Param param_;
  bool ok_ = true;
};

Json json_of(const Decimal& decimal) {
  return decimal.scale == 0 ? Json(decimal.digits) : Json(to_string(decimal));
}

Json json_of(const Param& param) {
  Json json = {{"type", name(param.type)}};
  if (!param.doc.empty()) json["doc"] = param.doc;
  if (param.required) json["required"] = true;
  if (param.fallback) json["default"] = *param.fallback;
  if (param.min) json["min"] = *param.min;
  if (param.max) json["max"] = *param.max;
  if (param.least) json["min"] = json_of(*param.least);
  if (param.most) json["max"] = json_of(*param.most);
  if (!param.choices.empty()) json["enum"] = param.choices;
  if (param.max_length) json["max_length"] = *param.max_length;
  if (param.of) json["of"] = json_of(*param.of);
  return json;
}

}  // namespace

std::string_view name(ParamType type) {
  return type_names[static_cast<std::size_t>(type)];
}

Schema Schema::parse(const Json& params, std::vector<std::string>& errors) {
  Schema schema;
  if (params.is_array() && params.empty()) return schema;  // {} in Lua
  if (!params.is_object()) {
    errors.emplace_back("params is not a table of NAME = { type = ... }");
    return schema;
  }
  for (const auto& [name, entry] : params.items()) {
    if (!is_rule_name(name)) {
      errors.push_back("parameter '" + name + "': its name is not of small letters, digits and '_'");
    } else if (name == "as" || name == "shadow") {
      errors.push_back("parameter '" + name + "': the name is reserved");
    } else if (auto param = Entry(name, entry, errors).read(false)) {
      schema.params_.push_back(std::move(*param));
    }
  }
  return schema;
}

const Param* Schema::find(std::string_view name) const {
  const auto found = std::lower_bound(params_.begin(), params_.end(), name,
                                      [](const Param& param, std::string_view wanted) { return param.name < wanted; });
  return found != params_.end() && found->name == name ? &*found : nullptr;
}

Json Schema::check(const Json& given, int first, std::vector<ParamError>& errors) const {
  Json filled = Json::object();
  if (given.is_object()) {
    for (const auto& [name, value] : given.items()) {
      const Param* param = find(name);
      if (!param) {
        std::vector<std::string> names;
        for (const Param& known : params_) names.push_back(known.name);
        errors.push_back({name, names.empty() ? "is unknown; there are no parameters"
                                              : "is unknown; the parameters are " + joined(names)});
        continue;
      }
      Json checked = value;
      check_param(*param, checked, first, errors);
      filled[name] = std::move(checked);
    }
  }
  for (const Param& param : params_) {
    if (filled.contains(param.name)) continue;
    if (param.required) errors.push_back({param.name, "is required"});
    if (param.fallback) filled[param.name] = *param.fallback;
  }
  return filled;
}

Json Schema::json() const {
  Json json = Json::object();
  for (const Param& param : params_) json[param.name] = json_of(param);
  return json;
}

}  // namespace scrip
