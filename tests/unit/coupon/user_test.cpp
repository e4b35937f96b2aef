#include "coupon/user.h"

#include <catch2/catch.hpp>

using namespace scrip;

TEST_CASE("roles are known by name") {
  for (const Role role : {Role::user, Role::service, Role::operator_}) CHECK(parse_role(name(role)) == role);
  CHECK(name(Role::operator_) == "operator");
  CHECK_FALSE(parse_role("").has_value());
  CHECK_FALSE(parse_role("operator_").has_value());
  CHECK_FALSE(parse_role("admin").has_value());
}
