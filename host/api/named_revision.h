// The revision of policies that a client means by some of its digits.
#pragma once

#include <cstddef>
#include <string>

#include "db/store.h"

namespace scrip::api {

inline constexpr std::size_t shortest_revision = 8;  // digits
inline constexpr std::size_t whole_revision = 64;

// The one revision that a text names: all its digits, or the first of them. Without files. `field` names it
// in errors.
Result<RevisionRow> named_revision(Reader& reader, std::string text, const std::string& field);

}  // namespace scrip::api
