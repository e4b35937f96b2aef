// Whether a login and a password belong together, as every way to sign in asks it.
#pragma once

#include <string>

#include "api/service.h"
#include "coupon/error.h"
#include "coupon/user.h"

namespace scrip::api {

// unauthenticated for a wrong login as for a wrong password, after the same time; rate_limited, with
// when to try again, for too many attempts from an address or on a login.
Result<User> check_sign_in(Service& service, const std::string& address, const std::string& login,
                           const std::string& password);

}  // namespace scrip::api
