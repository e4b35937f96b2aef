// What a client says about the bytes it wants (RFC 9110): which coding it takes, which it has. Pure.
#pragma once

#include <string_view>

namespace scrip::web {

// Whether an Accept-Encoding header allows gzip, by name or by "*", with a weight above 0.
bool accepts_gzip(std::string_view header);

// Whether an If-None-Match header names this entity tag (with its quotes), or any.
bool names_tag(std::string_view header, std::string_view tag);

}  // namespace scrip::web
