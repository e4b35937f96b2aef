// Who calls, by a bearer token (RFC 6750) or by the session cookie of our pages.
#pragma once

#include "http/server.h"
#include "http/tokens.h"

namespace scrip::http {

// An Authorization header that holds no good token is `unauthenticated`, whatever the route. A
// session cookie that has expired is as good as none, so that its owner can sign in again; one that
// is good but comes from another site, with a request that changes something, is `forbidden`.
// `tokens` must outlive what is returned.
Authenticate bearer_or_cookie(const Tokens& tokens);

}  // namespace scrip::http
