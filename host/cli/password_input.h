// A password for a command: from a pipe, or asked for on the terminal without showing it.
#pragma once

#include <string>

#include "coupon/error.h"

namespace scrip::cli {

// The first line of standard input, without its end.
Result<std::string> read_password();

// Asks twice on the terminal. An error when there is none, or the two differ.
Result<std::string> ask_password(const std::string& login);

}  // namespace scrip::cli
