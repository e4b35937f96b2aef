// Policies that go wrong, on a server that others are using: each is contained, and the campaigns
// beside it keep being answered. (Which functions a policy has at all is tested in tests/policy.)
#include <atomic>
#include <catch2/catch.hpp>

#include "crowd.h"
#include "scenario.h"

namespace scrip::test {
namespace {

struct Escape {
  std::string name;
  std::string issue;  // the body of a plugin's issue function
};

const std::vector<Escape> escapes{
    {"an endless loop", "local i = 0; while true do i = i + 1 end"},
    {"an endless loop without a body", "while true do end"},
    {"an endless loop of goto", "::again:: goto again"},
    {"endless recursion", "local function f(n) return 1 + f(n + 1) end; return f(1)"},
    {"endless tail calls", "local function f() return f() end; return f()"},
    {"an endless loop in a table's order",
     "local t = {}; for i = 1, 200 do t[i] = i end; while true do table.sort(t) end"},
    {"a memory bomb of tables", "local t = {}; while true do t[#t + 1] = { #t } end"},
    {"a memory bomb of strings", "local s = 'x'; while true do s = s .. s end"},
    {"a string of 1 GiB", "local s = string.rep('x', 1024 * 1024 * 1024); return deny('long', s)"},
    {"string.rep in a loop", "local t = {}; for i = 1, 1e9 do t[i] = ('x'):rep(60000) .. i end"},
    {"a method on a string that would hang", "return ('a'):rep(3000):find(('.-'):rep(4) .. 'b')"},
    {"pcall around an endless loop", "while true do pcall(function() while true do end end) end"},
    {"an error", "error('broken')"},
    {"an error that is a table", "error({ code = 'allowed' })"},
    {"a member of nil", "return facts.user.attributes.nothing.at_all"},
    {"io", "io.open('/etc/passwd')"},
    {"os", "os.execute('true')"},
    {"loading code", "return load('return 1')()"},
    {"the debug library", "return debug.getregistry()"},
    {"a global", "leak = 1"},
    {"a change of the facts", "facts.user.issued = 0"},
    {"a change of the parameters", "p.max = 100"},
    {"a change of a library", "string.rep = nil"},
    {"a change of the strings' metatable", "getmetatable('').__index = {}"},
    {"a verdict that is none", "return 5"},
    {"a verdict of the wrong parts", "return effect { colour = 'red' }"},
    {"an expiry that is no integer", "return effect { expires_at = 1.5 }"},
    {"an expiry that is not a number", "return effect { expires_at = 0/0 }"},
    {"a count that is no integer", "return effect { count = { x = 0.5 } }"},
    {"a counter with a long name", "return effect { count = { [('x'):rep(65)] = 1 } }"},
    {"a discount that is infinite", "return effect { discount = math.huge }"},
};

std::string plugin(const std::string& name, const std::string& issue) {
  return "return plugin { name = \"" + name + "\", version = \"1.0.0\", priority = 10, doc = \"Goes wrong.\",\n" +
         "params = { max = { type = \"integer\", default = 1 } },\nissue = function(p, facts) " + issue + " end }\n";
}

std::string policy(const std::string& name) {
  return "return policy { name = \"" + name + "_policy\", rules = { " + name + " {} } }";
}

TEST_CASE("each escape is contained while another campaign keeps answering, and is quarantined after five",
          "[concurrent]") {
  Shop shop;
  for (std::size_t i = 0; i < escapes.size(); ++i) {
    const std::string name = "escape" + std::to_string(i);
    shop.write_policy("plugins/" + name + ".lua", plugin(name, escapes[i].issue));
    shop.write_policy("scripts/" + name + ".lua", policy(name));
  }
  const Reply reloaded = shop.reload();
  INFO(reloaded.text);
  REQUIRE(reloaded.status == 200);
  shop.campaign({{"id", "calm"}});
  for (std::size_t i = 0; i < escapes.size(); ++i) {
    const std::string id = "escape" + std::to_string(i);
    shop.campaign({{"id", id}, {"policy", id + "_policy"}, {"total", 10}});
    INFO(escapes[i].name);
    std::vector<std::string> codes;
    std::string to_customer;
    std::atomic<bool> done{false};
    std::atomic<int> calm{0};
    std::atomic<int> disturbed{0};
    crowd(3, [&](int caller) {
      if (caller == 0) {
        for (int n = 0; n < 7; ++n) {
          const Reply reply = shop.post("/api/v1/campaigns/" + id + "/issue", shop.user(), Json::object());
          codes.push_back(reply.code());
          to_customer += reply.text;
        }
        done = true;
        return;
      }
      do {
        const Reply reply = shop.post("/api/v1/campaigns/calm/issue", shop.user(), Json::object());
        ++(reply.status == 201 ? calm : disturbed);
      } while (!done);
    });
    CHECK(codes == std::vector<std::string>{"policy_error", "policy_error", "policy_error", "policy_error",
                                            "policy_error", "policy_quarantined", "policy_quarantined"});
    CHECK(to_customer.find("trace") == std::string::npos);
    CHECK(to_customer.find(".lua") == std::string::npos);
    CHECK(calm > 0);
    CHECK(disturbed == 0);
    CHECK(shop.get("/api/v1/campaigns/" + id, shop.operator_()).body["issued"] == 0);
  }
  CHECK(shop.drift().empty());
}

// Fails for the user "bad" alone.
const std::string moody = plugin("moody", "if facts.user.id == 'bad' then error('broken') end");

struct Moody {
  Moody() {
    shop.write_policy("plugins/moody.lua", moody);
    shop.write_policy("scripts/moody.lua", policy("moody"));
    if (shop.reload().status != 200) throw std::runtime_error("the policy was refused");
    shop.campaign({{"id", "spring"}, {"policy", "moody_policy"}, {"total", 100}});
  }
  std::string claim(const std::string& user) {
    return shop.post("/api/v1/campaigns/spring/issue", shop.user(user), Json::object()).code();
  }
  Shop shop;
};

TEST_CASE("a policy that fails now and then is not quarantined") {
  Moody at;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) CHECK(at.claim("bad") == "policy_error");
    CHECK(at.claim("good").empty());
  }
}

