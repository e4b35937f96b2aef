// Values across the border as JSON: parameters, a denial's detail, attributes, metadata.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lua/lua_api.h"

namespace scrip {

using Json = nlohmann::json;

// How much a Lua value may amount to.
struct JsonLimits {
  int depth = 4;             // of tables within tables
  std::size_t bytes = 2048;  // as JSON text, roughly
};

// Of a test's made-up facts.
inline constexpr JsonLimits facts_limits{.depth = 8, .bytes = 256 * 1024};

// What cannot be read: "daily[2]", "is a function".
struct JsonFault {
  std::string path;  // empty: the value itself
  std::string what;
};

// Reads the value at an index: a table with the keys 1 to n is an array, one with strings as keys an
// object, an empty one an array; a view counts as its table.
std::optional<JsonFault> read_json(lua_State* L, int index, const JsonLimits& limits, Json& into);

// What objects and arrays become: views for one decision, views that stay, or tables that Lua code
// may change.
enum class PushAs { view, lasting_view, table };

// Pushes a value; null is nil. Integers beyond 2^53 become the nearest double: what rules count with
// never comes from free-form JSON.
void push_json(lua_State* L, const Json& value, PushAs as);

}  // namespace scrip
