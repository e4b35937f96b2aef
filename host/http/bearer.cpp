#include "http/bearer.h"

#include <optional>
#include <utility>

#include "http/ascii.h"
#include "http/same_origin.h"
#include "http/session_cookie.h"

namespace scrip::http {
namespace {

using Found = Result<std::optional<Identity>>;

Found by_bearer(const Tokens& tokens, std::string_view header) {
  const std::string_view scheme = take_until(header, ' ');
  if (!same_name(scheme, "Bearer")) return Error{.code = Code::unauthenticated, .message = "a bearer token is needed"};
  auto identity = tokens.verify(trim(header));
  if (!identity) return std::move(identity.error());
  return std::optional(std::move(*identity));
}

Found by_cookie(const Tokens& tokens, const Request& request) {
  const auto cookie = request.cookie(session_cookie);
  if (!cookie) return std::optional<Identity>();
  auto identity = tokens.verify(*cookie);
  if (!identity) return std::optional<Identity>();
  if (!is_safe(request.method) && !is_same_origin(request)) {
    return Error{.code = Code::forbidden, .message = "this request comes from another site"};
  }
  return std::optional(std::move(*identity));
}

}  // namespace

Authenticate bearer_or_cookie(const Tokens& tokens) {
  return [&tokens](const Request& request) {
    const auto header = request.header("Authorization");
    return header ? by_bearer(tokens, *header) : by_cookie(tokens, request);
  };
}

}  // namespace scrip::http
