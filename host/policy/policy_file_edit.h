// One policy file on disk, read and replaced as an operator edits it through the API: only files that
// a set is made of, never through a link, and a replacement is there whole or not at all. Two writers
// of one file have to be kept apart by the caller (ledger/reload.h does).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/error.h"

namespace scrip {

// A file's name as it may be edited: [a-z0-9_]{1,64}.lua, without a folder.
bool is_editable_name(std::string_view leaf);

// The bytes; nullopt when there is no such file. invalid_request for a link or anything that is no
// file, payload_too_large above max_policy_file.
Result<std::optional<std::string>> read_policy_file(const std::filesystem::path& folder, const std::string& leaf);

// Puts the bytes in the file's place, or makes it: a new file is written, synced and renamed over it.
// forbidden when this process may not write there.
Result<void> write_policy_file(const std::filesystem::path& folder, const std::string& leaf, std::string_view bytes);

}  // namespace scrip
