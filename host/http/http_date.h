// The time as HTTP writes it.
#pragma once

#include <string>

namespace scrip::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). Valid until the thread's next call.
const std::string& http_date();

}  // namespace scrip::http
