// What a rule reads of the facts.
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

Facts full_facts() {
  Facts facts = sample_use();
  auto campaign = std::make_shared<Campaign>(*facts.campaign);
  campaign->starts_at = facts.now - day;
  campaign->ends_at = facts.now + day;
  campaign->metadata = R"({"channel":"app","levels":[10,20],"nested":{"deep":true}})";
  facts.campaign = campaign;
  facts.tally.redeemed = 4;
  facts.user = {
      .id = "user-1", .issued = 3, .issued_for_subject = 2, .redeemed = 1, .attributes = R"({"tier":"gold","age":30})"};
  facts.subject = "work:12";
  facts.coupon = CouponFacts{.code = "SALE-0001",
                             .created_at = facts.now - 3,
                             .issued_at = facts.now - 2,
                             .expires_at = facts.now + 5,
                             .redeemed_at = facts.now - 1,
                             .discount = 900,
                             .currency = "KRW"};
  facts.order->items = {{.sku = "A", .quantity = 2, .amount = 500, .tags = {"x", "y"}},
                        {.sku = "B", .amount = 7, .tags = {}}};
  return facts;
}

}  // namespace

TEST_CASE("a rule reads every fact by its name") {
  const auto [expression, expected] = GENERATE(table<std::string, std::string>({
      {"string.format('%d', facts.now)", "1800000000000000"},
      {"facts.hook", "issue"},
      {"facts.discount", "0"},
      {"facts.subject", "work:12"},
      {"facts.campaign.id", "summer"},
      {"facts.campaign.total", "1000"},
      {"facts.campaign.issued", "10"},
      {"facts.campaign.remaining", "990"},
      {"facts.campaign.redeemed", "4"},
      {"facts.now - facts.campaign.starts_at", "86400000000"},
      {"facts.campaign.ends_at - facts.now", "86400000000"},
      {"facts.campaign.timezone", "Asia/Seoul"},
      {"facts.campaign.metadata.channel", "app"},
      {"facts.campaign.metadata.levels[2]", "20"},
      {"#facts.campaign.metadata.levels", "2"},
      {"facts.campaign.metadata.nested.deep", "true"},
      {"facts.campaign.metadata.nothing", "nil"},
      {"facts.user.id", "user-1"},
      {"facts.user.issued", "3"},
      {"facts.user.issued_for_subject", "2"},
      {"facts.user.redeemed", "1"},
      {"facts.user.attributes.tier", "gold"},
      {"facts.user.attributes.age + 1", "31"},
      {"facts.user.attributes.nothing", "nil"},
      {"facts.coupon.code", "SALE-0001"},
      {"facts.now - facts.coupon.created_at", "3"},
      {"facts.now - facts.coupon.issued_at", "2"},
      {"facts.coupon.expires_at - facts.now", "5"},
      {"facts.now - facts.coupon.redeemed_at", "1"},
      {"facts.now - facts.coupon.counted_at", "1"},
      {"facts.coupon.discount", "900"},
      {"facts.coupon.currency", "KRW"},
      {"facts.order.id", "order-1"},
      {"facts.order.amount", "20000"},
      {"facts.order.currency", "KRW"},
      {"#facts.order.items", "2"},
      {"facts.order.items[1].sku", "A"},
      {"facts.order.items[1].quantity", "2"},
      {"facts.order.items[2].quantity", "1"},
      {"facts.order.items[1].amount", "500"},
      {"facts.order.items[1].tags[2]", "y"},
      {"#facts.order.items[2].tags", "0"},
      {"facts.order.items[3]", "nil"},
  }));
  CAPTURE(expression);
  CHECK(value(expression, full_facts()) == expected);
}

TEST_CASE("a fact that is absent is nil") {
  const char* expression = GENERATE("facts.subject", "facts.order", "facts.coupon.issued_at", "facts.coupon.expires_at",
                                    "facts.coupon.redeemed_at", "facts.coupon.counted_at", "facts.coupon.discount",
                                    "facts.coupon.currency", "facts.campaign.starts_at", "facts.campaign.ends_at");
  CAPTURE(expression);
  CHECK(value(expression) == "nil");
}

