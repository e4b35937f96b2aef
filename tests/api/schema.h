// JSON Schema (2020-12) as far as the OpenAPI document uses it. Keywords that are not known here are
// reported, so that none of the document's promises goes unchecked. Pure functions; thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace scrip::test {

class Schemas {
 public:
  // `document`: what "#/components/..." points into; outlives this.
  explicit Schemas(const nlohmann::json& document) : document_(document) {}

  // Follows "$ref" until it is none.
  const nlohmann::json& resolve(const nlohmann::json& object) const;

  // What is wrong with the value, each with its place ("data[0].code: ..."); empty: nothing.
  std::vector<std::string> check(const nlohmann::json& schema, const nlohmann::json& value,
                                 const std::string& place = "") const;

 private:
  const nlohmann::json& document_;
};

}  // namespace scrip::test
