// Kakaopay's lists of coupons. They come whole, as the original's do (but for the list of codes, which
// may be of billions), and are written piece by piece when they are long.
#pragma once

#include "api/service.h"
#include "http/request.h"

namespace scrip::compat {

// Every code, 1,000 at a time.
Result<http::Response> list_codes(api::Service& service, const http::Request& request);

// The coupons that somebody holds, used ones too, newest expiry first: the caller's own, or all of
// them when an operator asks.
Result<http::Response> list_bound(api::Service& service, const http::Request& request);

// Bound, not used, and expired on this day of the campaign's zone.
Result<http::Response> list_expired_today(api::Service& service, const http::Request& request);

}  // namespace scrip::compat
