// What the host asks of text that comes from outside. Pure; thread-safe.
#pragma once

#include <string_view>

namespace scrip {

// Well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Whether well-formed UTF-8 holds a control character: U+0000-001F, U+007F-009F.
bool has_control_character(std::string_view utf8);

}  // namespace scrip
