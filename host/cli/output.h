// What commands print, and the exit status that goes with it: data on stdout, errors on stderr, one
// line each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coupon/error.h"
#include "policy/policy_set.h"

namespace scrip::cli {

inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int misused = 2;

// Writes to stdout: `done`, or `failed` when it cannot be written.
int print(std::string_view text);

// "scrip: message" on stderr. A message of several lines keeps them.
int fail(std::string_view message);      // `failed`
int fail(const Error& error);            // `failed`
int wrong_usage(std::string_view what);  // `misused`

// A line of stderr as it is.
void complain(std::string_view line);

// Every error as "file:line: message" on stderr: `failed`.
int fail(const std::vector<PolicyError>& errors);

// The errors as a JSON array of {file,line,message}.
std::string errors_json(const std::vector<PolicyError>& errors);

}  // namespace scrip::cli
