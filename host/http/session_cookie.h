// The cookie that carries a page's token (RFC 6265): HttpOnly, so that no script reads it; SameSite=Lax,
// so that other sites' forms come without it. bearer_or_cookie() reads it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/request.h"

namespace scrip::http {

inline constexpr std::string_view session_cookie = "scrip_session";

// Values of Set-Cookie. Secure when the request came to a proxy over TLS (X-Forwarded-Proto: https);
// who forges that header only keeps a cookie of their own from being sent back.
std::string begin_session(const Request& request, std::string_view token, std::chrono::seconds lifetime);
std::string end_session(const Request& request);

}  // namespace scrip::http
