#include "coupon/coupon.h"

#include <catch2/catch.hpp>
#include <string>

using namespace scrip;

TEST_CASE("states of a coupon have the names of the contract") {
  CHECK(name(CouponState::available) == "available");
  CHECK(name(CouponState::issued) == "issued");
  CHECK(name(CouponState::redeemed) == "redeemed");
}

TEST_CASE("an issued coupon is expired from its expiry on, a redeemed one never") {
  Coupon coupon{.state = CouponState::issued, .expires_at = 100};
  CHECK_FALSE(coupon.expired_at(99));
  CHECK(coupon.expired_at(100));
  coupon.state = CouponState::redeemed;
  CHECK_FALSE(coupon.expired_at(100));
  CHECK_FALSE(Coupon{.state = CouponState::issued}.expired_at(latest_instant));
}

TEST_CASE("an id of a user or subject is 1 to 128 bytes of text without control characters") {
  for (const std::string& id : {std::string("u-1"), std::string("member@example.com"), std::string("work:12"),
                                std::string("고객 7"), std::string(128, 'x'), std::string(" ")}) {
    CAPTURE(id);
    CHECK(is_user_id(id));
    CHECK(is_subject(id));
  }
  for (const std::string& id :
       {std::string(), std::string(129, 'x'), std::string("a\nb"), std::string("a\0b", 3), std::string("\x7F"),
        std::string("\xC2\x85"), std::string("\xFF"), std::string("\xC3")}) {
    CAPTURE(id);
    CHECK_FALSE(is_user_id(id));
    CHECK_FALSE(is_subject(id));
  }
}
