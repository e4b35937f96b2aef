// gzip (RFC 1952) of whole texts. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "coupon/error.h"

namespace scrip::compat {

// payload_too_large as soon as more than `limit` bytes have come out, however small `bytes` is;
// invalid_request for what is not exactly one gzip member.
Result<std::string> gunzip(std::string_view bytes, std::size_t limit);

// Quickly rather than well. Precondition: less than 4 GiB.
std::string gzip(std::string_view text);

}  // namespace scrip::compat
