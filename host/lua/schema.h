// The parameters of a plugin: what its manifest says about them, and whether given ones fit. Pure
// C++; the parameters of a script and of a campaign are checked by the same rules. Thread-safe
// once made.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/money.h"

namespace scrip {

using Json = nlohmann::json;

enum class ParamType : std::uint8_t {
  integer,
  boolean,
  string,
  decimal,
  instant,
  zone,
  currency,
  scalar,
  list,
  record,  // a table whose members have names and types of their own
};

std::string_view name(ParamType type);

struct Param {
  std::string name;
  ParamType type = ParamType::scalar;
  std::string doc;
  bool required = false;
  std::optional<Json> fallback;     // `default`, as written
  std::optional<std::int64_t> min;  // integer: the value; list: the number of items
  std::optional<std::int64_t> max;
  std::optional<Decimal> least, most;      // decimal
  std::vector<std::string> choices;        // string: `enum`; empty: any
  std::optional<std::int64_t> max_length;  // string: bytes
  bool or_false = false;                   // integer: `false` fits too, for none
  std::shared_ptr<const Param> of;         // list: each item
  std::vector<Param> fields;               // record: by name
};

// What is wrong with a parameter. `message` goes on where "parameter 'max' " ends.
struct ParamError {
  std::string param;  // "max", "daily[2]", "limits[2].period"
  std::string message;
  bool operator==(const ParamError&) const = default;
};

class Schema {
 public:
  // Reads the `params` of a manifest. What is wrong is added to `errors` as "parameter 'max': ...";
  // the parameter is left out then.
  static Schema parse(const Json& params, std::vector<std::string>& errors);

  const std::vector<Param>& params() const { return params_; }  // by name

  // Parameters with defaults filled in. Those that do not fit are reported, all of them; `first`
  // is what an author calls the first item of a list (Lua 1, JSON 0).
  Json check(const Json& given, int first, std::vector<ParamError>& errors) const;

  // As a JSON object: name -> {type, default, ...}.
  Json json() const;

 private:
  std::vector<Param> params_;
};

}  // namespace scrip
