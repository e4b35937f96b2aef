// Activations: when a set of policies was put in force, by whom, from where, and why. The same set
// may be put in force again and again. Plain data; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/time.h"

namespace scrip {

// From where. The order is that of policy_origin_names; numbers are in no file.
enum class PolicyOrigin : std::uint8_t {
  start,     // the server started
  reload,    // the reload command, or another caller of the API with a token
  console,   // the pages of the console
  watch,     // serve --watch saw a file change
  signal,    // SIGHUP
  rollback,  // an earlier set of the database, by command or API
};

// "rollback". Static storage.
std::string_view name(PolicyOrigin origin);
std::optional<PolicyOrigin> parse_policy_origin(std::string_view name);

// Whether it happens by itself: nobody stands behind it who has looked at what is on disk.
constexpr bool is_automatic(PolicyOrigin origin) {
  return origin == PolicyOrigin::start || origin == PolicyOrigin::watch;
}

struct PolicyActivation {
  std::int64_t id = 0;          // grows; the store gives it
  std::int64_t revision = 0;    // RevisionRow::number
  Micros at = 0;                // real time
  std::optional<Micros> until;  // the next activation; nullopt: this is the last
  std::string by;               // a token's subject, or "start", "watch", "SIGHUP"
  PolicyOrigin origin = PolicyOrigin::reload;
  std::string notes;  // is_policy_notes; may be empty
  // The revision of the files that were on disk at a rollback and shall not come back by themselves;
  // empty: what is on disk is not set aside.
  std::string set_aside;
};

inline constexpr std::size_t max_policy_notes = 1'000;  // characters

// At most max_policy_notes characters of UTF-8 without control characters.
bool is_policy_notes(std::string_view notes);

}  // namespace scrip
