// The wires, one file each, and what they share. Handlers run on many threads at once.
#pragma once

#include <cstdint>
#include <string>

#include "api/service.h"
#include "coupon/error.h"
#include "http/router.h"

namespace scrip::compat {

void add_kakaopay(http::Router& router, api::Service& service);
void add_toodat(http::Router& router, api::Service& service);
void add_coupon_live(http::Router& router, api::Service& service, bool open);  // open: without a token

// The campaigns that the originals were about.
inline constexpr const char* toodat_campaign = "toodat";
inline constexpr const char* kakaopay_campaign = "kakaopay";
inline constexpr const char* coupon_live_campaign = "coupon-live";

// An error in a wire's own form, with the headers that go with it: Retry-After, WWW-Authenticate.
http::Response error_answer(const Error& error, int status, std::string body);

}  // namespace scrip::compat
