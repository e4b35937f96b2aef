// One parameter's value against its schema. Private to schema.cpp and its like. Pure functions.
#pragma once

#include <optional>
#include <vector>

#include "lua/schema.h"

namespace scrip {

// Adds what is wrong with the value to `errors`. An empty JSON array stands for an empty Lua table.
// A number that is whole is made an integer, as Lua and JSON may write it 3.0.
void check_param(const Param& param, Json& value, int first, std::vector<ParamError>& errors);

// The members of an object against a list of parameters, with defaults filled in. `path` is put before
// the names in errors: "limits[2].".
Json check_members(const std::vector<Param>& params, const Json& given, const std::string& path, int first,
                   std::vector<ParamError>& errors);

// A whole number or a decimal string, not negative.
std::optional<Decimal> to_decimal(const Json& value);

std::string to_string(const Decimal& decimal);  // "12.5"

// Below, equal, above: negative, 0, positive.
int compare(const Decimal& a, const Decimal& b);

}  // namespace scrip
