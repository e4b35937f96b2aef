// Names for jobs that their callers did not name. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace scrip::api {

// "import-8f2b51c09ad3e764": 64 random bits.
std::string random_id(std::string_view kind);

}  // namespace scrip::api
