#include "lua/param_check.h"

#include <algorithm>
#include <cmath>

#include "coupon/text.h"
#include "coupon/time.h"
#include "lua/numbers.h"

namespace scrip {
namespace {

constexpr std::size_t longest_string = 64 * 1024;
constexpr std::size_t longest_quote = 40;

// The value as an error shows it.
std::string quoted(const Json& value) {
  if (value.is_array()) return "a list";
  if (value.is_object()) return "a table";
  if (value.is_null()) return "null";
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() <= longest_quote) return text;
  std::size_t end = longest_quote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// As an integer, when the value is a number without a fraction that Lua holds exactly.
std::optional<std::int64_t> to_integer(const Json& value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(max_exact)) {
    return std::nullopt;
  }
  if (value.is_number_integer()) {
    const auto integer = value.get<std::int64_t>();
    return is_exact(integer) ? std::optional(integer) : std::nullopt;
  }
  return value.is_number_float() ? exact_integer(value.get<double>()) : std::nullopt;
}

std::string unknown(const std::vector<Param>& params, const char* lead) {
  if (params.empty()) return "is unknown; there are no parameters";
  std::string names;
  for (const Param& param : params) names += (names.empty() ? " " : ", ") + param.name;
  return std::string("is unknown; ") + lead + names;
}

class Check {
 public:
  Check(const Param& param, Json& value, const std::string& path, int first, std::vector<ParamError>& errors)
      : param_(param), value_(value), path_(path), first_(first), errors_(errors) {}

  void run() {
    switch (param_.type) {
      case ParamType::integer:
        return integer();
      case ParamType::boolean:
        if (!value_.is_boolean()) wanted("true or false");
        return;
      case ParamType::string:
        return string();
      case ParamType::decimal:
        return decimal();
      case ParamType::instant:
        return instant();
      case ParamType::zone:
        if (!value_.is_string() || !is_zone(text())) wanted("an IANA time zone such as \"Asia/Seoul\"");
        return;
      case ParamType::currency:
        if (!value_.is_string() || !is_currency(text())) wanted("an ISO 4217 code such as \"KRW\"");
        return;
      case ParamType::scalar:
        return scalar();
      case ParamType::list:
        return list();
      case ParamType::record:
        return record();
    }
  }

 private:
  void fail(std::string message) { errors_.push_back({path_, std::move(message)}); }
  void wanted(const std::string& what) { fail("must be " + what + ", not " + quoted(value_)); }
  const std::string& text() const { return value_.get_ref<const std::string&>(); }

  void integer() {
    if (param_.or_false && value_.is_boolean() && !value_.get<bool>()) return;
    const auto integer = to_integer(value_);
    if (!integer) return wanted(param_.or_false ? "a whole number or false" : "a whole number");
    value_ = *integer;
    if (param_.min && *integer < *param_.min) return wanted("at least " + std::to_string(*param_.min));
    if (param_.max && *integer > *param_.max) return wanted("at most " + std::to_string(*param_.max));
  }

  void string() {
    if (!value_.is_string()) return wanted("a string");
    if (!param_.choices.empty()) {
      if (std::find(param_.choices.begin(), param_.choices.end(), text()) != param_.choices.end()) return;
      std::string choices;
      for (const std::string& choice : param_.choices) choices += (choices.empty() ? "" : ", ") + Json(choice).dump();
      return wanted("one of " + choices);
    }
    const auto longest =
        param_.max_length ? static_cast<std::size_t>(std::max<std::int64_t>(*param_.max_length, 0)) : longest_string;
    if (text().size() > longest) fail("must have at most " + std::to_string(longest) + " bytes");
  }

  void decimal() {
    if (const auto whole = to_integer(value_); whole && value_.is_number_float()) value_ = *whole;
    const auto decimal = to_decimal(value_);
    if (!decimal) return wanted("a whole number or a decimal string such as \"12.5\"");
    if (param_.least && compare(*decimal, *param_.least) < 0) return wanted("at least " + to_string(*param_.least));
    if (param_.most && compare(*decimal, *param_.most) > 0) return wanted("at most " + to_string(*param_.most));
  }

