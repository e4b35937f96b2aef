// Small policy sets for tests, and what to decide with them.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "lua/compile.h"
#include "policy/policy_files.h"

namespace scrip {

// "plugins/NAME.lua": a plugin with one hook. `members` are more members of the manifest.
inline PolicyFile plugin_file(const std::string& name, const std::string& body, const std::string& members = "",
                              const std::string& hook = "issue") {
  return {"plugins/" + name + ".lua",
          "return plugin { name = \"" + name + "\", version = \"1.0.0\", doc = \"A rule.\", " + members +
              (members.empty() ? "" : ", ") + hook + " = function(p, facts, prepared)\n" + body + "\nend }\n"};
}

// "scripts/NAME.lua": a policy of these rules.
inline PolicyFile script_file(const std::string& name, const std::string& rules) {
  return {"scripts/" + name + ".lua", "return policy { name = \"" + name + "\", rules = { " + rules + " } }\n"};
}

inline std::string listed(const std::vector<PolicyError>& errors) {
  std::string text;
  for (const PolicyError& error : errors) text += to_string(error) + "\n";
  return text;
}

// Time enough under a sanitizer on a busy machine.
inline const PolicyLimits roomy{.decision_us = 5'000'000, .load_us = 10'000'000};

// A set that must be accepted.
inline std::shared_ptr<const PolicySet> accepted(std::vector<PolicyFile> files, const PolicyLimits& limits = roomy) {
  CompiledSet compiled = compile(std::move(files), limits);
  INFO(listed(compiled.errors));
  REQUIRE(compiled.set);
  return compiled.set;
}

// A set of the one policy "one", of the one rule "one", whose hook is `body`.
inline std::shared_ptr<const PolicySet> one_rule(const std::string& body, const PolicyLimits& limits = roomy,
                                                 const std::string& hook = "issue") {
  return accepted({plugin_file("one", body, "", hook), script_file("one", "one {}")}, limits);
}

inline std::shared_ptr<const Campaign> sample_campaign() {
  auto campaign = std::make_shared<Campaign>();
  campaign->number = 7;
  campaign->version = 3;
  campaign->id = "summer";
  campaign->policy = "one";
  campaign->total = 1000;
  campaign->timezone = "Asia/Seoul";
  return campaign;
}

// A claim: user-1 asks for a coupon at 2027-01-15T08:00:00Z.
inline Facts sample_claim() {
  Facts facts;
  facts.now = 1'800'000'000 * second;
  facts.campaign = sample_campaign();
  facts.tally.issued = 10;
  facts.user.id = "user-1";
  facts.coupon = CouponFacts{.code = "SALE-0001", .created_at = facts.now - day};
  return facts;
}

inline Facts sample_use() {
  Facts facts = sample_claim();
  facts.coupon->issued_at = facts.now - hour;
  facts.order = Order{.id = "order-1", .amount = 20'000, .currency = "KRW", .items = {}};
  return facts;
}

inline std::shared_ptr<const Binding> bound(const PolicySet& set, const std::string& policy = "one",
                                            const std::string& params = "{}") {
  auto binding = set.bind(policy, params);
  REQUIRE(binding.ok());
  return *binding;
}

// Decides once, with a new evaluator and every counter at 0.
inline Verdict decide(const PolicySet& set, Facts facts, Hook hook = Hook::issue, const std::string& policy = "one") {
  const auto binding = bound(set, policy);
  const auto evaluator = set.evaluator();
  for (std::string& name : evaluator->counters(*binding, hook, facts)) facts.counters.emplace_back(std::move(name), 0);
  return evaluator->decide(*binding, hook, facts);
}

// What the body of a hook answers to a claim.
inline Verdict answer(const std::string& body, const PolicyLimits& limits = roomy) {
  return decide(*one_rule(body, limits), sample_claim());
}

// The value of a Lua expression in a hook, as tostring shows it.
inline std::string value(const std::string& expression, const Facts& facts = sample_claim()) {
  const Verdict verdict = decide(*one_rule("return deny(\"value\", tostring(" + expression + "))"), facts);
  INFO(expression);
  REQUIRE(verdict.kind == Verdict::Kind::denied);
  return verdict.sentence;
}

// The error that a failed verdict's trace ends with; empty when the verdict is not of that kind.
inline std::string failure(const Verdict& verdict) {
  if (verdict.kind != Verdict::Kind::failed || verdict.trace.empty()) return {};
  return verdict.trace.back().detail;
}

// The error that the body of a hook ends in when it is asked about a claim.
inline std::string error_of(const std::string& body) {
  const Verdict verdict = answer(body);
  INFO(body);
  CHECK(verdict.kind == Verdict::Kind::failed);
  return failure(verdict);
}

}  // namespace scrip
