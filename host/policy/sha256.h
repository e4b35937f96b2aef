// SHA-256, as files and long names are told apart by it. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace scrip {

// Lower-case hexadecimal, 64 characters.
std::string sha256_of(std::string_view bytes);

}  // namespace scrip
