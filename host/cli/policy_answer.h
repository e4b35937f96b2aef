// What commands send along with policies that are to be put in force, and what they make of the
// server's refusal.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/arguments.h"
#include "http/client.h"

namespace scrip::cli {

// --notes TEXT
void add_notes(CLI::App& command, std::string& notes);

// {"notes": ...} as JSON text.
std::string notes_json(const std::string& notes);

// A text of an object; empty when it is not there.
std::string text_member(const nlohmann::json& object, const char* name);

// What was asked for a decision that the API shows: "redeem", "redeem (hold)", "cancel (expire)".
std::string hook_text(const nlohmann::json& decision);

// Says why, as "file:line: message" where files are to blame: the exit status. Precondition: !answer.ok().
int refuse(const http::Answer& answer, bool json);

}  // namespace scrip::cli
