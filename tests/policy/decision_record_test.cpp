// Decisions as they are kept, and as people are shown them.
#include "policy/decision_record.h"

#include <catch2/catch.hpp>
#include <random>

#include "policy/composition.h"

using namespace scrip;

namespace {

std::shared_ptr<const Campaign> campaign(std::int64_t number = 7, std::int64_t version = 3) {
  auto campaign = std::make_shared<Campaign>();
  campaign->number = number;
  campaign->version = version;
  campaign->id = "summer";
  campaign->total = 1000;
  campaign->timezone = "Asia/Seoul";
  return campaign;
}

// An allowed claim under a policy of four rules.
struct Sample {
  Facts facts;
  Verdict verdict;
};
Sample allowed_claim() {
  Sample sample;
  Facts& facts = sample.facts;
  facts.now = 1'800'000'000'123'456;
  facts.campaign = campaign();
  facts.tally.issued = 99'999;
  facts.user.id = "user-0123456789abcdef";
  facts.coupon = CouponFacts{.code = "ABCD-EFGH-JKLM-NPQR", .created_at = facts.now - 3 * day};
  facts.counters = {{"window:2026-11-21T10:00", 9'999}};
  Composition composition(Hook::issue, facts, 4);
  composition.effect("event_window",
                     {.expires_at = {}, .discount = {}, .counts = {{"window:2026-11-21T10:00", 1}}, .note = ""});
  composition.passed("per_user_limit");
  composition.effect("expiry", {.expires_at = facts.now + 7 * day, .discount = {}, .counts = {}, .note = ""});
  composition.passed("segment");
  sample.verdict = composition.finish();
  return sample;
}

// Compares everything that a record keeps.
void check_same(const DecodedDecision& decoded, Hook hook, const Facts& facts, const Verdict& verdict) {
  CHECK(decoded.hook == hook);
  CHECK(decoded.campaign == facts.campaign->number);
  CHECK(decoded.campaign_version == facts.campaign->version);
  CHECK(decoded.facts.campaign == nullptr);
  CHECK(decoded.facts.now == facts.now);
  CHECK(decoded.facts.tally.issued == facts.tally.issued);
  CHECK(decoded.facts.tally.redeemed == facts.tally.redeemed);
  CHECK(decoded.facts.step == facts.step);
  CHECK(decoded.facts.hold_until == facts.hold_until);
  CHECK(decoded.facts.user == facts.user);
  CHECK(decoded.facts.subject == facts.subject);
  CHECK(decoded.facts.coupon == facts.coupon);
  CHECK(decoded.facts.order == facts.order);
  CHECK(decoded.facts.counters == facts.counters);
  CHECK(decoded.verdict == verdict);
}

// Facts and verdicts of every shape, whether or not they make sense.
class Random {
 public:
  explicit Random(unsigned seed) : generator_(seed) {}

  Facts facts() {
    Facts facts;
    facts.now = number();
    facts.campaign = campaign(number(), number());
    facts.step = static_cast<HoldStep>(below(5));
    if (facts.step == HoldStep::hold) facts.hold_until = number();
    facts.tally.issued = number();
    facts.tally.redeemed = number();
    if (coin()) facts.user.id = text();
    if (coin()) facts.user.issued = number();
    if (coin()) facts.user.issued_for_subject = number();
    if (coin()) facts.user.redeemed = number();
    if (coin()) facts.user.attributes = text();
    if (coin()) facts.subject = text();
    if (coin()) {
      facts.coupon = CouponFacts{.code = text(), .created_at = number()};
      if (coin()) facts.coupon->issued_at = number();
      if (coin()) facts.coupon->expires_at = number();
      if (coin()) facts.coupon->redeemed_at = number();
      if (coin()) facts.coupon->discount = number();
      if (coin()) facts.coupon->currency = text();
      if (coin()) facts.coupon->counted_at = number();
      if (coin()) facts.coupon->held_until = number();
      if (coin()) facts.coupon->counted = counters();
    }
    if (coin()) {
      facts.order = Order{.id = {}, .amount = number(), .currency = text(), .items = {}};
      if (coin()) facts.order->id = text();
      for (std::size_t i = below(3); i > 0; --i) {
        facts.order->items.push_back({.sku = text(), .quantity = number(), .amount = number(), .tags = {}});
        for (std::size_t j = below(3); j > 0; --j) facts.order->items.back().tags.push_back(text());
      }
    }
    facts.counters = counters();
    return facts;
  }

  Verdict verdict() {
    Verdict verdict;
    verdict.kind = static_cast<Verdict::Kind>(below(4));
    if (coin()) verdict.code = name();
    if (coin()) verdict.sentence = text();
    if (coin()) verdict.detail = text();
    if (coin()) verdict.expires_at = number();
    if (coin()) verdict.discount = number();
    verdict.counts = counters();
    verdict.unstable = coin();
    for (std::size_t i = below(5); i > 0; --i) {
      TraceEntry& entry = verdict.trace.emplace_back();
      entry.rule = name();
      entry.kind = static_cast<TraceEntry::Kind>(below(4));
      if (coin()) entry.code = name();
      if (coin()) entry.detail = text();
      if (coin()) entry.sentence = text();
      if (coin()) entry.note = text();
      if (coin()) entry.expires_at = number();
      if (coin()) entry.discount = number();
      entry.counts = counters();
    }
    return verdict;
  }

  Hook hook() { return static_cast<Hook>(below(4)); }
  std::size_t below(std::size_t limit) { return generator_() % limit; }
  char byte() { return static_cast<char>(generator_()); }

 private:
  bool coin() { return below(2) == 0; }

  // Of every size, the extremes among them.
  std::int64_t number() {
    switch (below(6)) {
      case 0:
        return 0;
      case 1:
        return std::numeric_limits<std::int64_t>::min();
      case 2:
        return std::numeric_limits<std::int64_t>::max();
      default:
        return static_cast<std::int64_t>(generator_() << 32 ^ generator_()) >> below(64);
    }
  }
  std::string text() {
    std::string text(below(4) == 0 ? below(300) : below(10), '\0');
    for (char& c : text) c = byte();
    return text;
  }
  std::string name() {
    switch (below(3)) {
      case 0:
        return "expiry";
      case 1:
        return "policy_error";
      default:
        return text();
    }
  }
  Counters counters() {
    Counters counters;
    for (std::size_t i = below(4) == 0 ? below(4) : 0; i > 0; --i)
      counters.emplace_back(coin() ? "seen" : text(), number());
    return counters;
  }

  std::mt19937_64 generator_;
};

}  // namespace

TEST_CASE("the record of an allowed claim with four rules takes well under 150 bytes") {
  const Sample sample = allowed_claim();
  const std::string record = encode_decision(Hook::issue, sample.facts, sample.verdict);
  CHECK(record.size() < 120);
  const auto decoded = decode_decision(record);
  REQUIRE(decoded.ok());
  check_same(*decoded, Hook::issue, sample.facts, sample.verdict);
}

TEST_CASE("what is absent costs nothing") {
  Sample sample = allowed_claim();
  sample.facts.user = {};
  sample.facts.coupon.reset();
  sample.facts.counters.clear();
  sample.verdict = {};
  CHECK(encode_decision(Hook::issue, sample.facts, sample.verdict).size() < 20);
}

TEST_CASE("every decision is read back as it was written") {
  Random random(20260101);
  for (int i = 0; i < 3000; ++i) {
    const Hook hook = random.hook();
    const Facts facts = random.facts();
    const Verdict verdict = random.verdict();
    const auto decoded = decode_decision(encode_decision(hook, facts, verdict));
    REQUIRE(decoded.ok());
    check_same(*decoded, hook, facts, verdict);
  }
}

TEST_CASE("a verdict that does not follow from its trace is kept as it is") {
  Sample sample = allowed_claim();
  SECTION("a code of the host's") {
    sample.verdict = {.kind = Verdict::Kind::denied, .code = "sold_out", .sentence = "There are none left."};
  }
  SECTION("another expiry") {
    sample.verdict.expires_at = 5;
  }
  SECTION("no expiry") {
    sample.verdict.expires_at.reset();
  }
  SECTION("a discount from nowhere") {
    sample.verdict.discount = 1;
  }
  SECTION("other counts") {
    sample.verdict.counts.emplace_back("x", 2);
  }
  SECTION("quarantined") {
    sample.verdict = {.kind = Verdict::Kind::quarantined, .code = "policy_quarantined", .sentence = "Later."};
  }
  SECTION("unstable") {
    sample.verdict.kind = Verdict::Kind::failed;
    sample.verdict.unstable = true;
  }
  const auto decoded = decode_decision(encode_decision(Hook::redeem, sample.facts, sample.verdict));
  REQUIRE(decoded.ok());
  check_same(*decoded, Hook::redeem, sample.facts, sample.verdict);
}

TEST_CASE("a record with a byte too few or too many is corrupt") {
  const Sample sample = allowed_claim();
  const std::string record = encode_decision(Hook::issue, sample.facts, sample.verdict);
  for (std::size_t size = 0; size < record.size(); ++size) {
    CAPTURE(size);
    const auto decoded = decode_decision(std::string_view(record).substr(0, size));
    REQUIRE_FALSE(decoded.ok());
    CHECK(decoded.error().code == Code::internal);
  }
  CHECK_FALSE(decode_decision(record + '\0').ok());
}

TEST_CASE("a record of another version, or with parts that are not known, is corrupt") {
  const Sample sample = allowed_claim();
  const std::string record = encode_decision(Hook::issue, sample.facts, sample.verdict);
  for (const char version : {'\0', '\2', '\x7f'}) CHECK_FALSE(decode_decision(version + record.substr(1)).ok());
  // The flags are two bytes here, of 7 bits each. The highest known is bit 15; 14 and 15 alone are no step.
  for (const char third : {'\x04', '\x03'}) {
    std::string unknown = record;
    unknown[2] = static_cast<char>(unknown[2] | 0x80);
    unknown.insert(3, 1, third);
    CHECK_FALSE(decode_decision(unknown).ok());
  }
  // A number that is longer than it need be.
  CHECK_FALSE(decode_decision(std::string("\x81\x00", 2) + record.substr(1)).ok());
}

TEST_CASE("whatever bytes are read, reading ends, and what it gives can be shown") {
  Random random(7);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string record;
    if (i % 2 == 0) {
      record = encode_decision(random.hook(), random.facts(), random.verdict());
      for (std::size_t change = 1 + random.below(3); change > 0; --change)
        record[random.below(record.size())] = random.byte();
    } else {
      record.resize(random.below(60));
      for (char& c : record) c = random.byte();
      if (!record.empty()) record[0] = 1;
    }
    const auto decoded = decode_decision(record);
    if (!decoded.ok()) continue;
    ++read;
    CHECK_FALSE(facts_json(decoded->facts).empty());
    CHECK_FALSE(verdict_json(decoded->verdict).empty());
  }
  CHECK(read > 0);  // a changed text is still a text
}

TEST_CASE("a count that promises more than there is reserves nothing") {
  // Version 1, no flags, now, number, version and tally 0, then 2^60 entries of a trace.
  const std::string forged("\x01\x00\x00\x00\x00\x00\x00\x80\x80\x80\x80\x80\x80\x80\x80\x10", 16);
  CHECK_FALSE(decode_decision(forged).ok());
}

TEST_CASE("an operator is shown facts in plain terms") {
  Facts facts = allowed_claim().facts;
  facts.now = 1'800'000'000 * second;
  facts.coupon->created_at = facts.now - day;
  facts.coupon->discount = 5;
  facts.coupon->currency = "KRW";
  facts.user.attributes = R"({"tier":"gold"})";
  facts.subject = "work:12";
  facts.order = Order{
      .id = "o", .amount = 9, .currency = "KRW", .items = {{.sku = "A", .quantity = 2, .amount = 9, .tags = {"t"}}}};
  CHECK(
      facts_json(facts) ==
      R"({"now":"2027-01-15T08:00:00Z","campaign":{"id":"summer","total":1000,"issued":99999,"remaining":0,"redeemed":0,)"
      R"("timezone":"Asia/Seoul","metadata":{}},"user":{"id":"user-0123456789abcdef","issued":0,"issued_for_subject":0,)"
      R"("redeemed":0,"attributes":{"tier":"gold"}},"subject":"work:12","coupon":{"code":"ABCD-EFGH-JKLM-NPQR",)"
      R"("created_at":"2027-01-14T08:00:00Z","discount":5,"currency":"KRW"},"order":{"id":"o","amount":9,"currency":"KRW",)"
      R"("items":[{"sku":"A","quantity":2,"amount":9,"tags":["t"]}]},"counter":{"window:2026-11-21T10:00":9999}})");
  facts.campaign.reset();
  CHECK_THAT(facts_json(facts), Catch::Matchers::Contains(R"("campaign":{"issued":99999,"redeemed":0})"));
}

TEST_CASE("an operator is shown a verdict with what every rule did") {
  const Facts facts = [] {
    Facts some = allowed_claim().facts;
    some.now = 1'800'000'000 * second;
    return some;
  }();
  Composition composition(Hook::issue, facts, 3);
  composition.passed("a");
  composition.effect("b", {.expires_at = facts.now + day, .discount = {}, .counts = {{"x", 1}}, .note = "n"});
  composition.denied("c", {.code = "no", .sentence = "No.", .detail = R"({"max":1})"});
  const Verdict denied = composition.finish();
  const std::string trace =
      R"([{"rule":"a","result":"passed"},{"rule":"b","result":"effect","expires_at":"2027-01-16T08:00:00Z",)"
      R"("count":{"x":1},"note":"n"},{"rule":"c","result":"denied","code":"no","sentence":"No.","detail":{"max":1}}])";
  CHECK(trace_json(denied.trace) == trace);
  CHECK(verdict_json(denied) ==
        R"({"result":"denied","code":"no","sentence":"No.","detail":{"max":1},"trace":)" + trace + "}");

  Composition broken(Hook::issue, facts, 1);
  broken.failed("a", "plugins/a.lua:1: \xff");
  Verdict failed = broken.finish();
  failed.unstable = true;
  CHECK(verdict_json(failed) ==
        "{\"result\":\"failed\",\"code\":\"policy_error\",\"unstable\":true,\"trace\":[{\"rule\":\"a\",\"result\":"
        "\"failed\","
        "\"code\":\"policy_error\",\"error\":\"plugins/a.lua:1: \xEF\xBF\xBD\"}]}");
}

TEST_CASE("hooks, verdicts and results have names") {
  for (const Hook hook : {Hook::issue, Hook::redeem, Hook::cancel, Hook::remind}) CHECK(parse_hook(name(hook)) == hook);
  CHECK_FALSE(parse_hook("claim").has_value());
  CHECK(name(Verdict::Kind::quarantined) == "quarantined");
  CHECK(name(TraceEntry::Kind::effect) == "effect");
}