  void instant() {
    const auto instant = value_.is_string() ? parse_instant(text()) : std::nullopt;
    if (!instant) return wanted("an instant with an offset such as \"2026-11-21T10:00:00+09:00\"");
    if (!is_exact(*instant)) return wanted("an instant before the year 2255");
  }

  void scalar() {
    if (value_.is_boolean()) return;
    if (value_.is_string()) {
      if (text().size() > longest_string) fail("must have at most " + std::to_string(longest_string) + " bytes");
      return;
    }
    if (!value_.is_number()) return wanted("a string, a number or a boolean");
    if (const auto integer = to_integer(value_)) {
      value_ = *integer;
    } else if (value_.is_number_integer() || !std::isfinite(value_.get<double>())) {
      wanted("a number within 2^53");
    }
  }

  void list() {
    if (!value_.is_array()) return wanted("a list");
    const auto size = static_cast<std::int64_t>(value_.size());
    if (param_.min && size < *param_.min) return fail("must have at least " + items(*param_.min));
    if (param_.max && size > *param_.max) return fail("must have at most " + items(*param_.max));
    int at = first_;
    for (Json& item : value_) {
      const std::string path = path_ + '[' + std::to_string(at++) + ']';
      Check(*param_.of, item, path, first_, errors_).run();
    }
  }

  void record() {
    if (value_.is_array() && value_.empty()) value_ = Json::object();  // {} in Lua
    if (!value_.is_object()) return wanted("a table with names");
    value_ = check_members(param_.fields, value_, path_ + ".", first_, errors_);
  }

  static std::string items(std::int64_t count) { return std::to_string(count) + (count == 1 ? " item" : " items"); }

  const Param& param_;
  Json& value_;
  const std::string path_;
  const int first_;
  std::vector<ParamError>& errors_;
};

}  // namespace

void check_param(const Param& param, Json& value, int first, std::vector<ParamError>& errors) {
  Check(param, value, param.name, first, errors).run();
}

Json check_members(const std::vector<Param>& params, const Json& given, const std::string& path, int first,
                   std::vector<ParamError>& errors) {
  Json filled = Json::object();
  if (given.is_object()) {
    for (const auto& [name, value] : given.items()) {
      const auto param =
          std::find_if(params.begin(), params.end(), [&wanted = name](const Param& p) { return p.name == wanted; });
      if (param == params.end()) {
        errors.push_back({path + name, unknown(params, path.empty() ? "the parameters are" : "it has")});
        continue;
      }
      Json checked = value;
      Check(*param, checked, path + name, first, errors).run();
      filled[name] = std::move(checked);
    }
  }
  for (const Param& param : params) {
    if (filled.contains(param.name)) continue;
    if (param.required) errors.push_back({path + param.name, "is required"});
    if (param.fallback) filled[param.name] = *param.fallback;
  }
  return filled;
}

std::optional<Decimal> to_decimal(const Json& value) {
  if (value.is_string()) return parse_decimal(value.get_ref<const std::string&>());
  const auto integer = value.is_number_float() ? std::nullopt : to_integer(value);
  // As many digits as parse_decimal takes.
  if (!integer || *integer < 0 || *integer > 999'999'999'999'999) return std::nullopt;
  return Decimal{.digits = *integer, .scale = 0};
}

std::string to_string(const Decimal& decimal) {
  std::string digits = std::to_string(decimal.digits);
  const auto scale = static_cast<std::size_t>(decimal.scale);
  if (scale == 0) return digits;
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  return digits.insert(digits.size() - scale, ".");
}

int compare(const Decimal& a, const Decimal& b) {
  __extension__ typedef __int128 Int128;
  Int128 left = a.digits;
  Int128 right = b.digits;
  for (int scale = a.scale; scale < b.scale; ++scale) left *= 10;
  for (int scale = b.scale; scale < a.scale; ++scale) right *= 10;
  return left < right ? -1 : left > right ? 1 : 0;
}

}  // namespace scrip
