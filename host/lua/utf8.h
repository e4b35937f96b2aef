// Texts that Lua code made, on their way to people: Lua strings are bytes, everything that shows
// them wants UTF-8. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace scrip {

// The text; if it is not UTF-8, with '?' for every byte that is not ASCII.
std::string to_utf8(std::string_view text);

}  // namespace scrip
