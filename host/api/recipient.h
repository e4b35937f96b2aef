// user_id and subject in the bodies of issue, its validation, and assign.
#pragma once

#include <optional>
#include <string>

#include "api/body.h"
#include "ledger/command.h"

namespace scrip::api {

struct Recipient {
  std::optional<std::string> user_id;
  std::optional<std::string> subject;
};

// What is wrong is refused in `fields`.
Recipient read_recipient(Fields& fields);

// Who claims: a user, who may leave user_id out, for itself alone.
Result<Recipient> claimant(const Actor& actor, Recipient named);

}  // namespace scrip::api
