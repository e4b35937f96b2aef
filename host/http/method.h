// The request methods that routes can be for.
#pragma once

#include <cstdint>
#include <string_view>

namespace scrip::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

// "GET"; "" for other.
std::string_view name(Method method);

// Methods are case-sensitive (RFC 9110, 9.1); anything unknown is `other`.
Method parse_method(std::string_view name);

// Whether the method promises to change nothing (RFC 9110, 9.2.1).
bool is_safe(Method method);

}  // namespace scrip::http
