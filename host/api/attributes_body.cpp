#include "api/attributes_body.h"

#include "policy/facts.h"

namespace scrip::api {

std::string attributes_text(const Json& object, const std::string& path, std::vector<FieldError>& errors) {
  for (const auto& [name, value] : object.items()) {
    if (name.empty() || name.size() > 64) errors.push_back({path + name, "must have a name of 1 to 64 bytes"});
    if (!value.is_string() && !value.is_number() && !value.is_boolean()) {
      errors.push_back({path + name, "must be a string, a number or a boolean"});
    }
    // Rules see numbers as doubles; one that would become another is refused.
    const bool large =
        value.is_number_integer() &&
        (value.is_number_unsigned() ? value.get<std::uint64_t>() > static_cast<std::uint64_t>(max_exact)
                                    : value.get<std::int64_t>() > max_exact || value.get<std::int64_t>() < -max_exact);
    if (large) errors.push_back({path + name, "must be between -2^53 and 2^53"});
  }
  return object.dump();
}

}  // namespace scrip::api