TEST_CASE("a campaign without total has no total and none remaining, a coupon for nobody no user id") {
  Facts facts = sample_claim();
  auto campaign = std::make_shared<Campaign>(*facts.campaign);
  campaign->total.reset();
  facts.campaign = campaign;
  facts.user.id.reset();
  facts.coupon.reset();
  CHECK(value("facts.campaign.total == nil and facts.campaign.remaining == nil", facts) == "true");
  CHECK(value("facts.user.id", facts) == "nil");
  CHECK(value("facts.coupon", facts) == "nil");
}

TEST_CASE("a name that is no fact is an error that names it, and what there is") {
  const auto [expression, expected] = GENERATE(table<std::string, std::string>({
      {"facts.usr",
       "facts has no member 'usr'; it has now, campaign, user, subject, coupon, order, counter, hook, discount"},
      {"facts.user.isued", "facts.user has no member 'isued'; it has id, issued"},
      {"facts.campaign.name", "facts.campaign has no member 'name'"},
      {"facts.coupon.state", "facts.coupon has no member 'state'"},
      {"facts[1]", "facts has no member 'number'"},
      {"p.mx", "the parameter table has no member 'mx'"},
      {"facts.counter.nothing", "facts.counter has no 'nothing'; a rule declares what it reads in `counters`"},
  }));
  CAPTURE(expression);
  CHECK_THAT(error_of("return " + expression), Contains(expected));
}

TEST_CASE("pairs and ipairs walk facts") {
  const Facts facts = full_facts();
  CHECK(decide(*one_rule(R"(
    local s = ""
    for i, item in ipairs(facts.order.items) do
      s = s .. i .. item.sku
      for _, tag in ipairs(item.tags) do s = s .. tag end
    end
    for name, v in pairs(facts.user.attributes) do s = s .. " " .. name .. "=" .. v end
    for name in pairs(facts.user) do s = s .. " " .. name end
    for i, level in pairs(facts.campaign.metadata.levels) do s = s .. " " .. i .. ":" .. level end
    return deny("walked", s))"),
               facts)
            .sentence == "1Axy2B age=30 tier=gold id issued issued_for_subject redeemed attributes 1:10 2:20");
}

