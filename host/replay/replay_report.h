// What came of a replay: how many decisions would have come out otherwise, in which way, by which
// rule, and what that would have cost. Plain data.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "policy/facts.h"
#include "policy/verdict.h"
#include "replay/replayed.h"

namespace scrip {

// How a decision would have come out otherwise.
enum class Flip : std::uint8_t {
  newly_refused,   // it was allowed
  newly_allowed,   // it was refused
  other_discount,  // allowed both times
  other_expiry,    // allowed both times, with the same discount
  other_notice,    // a reminder would have been made, or not, or said something else
  other_reason,    // refused both times, with another code
};
inline constexpr std::size_t flip_kinds = 6;

std::string_view name(Flip flip);

// nullopt: the candidate says what was said.
std::optional<Flip> flip_of(const Verdict& recorded, const Verdict& candidate);
// The same of a decision. What follows a hold was settled with the hold, whose flip is told.
std::optional<Flip> flip_of(const Replayed& decision, const Verdict& candidate);

struct FlipSample {
  std::int64_t id = 0;
  std::string campaign;  // id
  Hook hook = Hook::issue;
  Facts facts;  // with what would have been otherwise by then
  Verdict recorded;
  Verdict candidate;
};

// Flips of one kind by one rule, with one code.
struct FlipGroup {
  Flip kind = Flip::newly_refused;
  std::string rule;  // that refuses, that refused, or whose effect differs
  std::string code;  // of the refusal, if there is one
  std::int64_t count = 0;
  std::vector<FlipSample> samples;  // the first ones
};

struct DiscountSum {
  std::int64_t recorded = 0;  // minor units; what cancellations gave back is taken off
  std::int64_t candidate = 0;
};

struct ReplayReport {
  std::string revision;           // the candidate's
  std::int64_t decisions = 0;     // replayed
  std::int64_t recounted = 0;     // of these, asked again with other counts than were recorded
  std::int64_t unable = 0;        // that could not be made again
  std::int64_t only_counted = 0;  // beside them: refusals of a crowd, of which there is no record
  std::array<std::int64_t, flip_kinds> flips{};
  std::vector<FlipGroup> groups;                 // by kind, then the most frequent first
  std::map<std::string, DiscountSum> discounts;  // by currency
  std::map<std::string, std::int64_t> why_unable;
  std::vector<std::string> assumed;  // counters that were counted from 0, see Recount::assumed
  double seconds = 0;

  std::int64_t count(Flip kind) const { return flips[static_cast<std::size_t>(kind)]; }
  std::int64_t all_flips() const;
};

// Builds a report, decision by decision. Belongs to one thread.
class ReplayTally {
 public:
  // Of each group the first samples are kept, or the latest.
  enum class Keep : std::uint8_t { first, latest };
  ReplayTally(std::string revision, std::size_t samples, Keep keep = Keep::first);

  // After Recount::adjust, with the candidate's final verdict.
  void add(const Replayed& decision, const Verdict& candidate, bool recounted);
  void add_unable(const std::string& why);

  // Of all that was added so far.
  ReplayReport report() const;

 private:
  void add_discount(const Replayed& decision, const Verdict& candidate);

  const std::size_t samples_;
  const Keep keep_;
  ReplayReport report_;
  std::map<std::tuple<Flip, std::string, std::string>, FlipGroup> groups_;
};

}  // namespace scrip
