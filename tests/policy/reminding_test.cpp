// When a policy's rules want to be asked about reminders, and what they call their notices.
#include "policy/decision_record.h"
#include "policy_sets.h"

namespace scrip {
namespace {

std::vector<Reminding> reminding(const std::string& members) {
  const auto set = accepted({plugin_file("one", "", members, "remind"), script_file("one", "one {}")});
  return set->evaluator()->reminding(*bound(*set));
}

TEST_CASE("a rule says from how many days before the end on it reminds, and in whose days") {
  using Rules = std::vector<Reminding>;
  CHECK(reminding("remind_from = function(p) return 5 end") == Rules{{.days = 5}});
  CHECK(reminding("remind_from = function(p) return 0, 'Asia/Seoul' end") == Rules{{.days = 0, .zone = "Asia/Seoul"}});
  CHECK(reminding("remind_from = function(p) end").empty());
  CHECK(reminding("params = { n = { type = 'integer', default = 3 } }, remind_from = function(p) return p.n end") ==
        Rules{{.days = 3}});
}

TEST_CASE("a rule that does not say, or says nonsense, is asked during a month") {
  const std::string body =
      GENERATE("", "remind_from = function() return -1 end", "remind_from = function() return 1.5 end",
               "remind_from = function() return 1e9 end", "remind_from = function() return 'x' end",
               "remind_from = function() return 3, 'Asia/Soul' end", "remind_from = function() return 3, 9 end",
               "remind_from = function() error('no') end", "remind_from = function() while true do end end");
  INFO(body);
  CHECK(reminding(body) == std::vector<Reminding>{{.days = 31}});
}

TEST_CASE("the shipped expiry rule reminds from its greatest day on, in its zone, and without days never") {
  std::vector<PolicyFile> files;
  for (PolicyFile& file : read_policy_files(SCRIP_SOURCE_DIR "/plugins", SCRIP_SOURCE_DIR "/plugins").files) {
    if (kind_of(file) == PolicyFileKind::plugin) files.push_back(std::move(file));
  }
  files.push_back(script_file("days", "expiry { days = 9, remind_days = { 1, 7, 3 } }"));
  files.push_back(script_file("zone", "expiry { days = 9, remind_days = { 2 }, timezone = \"America/New_York\" }"));
  files.push_back(script_file("never", "expiry { days = 9 }"));
  const auto set = accepted(std::move(files));
  const auto of = [&](const std::string& policy) { return set->evaluator()->reminding(*bound(*set, policy)); };
  CHECK(of("days") == std::vector<Reminding>{{.days = 7}});
  CHECK(of("zone") == std::vector<Reminding>{{.days = 2, .zone = "America/New_York"}});
  CHECK(of("never").empty());
}

TEST_CASE("a notice is called what the rule calls it, and the decision's record keeps that") {
  const auto mark = [](const std::string& once) {
    const auto set = one_rule("return effect { note = 'n'" + once + " }", roomy, "remind");
    const Facts facts = sample_claim();
    const Verdict verdict = decide(*set, facts, Hook::remind);
    REQUIRE(verdict.allowed());
    const auto decoded = decode_decision(encode_decision(Hook::remind, facts, verdict));
    REQUIRE(decoded.ok());
    CHECK(decoded->verdict == verdict);
    return notice_mark(verdict.trace.front());
  };
  CHECK(mark("") == "one");
  CHECK(mark(", once = 3") == "one:3");
  CHECK(mark(", once = 'last day'") == "one:last day");
  CHECK(error_of("local e = effect { once = '' }") == "plugins/one.lua:2: effect: the once has 1 to 64 bytes");
  CHECK(error_of("return effect { once = 1.5 }").find("once is 1.5") != std::string::npos);
  CHECK(error_of("return effect { once = {} }").find("the once is a table, not a string") != std::string::npos);
}

TEST_CASE("remind_from without remind is refused") {
  const CompiledSet compiled =
      compile({plugin_file("one", "", "remind_from = function() return 1 end"), script_file("one", "one {}")}, roomy);
  CHECK(listed(compiled.errors).find("it has remind_from without remind") != std::string::npos);
}

}  // namespace
}  // namespace scrip
