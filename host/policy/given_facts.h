// Facts that somebody wrote down: a Lua test, `scrip policy try`, a golden decision. What is written
// is checked member by member; the rest is usual, or absent. Pure functions; thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "policy/facts.h"

namespace scrip {

struct GivenFacts {
  Facts facts;        // without counters
  Counters counters;  // those that were given
  std::string error;  // not empty: what is wrong, naming the member
};

enum class Unsaid {
  usual,   // the campaign "test", "user-1", a coupon of now, 2026-01-01T00:00:00Z
  absent,  // as a recorded decision shows its facts: what it does not show was not there
};

// A JSON object as facts_json makes it, or as the `facts` of t.decide. An instant is a text or
// microseconds. A member that is false or null is absent.
GivenFacts read_given_facts(const nlohmann::json& given, Hook hook, Unsaid unsaid = Unsaid::usual);

// The value of a given counter; 0 when it was not given.
std::int64_t given_counter(const GivenFacts& given, const std::string& name);

}  // namespace scrip
