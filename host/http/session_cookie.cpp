#include "http/session_cookie.h"

namespace scrip::http {
namespace {

std::string cookie(const Request& request, std::string_view value, std::chrono::seconds lifetime) {
  std::string text(session_cookie);
  text.append("=").append(value).append("; Path=/; Max-Age=").append(std::to_string(lifetime.count()));
  text += "; HttpOnly; SameSite=Lax";
  if (request.header("X-Forwarded-Proto") == "https") text += "; Secure";
  return text;
}

}  // namespace

std::string begin_session(const Request& request, std::string_view token, std::chrono::seconds lifetime) {
  return cookie(request, token, lifetime);
}

std::string end_session(const Request& request) {
  return cookie(request, "", std::chrono::seconds(0));
}

}  // namespace scrip::http
