// Making an account, as every way to sign up does it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/service.h"
#include "coupon/error.h"
#include "coupon/user.h"

namespace scrip::api {

// What is wrong with them, under the names "login" and "password"; nullopt: it was not given, which
// is somebody else's complaint.
void check_account(const std::optional<std::string>& login, const std::optional<std::string>& password,
                   std::vector<FieldError>& errors);

// Makes an account with the role user. Errors: user_exists, and those of PasswordPool::hash and the
// ledger. Precondition: check_account found nothing.
Result<void> sign_up(Service& service, const std::string& login, const std::string& password);

}  // namespace scrip::api
