// Who calls, and who has an account. A coupon's holder needs no account: the shop's own ids are
// fine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/time.h"

namespace scrip {

// user: acts for itself alone. service: the shop's back end, acts for any user. operator: may do
// everything.
enum class Role : std::uint8_t { user, service, operator_ };

std::string_view name(Role role);  // "user", "service", "operator"
std::optional<Role> parse_role(std::string_view name);

struct User {
  std::string login;
  std::string password_hash;  // as crypt(5) writes it
  Role role = Role::user;
  Micros created_at = 0;
};

}  // namespace scrip
