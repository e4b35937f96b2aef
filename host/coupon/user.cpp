#include "coupon/user.h"

namespace scrip {

std::string_view name(Role role) {
  switch (role) {
    case Role::user:
      return "user";
    case Role::service:
      return "service";
    case Role::operator_:
      return "operator";
  }
  return "";
}

std::optional<Role> parse_role(std::string_view text) {
  for (const Role role : {Role::user, Role::service, Role::operator_}) {
    if (name(role) == text) return role;
  }
  return std::nullopt;
}

}  // namespace scrip
