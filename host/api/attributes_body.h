// A user's attributes in a body: what the shop puts, and what somebody supposes.
#pragma once

#include <string>
#include <vector>

#include "api/body.h"

namespace scrip::api {

inline constexpr std::size_t max_attributes = 4096;  // bytes of JSON

// The JSON text of a flat object of strings, numbers and booleans. What does not fit is added to
// `errors`; `path` is put before the names there: "facts.user.attributes.". How long it may be is the
// caller's to say.
std::string attributes_text(const Json& object, const std::string& path, std::vector<FieldError>& errors);

}  // namespace scrip::api
