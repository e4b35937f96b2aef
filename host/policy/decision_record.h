// A decision as it is kept for good: what was asked, what the policy was told, what it answered.
// A compact binary form (an allowed claim with four rules takes well under 150 bytes) that can be
// read back exactly, for a dispute and for replay. Pure functions; thread-safe.
//
// The campaign's definition is not in the record, only its number and version; what claims change
// (the tally) is, because it is gone when the next claim comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/error.h"
#include "policy/facts.h"
#include "policy/verdict.h"

namespace scrip {

// Precondition: facts.campaign is set. Of the tally `issued` and `redeemed` are kept; the rest
// belongs to the ledger, and no rule sees it.
std::string encode_decision(Hook hook, const Facts& facts, const Verdict& verdict);

struct DecodedDecision {
  Hook hook = Hook::issue;
  std::int64_t campaign = 0;          // Campaign::number
  std::int64_t campaign_version = 0;  // Campaign::version
  Facts facts;                        // its campaign is null: the caller knows the campaigns
  Verdict verdict;
};

// Code::internal for anything that encode_decision did not write: an unknown version, a byte too
// few or too many, a value out of its range.
Result<DecodedDecision> decode_decision(std::string_view record);

// The hook alone, without reading the rest; nullopt: the record is damaged.
std::optional<Hook> hook_of(std::string_view record);

// What an operator is shown. JSON objects; instants are RFC 3339 in UTC, absent members are left
// out. `facts.campaign` may be null, then only the tally is shown.
std::string facts_json(const Facts& facts);
std::string verdict_json(const Verdict& verdict);

}  // namespace scrip
