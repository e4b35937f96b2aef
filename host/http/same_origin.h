// Whether a request comes from a page of ours, so that a session cookie which the browser added by
// itself may be believed (cross-site request forgery). Pure.
#pragma once

#include "http/request.h"

namespace scrip::http {

// Goes by Sec-Fetch-Site (same-origin, or none: the user's own doing), else by Origin, whose
// authority has to be the one the request was sent to. A client that sends neither is no browser
// and passes.
bool is_same_origin(const Request& request);

}  // namespace scrip::http
