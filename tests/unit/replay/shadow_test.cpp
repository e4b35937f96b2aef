// Rules that are evaluated on live traffic and not enforced.
#include "replay/shadow.h"

#include <thread>

#include "../db/test_folder.h"
#include "replay/replay.h"
#include "shop_week.h"

using namespace scrip;
using namespace scrip::test;

namespace {

const Micros monday = *parse_instant("2026-11-16T00:00:00+09:00");
const std::string summer =
    "per_user_limit { max = 4 }, daily_cap { max = 120 }, expiry { days = 3 }, discount { percent = 10 }";
const std::string club = "per_user_limit { max = 3 }, discount { amount = 2000, min_order = 5000 }";

std::vector<PolicyFile> with_plugin(std::vector<PolicyFile> files, const std::string& name, const std::string& body) {
  files.push_back({"plugins/" + name + ".lua",
                   "return plugin { name = \"" + name +
                       "\", version = \"1.0.0\", priority = 1, doc = \"A rule.\", issue = function(p, facts) " + body +
                       " end }"});
  return files;
}

// A shop whose decisions a shadow is offered.
struct Shaded {
  explicit Shaded(const std::shared_ptr<const PolicySet>& set, ShadowOptions options = {})
      : options_(std::move(options)), shop(folder.file("shop.db"), set, monday - hour, [this](const Changes& changes) {
          if (shadow) shadow->offer(changes.decisions);
        }) {
    shadow.emplace(*shop.store, options_);
    shadow->follow(*set);
  }

  const TestFolder folder;
  const ShadowOptions options_;
  std::optional<Shadow> shadow;  // below the store it reads is below, so it goes first in the destructor
  ShopWeek shop;
  ~Shaded() {
    shop.ledger->stop();
    shadow.reset();
  }
};

Results lived(const std::shared_ptr<const PolicySet>& set, const std::vector<Step>& steps) {
  const TestFolder folder;
  ShopWeek shop(folder.file("shop.db"), set, monday - hour);
  return shop.run_all(steps);
}

}  // namespace