TEST_CASE("each decision sees its own facts") {
  const auto set = one_rule(R"(
    local o = facts.order
    return deny("seen", table.concat({ facts.hook, facts.user.id or "-", facts.subject or "-", facts.user.issued,
      facts.user.attributes.tier or "-", facts.campaign.id, facts.campaign.metadata.channel or "-",
      facts.campaign.timezone, facts.coupon and facts.coupon.code or "-", o and o.id or "-", o and #o.items or "-" }, " ")))");
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  const auto seen = [&](const Facts& facts) { return evaluator->decide(*binding, Hook::issue, facts).sentence; };

  Facts bare = sample_claim();
  bare.user.id.reset();
  bare.coupon.reset();
  const Facts full = full_facts();
  for (int i = 0; i < 2; ++i) {
    CHECK(seen(full) == "issue user-1 work:12 3 gold summer app Asia/Seoul SALE-0001 order-1 2");
    CHECK(seen(bare) == "issue - - 0 - summer - Asia/Seoul - - -");
  }

  // An edited campaign is another object, whatever else is the same.
  Facts edited = full;
  auto campaign = std::make_shared<Campaign>(*full.campaign);
  campaign->metadata = "{}";
  campaign->timezone = "UTC";
  edited.campaign = campaign;
  CHECK(seen(edited) == "issue user-1 work:12 3 gold summer - UTC SALE-0001 order-1 2");

  Facts other = full;
  other.user.attributes = "{}";
  other.order->items.clear();
  other.order->id.reset();
  CHECK(seen(other) == "issue user-1 work:12 3 - summer app Asia/Seoul SALE-0001 - 0");
}

TEST_CASE("facts.hook says which hook runs") {
  const auto [hook, expected] = GENERATE(table<Hook, std::string>(
      {{Hook::issue, "issue"}, {Hook::redeem, "redeem"}, {Hook::cancel, "cancel"}, {Hook::remind, "remind"}}));
  const auto set = one_rule("return deny('hook', facts.hook)", roomy, expected);
  CHECK(decide(*set, sample_use(), hook).sentence == expected);
}

TEST_CASE("facts.discount is what the rules before have granted, at most the order's amount") {
  const auto set = accepted({plugin_file("a", "return effect { discount = 12000 }", "priority = 1", "redeem"),
                             plugin_file("b", "return effect { discount = 11000 }", "priority = 2", "redeem"),
                             plugin_file("c", "return effect { note = tostring(facts.discount) }", "", "redeem"),
                             script_file("one", "c { as = 'c0' }, a {}, b {}, c { as = 'c1' }")});
  Facts facts = sample_use();
  const Verdict verdict = decide(*set, facts, Hook::redeem);
  CAPTURE(failure(verdict));
  REQUIRE(verdict.trace.size() == 4);
  CHECK(verdict.trace[2].note == "20000");
  CHECK(verdict.discount == 20'000);

  const auto first =
      accepted({plugin_file("a", "return effect { discount = 700 }", "priority = 1", "redeem"),
                plugin_file("c", "return effect { note = tostring(facts.discount) }", "priority = 0", "redeem"),
                plugin_file("d", "return effect { note = tostring(facts.discount) }", "priority = 2", "redeem"),
                script_file("one", "a {}, c {}, d {}")});
  const auto binding = bound(*first);
  const auto evaluator = first->evaluator();
  for (int i = 0; i < 2; ++i) {
    const Verdict again = evaluator->decide(*binding, Hook::redeem, facts);
    REQUIRE(again.trace.size() == 3);
    CHECK(again.trace[0].note == "0");
    CHECK(again.trace[2].note == "700");
  }
}

TEST_CASE("sandbox 10: a fact that Lua cannot hold exactly is refused, whatever the rules do") {
  const std::int64_t too_large = max_exact + 1;
  Facts facts = sample_use();
  SECTION("now") {
    facts.now = too_large;
  }
  SECTION("issued") {
    facts.tally.issued = too_large;
  }
  SECTION("held") {
    facts.user.issued = -too_large;
  }
  SECTION("amount") {
    facts.order->amount = too_large;
  }
  SECTION("a counter") {
    facts.counters = {{"x", too_large}};
  }
  const auto set = one_rule("", roomy, "redeem");
  const auto binding = bound(*set);
  const Verdict verdict = set->evaluator()->decide(*binding, Hook::redeem, facts);
  CHECK(verdict.kind == Verdict::Kind::failed);
  REQUIRE(verdict.trace.size() == 1);
  CHECK(verdict.trace[0].rule == "host");
  CHECK_THAT(verdict.trace[0].detail, Contains("is beyond 2^53"));
}

TEST_CASE("a period that ends after all that is exact ends then for a rule") {
  Facts facts = full_facts();
  auto campaign = std::make_shared<Campaign>(*facts.campaign);
  campaign->starts_at = max_exact + 1;
  campaign->ends_at = latest_instant;
  facts.campaign = campaign;
  facts.coupon->expires_at = latest_instant;
  CHECK(value("facts.campaign.starts_at == 2^53", facts) == "true");
  CHECK(value("facts.campaign.ends_at == 2^53", facts) == "true");
  CHECK(value("facts.coupon.expires_at == 2^53", facts) == "true");
  CHECK(value("facts.campaign.ends_at > facts.now", facts) == "true");
}

TEST_CASE("2^53 itself is exact") {
  Facts facts = sample_claim();
  facts.user.issued = max_exact;
  CHECK(value("facts.user.issued == 2^53", facts) == "true");
}

TEST_CASE("after facts that were refused the next decision is right") {
  const auto set = one_rule("return deny('seen', facts.campaign.id .. facts.campaign.timezone .. facts.user.issued)");
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  Facts wrong = sample_claim();
  auto campaign = std::make_shared<Campaign>(*wrong.campaign);
  campaign->id = "winter";
  campaign->total = max_exact + 1;
  wrong.campaign = campaign;
  CHECK(evaluator->decide(*binding, Hook::issue, wrong).kind == Verdict::Kind::failed);
  CHECK(evaluator->decide(*binding, Hook::issue, sample_claim()).sentence == "summerAsia/Seoul0");
  CHECK(evaluator->decide(*binding, Hook::issue, wrong).kind == Verdict::Kind::failed);
}

TEST_CASE("attributes that are no JSON object fail only the rule that reads them") {
  Facts facts = sample_claim();
  facts.user.attributes = "broken";
  CHECK(decide(*one_rule(""), facts).allowed());
  CHECK_THAT(failure(decide(*one_rule("local a = facts.user.attributes"), facts)),
             Contains("the attributes of the user are not a JSON object"));
}

TEST_CASE("facts of no campaign are refused") {
  const auto set = one_rule("");
  const auto binding = bound(*set);
  Facts facts = sample_claim();
  facts.campaign.reset();
  CHECK(failure(set->evaluator()->decide(*binding, Hook::issue, facts)) == "the facts are of no campaign");
  CHECK(set->evaluator()->counters(*binding, Hook::issue, facts).empty());
}

TEST_CASE("an evaluator that watches says which of the facts that claims change were read") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"local t = facts.campaign.total", ""},
      {"local n = facts.campaign.issued", "issued "},
      {"local n = facts.campaign.remaining", "issued "},
      {"local n = facts.campaign.redeemed", "redeemed "},
      {"local n = facts.user.issued", "user.issued "},
      {"local n = facts.user.issued_for_subject", "user.issued_for_subject "},
      {"local n = facts.user.redeemed", "user.redeemed "},
      {"for name, value in pairs(facts.user) do local v = value end",
       "user.issued user.issued_for_subject user.redeemed "},
      {"if facts.campaign.issued > 5 then return deny('full', 'Full.') end local n = facts.user.issued", "issued "},
  }));
  const auto set = one_rule(body);
  const auto binding = set->bind("one", "{}");
  REQUIRE(binding);
  const auto evaluator = set->evaluator();
  evaluator->watch_reads();
  const Facts facts = full_facts();
  for (int time = 0; time < 2; ++time) {
    const Verdict verdict = evaluator->decide(**binding, Hook::issue, facts);
    CHECK(verdict == set->evaluator()->decide(**binding, Hook::issue, facts));
    const ReadFacts reads = evaluator->take_reads();
    std::string read;
    if (reads.campaign_issued) read += "issued ";
    if (reads.campaign_redeemed) read += "redeemed ";
    if (reads.user_issued) read += "user.issued ";
    if (reads.user_issued_for_subject) read += "user.issued_for_subject ";
    if (reads.user_redeemed) read += "user.redeemed ";
    CHECK(read == expected);
  }
}

TEST_CASE("a rule reads the same facts while it is watched") {
  const auto set = one_rule(
      "local c, u = facts.campaign, facts.user\n"
      "return deny('seen', string.format('%d %d %d %d %d %d', c.issued, c.remaining, c.redeemed, u.issued,\n"
      "  u.issued_for_subject, u.redeemed))");
  const auto binding = set->bind("one", "{}");
  REQUIRE(binding);
  const auto evaluator = set->evaluator();
  evaluator->watch_reads();
  Facts facts = full_facts();
  CHECK(evaluator->decide(**binding, Hook::issue, facts).sentence == "10 990 4 3 2 1");
  facts.tally.issued = 11;
  facts.user.issued = 0;
  CHECK(evaluator->decide(**binding, Hook::issue, facts).sentence == "11 989 4 0 2 1");
}
