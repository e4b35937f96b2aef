// The order in the body of validate and redeem.
#pragma once

#include <optional>

#include "api/body.h"
#include "policy/facts.h"

namespace scrip::api {

// {amount,currency,id?,items?}; nullopt when it was refused, then `errors` says why. `path` is
// "order".
std::optional<Order> read_order(const Json& json, const std::string& path, std::vector<FieldError>& errors);

}  // namespace scrip::api