TEST_CASE("a candidate's shadow comes to what a replay comes to, and changes nothing") {
  const std::vector<Step> steps = week(11, 2'000, monday);
  const auto live = accepted(shop_files(summer, club));
  const auto candidate = accepted(shop_files(
      "per_user_limit { max = 2 }, daily_cap { max = 70 }, expiry { days = 1 }, discount { percent = 15 }", club));
  Shaded shaded(live);
  shaded.shadow->cast(candidate, "ann");
  const Results results = shaded.shop.run_all(steps);
  CHECK(results == lived(live, steps));
  shaded.shadow->catch_up();
  const auto seen = shaded.shadow->state(ShadowOf::candidate);
  REQUIRE(seen);
  CHECK(seen->missed == 0);
  CHECK(seen->by == "ann");
  CHECK_FALSE(shaded.shadow->state(ShadowOf::rules));

  const std::int64_t last = seen->report.decisions;
  const auto replayed = replay(*shaded.shop.store, candidate, {.last = last, .background = false}, {});
  REQUIRE(replayed.ok());
  CHECK(seen->report.decisions == replayed->decisions);
  CHECK(seen->report.flips == replayed->flips);
  CHECK(seen->report.all_flips() > 50);
  CHECK(seen->report.discounts.at("KRW").candidate == replayed->discounts.at("KRW").candidate);
  shaded.shop.check_books();
  CHECK(shaded.shadow->end());
  CHECK_FALSE(shaded.shadow->end());
  CHECK_FALSE(shaded.shadow->state(ShadowOf::candidate));
}

TEST_CASE("a shadow rule is not enforced, whatever it does, and its flips are counted") {
  const std::vector<Step> steps = week(12, 600, monday);
  const auto plain = accepted(shop_files(summer, club));
  const Results expected = lived(plain, steps);
  struct Case {
    const char* what;
    std::vector<PolicyFile> files;
    std::string rule;
  };
  const std::string shadowed = ", per_user_limit { max = 1, shadow = true, as = \"one_each\" }";
  const std::vector<Case> cases{
      {"a tighter limit", shop_files(summer + shadowed, club), "one_each"},
      {"a limit of its own counter", shop_files(summer + ", daily_cap { max = 5, shadow = true, as = \"few\" }", club),
       "few"},
      {"a rule that refuses all",
       with_plugin(shop_files(summer + ", wall { shadow = true }", club), "wall", "return deny('wall', 'No.')"),
       "wall"},
      {"a rule that fails",
       with_plugin(shop_files(summer + ", bad { shadow = true }", club), "bad", "error('out of order')"), "bad"},
      {"a rule that never ends",
       with_plugin(shop_files(summer + ", lost { shadow = true }", club), "lost",
                   "if facts.user.id == 'user-7' then while true do end end"),
       "lost"},
  };
  for (const Case& each : cases) {
    INFO(each.what);
    CompiledSet compiled = compile(each.files, {.decision_us = 50'000, .load_us = 10'000'000});
    for (const PolicyError& error : compiled.errors) UNSCOPED_INFO(to_string(error));
    REQUIRE(compiled.set);
    Shaded shaded(compiled.set);
    CHECK(shaded.shop.run_all(steps) == expected);
    shaded.shadow->catch_up();
    const auto seen = shaded.shadow->state(ShadowOf::rules);
    REQUIRE(seen);
    CHECK(seen->report.count(Flip::newly_refused) > 0);
    bool named = false;
    for (const FlipGroup& group : seen->report.groups) named = named || group.rule == each.rule;
    CHECK(named);
    // Nothing of it was counted or quarantined.
    shaded.shop.check_books();
    CHECK_FALSE(shaded.shop.ledger->policies()->quarantine.holds("summer"));
  }
}

TEST_CASE("a shadow that cannot keep up lets decisions pass by and says how many") {
  const std::vector<Step> steps = week(13, 400, monday);
  const auto set = accepted(shop_files(summer + ", per_user_limit { max = 1, shadow = true, as = \"one\" }", club));
  std::atomic<std::int64_t> told{0};
  std::atomic<std::int64_t> missed{0};
  std::atomic<int> wrong{0};  // the shadow's thread may not check
  Shaded shaded(set, {.queue = 1, .decided = [&](ShadowOf of, std::string_view outcome) {
                        if (of != ShadowOf::rules) ++wrong;
                        ++told;
                        if (outcome == "missed") ++missed;
                      }});
  CHECK(shaded.shop.run_all(steps) == lived(set, steps));
  // More at once than may wait.
  shaded.shadow->offer(std::vector<DecisionRow>(50));
  shaded.shadow->catch_up();
  const auto seen = shaded.shadow->state(ShadowOf::rules);
  REQUIRE(seen);
  CHECK(seen->missed >= 49);
  CHECK(seen->missed == missed);
  CHECK(wrong == 0);
  CHECK(seen->report.decisions + seen->missed == told);
}

TEST_CASE("a set without shadow rules casts none, and a reload begins anew") {
  const auto plain = accepted(shop_files(summer, club));
  const auto shady = accepted(shop_files(summer + ", per_user_limit { max = 1, shadow = true, as = \"one\" }", club));
  CHECK(plain->with_shadow_rules() == nullptr);
  Shaded shaded(plain);
  CHECK_FALSE(shaded.shadow->state(ShadowOf::rules));
  shaded.shadow->follow(*shady);
  shaded.shop.activate(shady);
  shaded.shop.run_all(week(14, 100, monday));
  shaded.shadow->catch_up();
  CHECK(shaded.shadow->state(ShadowOf::rules)->report.decisions > 50);
  shaded.shadow->follow(*shady);
  CHECK(shaded.shadow->state(ShadowOf::rules)->report.decisions == 0);
  shaded.shadow->follow(*plain);
  CHECK_FALSE(shaded.shadow->state(ShadowOf::rules));
}

TEST_CASE("shadows are cast, asked about and ended while claims go on") {
  const auto live = accepted(shop_files(summer + ", per_user_limit { max = 1, shadow = true, as = \"one\" }", club));
  const auto candidate = accepted(shop_files("per_user_limit { max = 2 }", "per_user_limit { max = 1 }"));
  Shaded shaded(live);
  std::atomic<bool> stop{false};
  std::vector<std::thread> others;
  others.emplace_back([&] {
    while (!stop) {
      shaded.shadow->cast(candidate, "ann");
      shaded.shadow->end();
    }
  });
  others.emplace_back([&] {
    while (!stop) {
      shaded.shadow->state(ShadowOf::candidate);
      shaded.shadow->state(ShadowOf::rules);
    }
  });
  others.emplace_back([&] {
    while (!stop) shaded.shadow->follow(*live);
  });
  const std::vector<Step> steps = week(15, 300, monday);
  const Results results = shaded.shop.run_all(steps);
  stop = true;
  for (std::thread& other : others) other.join();
  CHECK(results == lived(live, steps));
  shaded.shop.check_books();
}
