#include "lua/schema.h"

#include <algorithm>
#include <array>

#include "lua/param_check.h"
#include "policy/composition.h"

namespace scrip {
namespace {

constexpr std::array<std::string_view, 10> type_names{"integer", "boolean",  "string", "decimal", "instant",
                                                      "zone",    "currency", "scalar", "list",    "record"};

std::optional<ParamType> parse_type(std::string_view text) {
  for (std::size_t i = 0; i < type_names.size(); ++i) {
    if (type_names[i] == text) return static_cast<ParamType>(i);
  }
  return std::nullopt;
}

template <class Names>
std::string joined(const Names& names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

// Which members an entry of a type may have beside type, default, required and doc.
std::vector<std::string> own_members(ParamType type) {
  switch (type) {
    case ParamType::integer:
      return {"min", "max", "or_false"};
    case ParamType::decimal:
      return {"min", "max"};
    case ParamType::string:
      return {"enum", "max_length"};
    case ParamType::list:
      return {"of", "min", "max"};
    case ParamType::record:
      return {"fields"};
    default:
      return {};
  }
}

// The entries of an object: of a manifest's params, or of a record's fields. `path` is put before their
// names in errors.
std::vector<Param> read_entries(const Json& entries, const std::string& path, std::vector<std::string>& errors);

// Reads one entry of a schema. `path` is what it is called in errors.
class Entry {
 public:
  Entry(std::string name, std::string path, const Json& json, std::vector<std::string>& errors)
      : json_(json), errors_(errors), path_(std::move(path)) {
    param_.name = std::move(name);
  }

  std::optional<Param> read(bool is_item) {
    if (!json_.is_object()) return fail("is not a table such as { type = \"integer\" }");
    const auto type = json_.find("type");
    const auto known = type != json_.end() && type->is_string() ? parse_type(type->get<std::string>()) : std::nullopt;
    if (!known) {
      return fail("the type is not one of " + joined(type_names));
    }
    param_.type = *known;
    refuse_unknown_members(is_item);
    read_bounds();
    read_string_members();
    read_list_members(is_item);
    read_fields();
    if (const auto doc = json_.find("doc"); doc != json_.end()) {
      if (!doc->is_string()) fail("doc is not a string");
      param_.doc = doc->is_string() ? doc->get<std::string>() : "";
    }
    param_.required = flag_member("required");
    if (ok_) read_default();
    return ok_ ? std::optional(param_) : std::nullopt;
  }

 private:
  std::nullopt_t fail(const std::string& what) {
    errors_.push_back("parameter '" + path_ + "': " + what);
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

  bool flag_member(const char* member) {
    const auto found = json_.find(member);
    if (found == json_.end()) return false;
    if (!found->is_boolean()) fail(std::string(member) + " is not true or false");
    return found->is_boolean() && found->get<bool>();
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
    if (param_.type == ParamType::integer) param_.or_false = flag_member("or_false");
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
    } else if (auto item = Entry(param_.name + "[]", path_ + "[]", *of, errors_).read(true)) {
      param_.of = std::make_shared<const Param>(std::move(*item));
    } else {
      ok_ = false;
    }
  }

  void read_fields() {
    if (param_.type != ParamType::record) return;
    const auto fields = json_.find("fields");
    if (fields == json_.end() || !fields->is_object() || fields->empty()) {
      fail("a record says what its fields are: fields = { NAME = { type = ... } }");
      return;
    }
    const std::size_t before = errors_.size();
    param_.fields = read_entries(*fields, path_ + ".", errors_);
    if (errors_.size() != before) ok_ = false;
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
  const std::string path_;
  Param param_;
  bool ok_ = true;
};

std::vector<Param> read_entries(const Json& entries, const std::string& path, std::vector<std::string>& errors) {
  std::vector<Param> params;
  for (const auto& [name, entry] : entries.items()) {
    if (!is_rule_name(name)) {
      errors.push_back("parameter '" + path + name + "': its name is not of small letters, digits and '_'");
    } else if (auto param = Entry(name, path + name, entry, errors).read(false)) {
      params.push_back(std::move(*param));
    }
  }
  return params;
}

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
  if (param.or_false) json["or_false"] = true;
  if (param.of) json["of"] = json_of(*param.of);
  for (const Param& field : param.fields) json["fields"][field.name] = json_of(field);
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
  Json allowed = params;
  for (const char* reserved : {"as", "shadow"}) {
    if (allowed.erase(reserved) != 0) {
      errors.push_back("parameter '" + std::string(reserved) + "': the name is reserved");
    }
  }
  schema.params_ = read_entries(allowed, "", errors);
  return schema;
}

Json Schema::check(const Json& given, int first, std::vector<ParamError>& errors) const {
  return check_members(params_, given, "", first, errors);
}

Json Schema::json() const {
  Json json = Json::object();
  for (const Param& param : params_) json[param.name] = json_of(param);
  return json;
}

}  // namespace scrip