TEST_CASE("quarantine holds for everybody, and ends with the next reload, changed or not") {
  Moody at;
  const std::string code = at.shop.issue("spring", "good")["code"];
  for (int i = 0; i < 5; ++i) CHECK(at.claim("bad") == "policy_error");
  CHECK(at.claim("good") == "policy_quarantined");
  CHECK(at.shop.post("/api/v1/coupons/" + code + "/redeem", at.shop.service(), Json::object()).code() ==
        "policy_quarantined");
  const Json validation = at.shop
                              .post("/api/v1/coupons/" + code + "/validate", at.shop.user("good"),
                                    {{"order", {{"amount", 1}, {"currency", "KRW"}}}})
                              .body;
  CHECK(validation["valid"] == false);
  CHECK(validation["code"] == "policy_quarantined");
  CHECK(at.shop.metric("scrip_policy_quarantines_total") == 1);
  CHECK(at.shop.reload().status == 200);
  CHECK(at.claim("good").empty());
}

TEST_CASE("a rule that fails is an error to redeem, and 'not valid' to validate") {
  Shop shop;
  shop.write_policy(
      "plugins/wrong.lua",
      R"(return plugin { name = "wrong", version = "1.0.0", priority = 10, doc = "Goes wrong.", params = {},
    redeem = function(p, facts) return effect { discount = -1 } end })");
  shop.write_policy("scripts/wrong.lua", policy("wrong"));
  REQUIRE(shop.reload().status == 200);
  shop.campaign({{"id", "spring"}, {"policy", "wrong_policy"}, {"total", 10}});
  const std::string code = shop.issue("spring", "minji")["code"];
  const std::string order = R"({"order":{"amount":100,"currency":"KRW"}})";
  const Reply said = run(shop, {"validate",
                                Who::service,
                                "POST /api/v1/coupons/" + code + "/validate",
                                order,
                                200,
                                "",
                                {{"valid", false}, {"code", "policy_error"}}});
  CHECK(said.body["trace"].size() == 1);
  const Reply done = run(shop, {"redeem",
                                Who::service,
                                "POST /api/v1/coupons/" + code + "/redeem",
                                order,
                                500,
                                "policy_error",
                                {},
                                {},
                                {"+decision"}});
  CHECK(done.body["trace"] == said.body["trace"]);
}

TEST_CASE("a rule's own code and detail reach the shop as they are") {
  Shop shop;
  shop.write_policy(
      "plugins/polite.lua",
      plugin("polite", R"(return deny("come_back", "Come back \"tomorrow\".", { at = { 1, 2 }, no = false }))"));
  shop.write_policy("scripts/polite.lua", policy("polite"));
  REQUIRE(shop.reload().status == 200);
  shop.campaign({{"id", "spring"}, {"policy", "polite_policy"}, {"total", 10}});
  run(shop, {"denied",
             Who::service,
             "POST /api/v1/campaigns/spring/issue",
             R"({"user_id":"minji"})",
             409,
             "come_back",
             {{"detail", "Come back \"tomorrow\"."}, {"context", {{"at", {1, 2}}, {"no", false}}}},
             {},
             {"+decision"}});
}

}  // namespace
}  // namespace scrip::test
