#include "replay/replay_report.h"

#include <algorithm>
#include <numeric>

namespace scrip {
namespace {

// The rule that a verdict which is no permission comes from.
std::string deciding_rule(const Verdict& verdict) {
  return verdict.trace.empty() ? "host" : verdict.trace.back().rule;
}

const TraceEntry* entry_of(const std::vector<TraceEntry>& trace, const std::string& rule) {
  const auto found =
      std::find_if(trace.begin(), trace.end(), [&rule](const TraceEntry& entry) { return entry.rule == rule; });
  return found == trace.end() ? nullptr : &*found;
}

// The first rule whose effect, seen through `part`, is not the same in both traces.
template <class Part>
std::string differing_rule(const Verdict& recorded, const Verdict& candidate, Part part) {
  const auto of = [&part](const TraceEntry* entry) { return entry ? part(*entry) : decltype(part(*entry))(); };
  for (const auto& [one, other] : {std::pair{&candidate, &recorded}, std::pair{&recorded, &candidate}}) {
    for (const TraceEntry& entry : one->trace) {
      if (of(&entry) != of(entry_of(other->trace, entry.rule))) return entry.rule;
    }
  }
  return "";
}

std::vector<std::string> notes_of(const Verdict& verdict) {
  std::vector<std::string> notes;
  for (const TraceEntry& entry : verdict.trace) {
    if (!entry.note.empty()) notes.push_back(notice_mark(entry) + " " + entry.note);
  }
  return notes;
}

std::string rule_of(Flip kind, const Verdict& recorded, const Verdict& candidate) {
  switch (kind) {
    case Flip::newly_refused:
    case Flip::other_reason:
      return deciding_rule(candidate);
    case Flip::newly_allowed:
      return deciding_rule(recorded);
    case Flip::other_discount:
      return differing_rule(recorded, candidate,
                            [](const TraceEntry& entry) { return std::pair(entry.discount, entry.stack); });
    case Flip::other_expiry:
      return differing_rule(recorded, candidate, [](const TraceEntry& entry) { return entry.expires_at; });
    case Flip::other_notice:
      return differing_rule(recorded, candidate, [](const TraceEntry& entry) { return entry.note; });
  }
  return "";
}

}  // namespace

std::string_view name(Flip flip) {
  switch (flip) {
    case Flip::newly_refused:
      return "newly_refused";
    case Flip::newly_allowed:
      return "newly_allowed";
    case Flip::other_discount:
      return "other_discount";
    case Flip::other_expiry:
      return "other_expiry";
    case Flip::other_notice:
      return "other_notice";
    case Flip::other_reason:
      return "other_reason";
  }
  return "";
}

std::optional<Flip> flip_of(const Verdict& recorded, const Verdict& candidate) {
  if (recorded.allowed() != candidate.allowed()) {
    return recorded.allowed() ? Flip::newly_refused : Flip::newly_allowed;
  }
  if (!recorded.allowed()) return recorded.code == candidate.code ? std::nullopt : std::optional(Flip::other_reason);
  if (recorded.discount != candidate.discount || recorded.stack != candidate.stack) return Flip::other_discount;
  if (recorded.expires_at != candidate.expires_at) return Flip::other_expiry;
  return notes_of(recorded) == notes_of(candidate) ? std::nullopt : std::optional(Flip::other_notice);
}

std::optional<Flip> flip_of(const Replayed& decision, const Verdict& candidate) {
  return follows_hold(decision.facts.step) ? std::nullopt : flip_of(decision.recorded, candidate);
}

std::int64_t ReplayReport::all_flips() const {
  return std::accumulate(flips.begin(), flips.end(), std::int64_t{0});
}

ReplayTally::ReplayTally(std::string revision, std::size_t samples, Keep keep) : samples_(samples), keep_(keep) {
  report_.revision = std::move(revision);
}

void ReplayTally::add_discount(const Replayed& decision, const Verdict& candidate) {
  const Facts& facts = decision.facts;
  if (facts.step == HoldStep::redeem_held) return;  // the hold's
  if (decision.hook == Hook::redeem && facts.order) {
    const auto given = [](const Verdict& verdict) { return verdict.allowed() ? verdict.discount.value_or(0) : 0; };
    DiscountSum& sum = report_.discounts[facts.order->currency];
    sum.recorded += given(decision.recorded);
    sum.candidate += given(candidate);
  } else if (decision.hook == Hook::cancel) {
    if (decision.recorded.allowed() && decision.recorded_coupon.discount) {
      report_.discounts[decision.recorded_coupon.currency].recorded -= *decision.recorded_coupon.discount;
    }
    if (candidate.allowed() && facts.coupon->discount) {
      report_.discounts[facts.coupon->currency].candidate -= *facts.coupon->discount;
    }
  }
}

void ReplayTally::add(const Replayed& decision, const Verdict& candidate, bool recounted) {
  ++report_.decisions;
  if (recounted) ++report_.recounted;
  add_discount(decision, candidate);
  const auto flip = flip_of(decision, candidate);
  if (!flip) return;
  ++report_.flips[static_cast<std::size_t>(*flip)];
  std::string rule = rule_of(*flip, decision.recorded, candidate);
  std::string code = candidate.allowed() ? decision.recorded.code : candidate.code;
  FlipGroup& group = groups_[{*flip, rule, code}];
  if (group.count++ == 0) {
    group.kind = *flip;
    group.rule = std::move(rule);
    group.code = std::move(code);
  }
  if (keep_ == Keep::latest && samples_ > 0 && group.samples.size() == samples_) {
    group.samples.erase(group.samples.begin());
  }
  if (group.samples.size() < samples_) {
    group.samples.push_back({.id = decision.id,
                             .campaign = decision.facts.campaign->id,
                             .hook = decision.hook,
                             .facts = decision.facts,
                             .recorded = decision.recorded,
                             .candidate = candidate});
  }
}

void ReplayTally::add_unable(const std::string& why) {
  ++report_.decisions;
  ++report_.unable;
  ++report_.why_unable[why];
}

ReplayReport ReplayTally::report() const {
  ReplayReport report = report_;
  for (const auto& [key, group] : groups_) report.groups.push_back(group);
  std::stable_sort(report.groups.begin(), report.groups.end(), [](const FlipGroup& a, const FlipGroup& b) {
    return std::tuple(a.kind, -a.count) < std::tuple(b.kind, -b.count);
  });
  return report;
}

}  // namespace scrip
