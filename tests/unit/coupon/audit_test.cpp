#include "coupon/audit.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "coupon/activation.h"

using namespace scrip;

TEST_CASE("what is audited and where policies come from have names of their own") {
  std::set<std::string> names;
  for (int i = 0; i < audit_action_count; ++i) {
    const auto action = static_cast<AuditAction>(i);
    CHECK(parse_audit_action(name(action)) == action);
    names.emplace(name(action));
  }
  CHECK(names.size() == audit_action_count);
  CHECK_FALSE(parse_audit_action("campaign.lost"));
  CHECK_FALSE(parse_audit_action(""));
  for (const PolicyOrigin origin : {PolicyOrigin::start, PolicyOrigin::reload, PolicyOrigin::console,
                                    PolicyOrigin::watch, PolicyOrigin::signal, PolicyOrigin::rollback}) {
    CHECK(parse_policy_origin(name(origin)) == origin);
  }
  CHECK_FALSE(parse_policy_origin("moon"));
  CHECK(is_automatic(PolicyOrigin::watch));
  CHECK_FALSE(is_automatic(PolicyOrigin::signal));
}

TEST_CASE("notes are up to a thousand characters of text") {
  CHECK(is_policy_notes(""));
  CHECK(is_policy_notes("20 % was a slip"));
  std::string korean;
  for (int i = 0; i < 1'000; ++i) korean += "\xED\x95\x9C";
  CHECK(is_policy_notes(korean));
  CHECK_FALSE(is_policy_notes(korean + "."));
  CHECK_FALSE(is_policy_notes("two\nlines"));
  CHECK_FALSE(is_policy_notes("\x1b[31mred"));
  CHECK_FALSE(is_policy_notes("\xff"));
}
