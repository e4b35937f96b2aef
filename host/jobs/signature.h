// How a webhook's receiver knows that an event comes from this server and was not changed on its way.
#pragma once

#include <string>
#include <string_view>

#include "coupon/time.h"

namespace scrip::jobs {

// "t=1795222800,v1=<hexadecimal HMAC-SHA256 of "1795222800.BODY">" (RFC 2104, FIPS 180-4). The instant
// is signed too, so that a receiver can refuse what was recorded and sent again later.
std::string webhook_signature(std::string_view secret, Micros at, std::string_view body);

}  // namespace scrip::jobs
