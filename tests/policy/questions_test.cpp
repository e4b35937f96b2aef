// What a Lua test may ask beside a decision.
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

const PolicyFile timed{"plugins/timed.lua", R"(return plugin {
  name = "timed", version = "1.0.0", doc = "x",
  params = { days = { type = "integer", default = 3 }, zone = { type = "zone" }, open = { type = "boolean" } },
  check = function(p) if p.days > 9 then return "too many days" end end,
  window = function(p, facts)
    if p.days == 0 then return nil end
    if p.open then return facts.now end
    return facts.now + 1000000, facts.now + 2000000
  end,
  issue = function() end,
  remind = function() end,
  remind_from = function(p) if p.days > 0 then return p.days, p.zone end end,
})"};

std::string failing(const std::string& body) {
  return listed(
      compile({timed,
               script_file("one", "timed {}"),
               {"plugins/timed_test.lua", "return test \"timed\" { [\"x\"] = function(t)\n" + body + "\nend }"}},
              roomy)
          .errors);
}

}  // namespace

TEST_CASE("a test sees the windows, the reminders and the misfits of rules") {
  const std::string body = GENERATE(
      "t.equal(t.window { rules = { timed {} }, facts = { now = 5 } }, { opens_at = 1000005, closes_at = 2000005 })",
      "t.equal(t.window { rules = { timed { open = true } }, facts = { now = 5 } }, { opens_at = 5 })",
      "t.equal(t.window { rules = { timed { days = 0 } } }, nil)",
      "t.equal(t.window { policy = 'one', params = { timed = { days = 0 } } }, nil)",
      "t.equal(t.reminding { rules = { timed {} } }, { { days = 3 } })",
      "t.equal(t.reminding { rules = { timed { zone = 'Asia/Seoul' } } }, { { days = 3, zone = 'Asia/Seoul' } })",
      "t.equal(t.reminding { rules = { timed { days = 0 } } }, {})", "t.equal(t.misfit { rules = { timed {} } }, nil)",
      "t.equal(t.misfit { rules = { timed { days = 10 } } }, 'params.timed: too many days')",
      "t.equal(t.misfit { policy = 'one', params = { timed = { days = 'x' } } }, "
      "'params.timed.days: must be a whole number, not \"x\"')");
  CHECK(failing(body) == "");
}

TEST_CASE("misuse of these questions is an error that says so") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"t.window()", "t.window: write t.window { rules = ..., facts = ... }"},
      {"t.window { hook = 'issue', rules = {} }", "t.window has no 'hook'; it has rules, policy, params, facts"},
      {"t.window { rules = {}, facts = { usr = 1 } }", "t.window: facts has no member 'usr'"},
      {"t.reminding { rules = 5 }", "t.reminding: rules is a list of rules"},
      {"t.misfit {}", "t.misfit: wants either rules = { ... } or policy = \"name\""},
  }));
  CHECK_THAT(failing(body), Contains("plugins/timed_test.lua:2: test 'timed: x': " + expected));
}
