// Holds: what they keep others from, how they end, and that everything they counted is given back.
#include <condition_variable>
#include <mutex>

#include "../db/raw_database.h"
#include "counting_house.h"
#include "policy/decision_record.h"

using namespace scrip;
using namespace scrip::test;

namespace {

const Actor mina{.subject = "mina", .role = Role::user};
const Actor admin{.subject = "admin", .role = Role::operator_};

// Ten off while the budget lasts, given back on cancel; one redemption a user.
std::vector<PolicyFile> purse_rules() {
  return {
      {"plugins/purse.lua", R"(return plugin {
  name = "purse", version = "1.0.0", doc = "A budget.",
  params = { max = { type = "integer", min = 0, required = true } },
  counters = function() return { "spent" } end,
  redeem = function(p, facts)
    if facts.counter.spent + 10 > p.max then return deny("spent", "Nothing is left.") end
    return effect { discount = facts.order and 10 or nil, count = { spent = 10 } }
  end,
  cancel = function() return effect { count = { spent = -10 } } end,
})"},
      {"plugins/first.lua", R"(return plugin {
  name = "first", version = "1.0.0", doc = "One a user, and at most three in all.",
  redeem = function(p, facts)
    if facts.user.redeemed >= 1 then return deny("not_first", "You have used one.") end
    if facts.campaign.redeemed >= 3 then return deny("enough", "Enough.") end
  end,
})"},
      {"scripts/purse.lua", "return policy { name = \"purse\", rules = { purse { max = 10 } } }"},
      {"scripts/first.lua", "return policy { name = \"first\", rules = { first {} } }"},
      {"scripts/rich.lua", "return policy { name = \"rich\", rules = { purse { max = 1000000 } } }"},
      {"scripts/free.lua", "return policy { name = \"free\", rules = {} }"},
  };
}

Order order_of(std::int64_t amount) {
  return {.id = "o-1", .amount = amount, .currency = "KRW", .items = {}};
}

class HoldingHouse : public CountingHouse {
 public:
  explicit HoldingHouse(const std::string& policy, LedgerOptions options = {}) : CountingHouse(options, false) {
    REQUIRE(!activate(purse_rules()).error);
    number = campaign("summer", policy, 10'000);
  }

  CouponKey coupon(const std::string& user = "mina") {
    const Outcome issued = issue(number, user);
    REQUIRE(!issued.error);
    return issued.claim.coupon.key;
  }
  Outcome hold(CouponKey key, const std::string& name = "k", Micros ttl = 60 * second,
               std::optional<Order> order = order_of(100)) {
    return run(HoldCoupon{.coupon = key, .order = std::move(order), .ttl = ttl, .key = name}, mina);
  }
  Outcome redeem(CouponKey key, std::optional<std::string> by = std::nullopt,
                 std::optional<Order> order = order_of(100)) {
    return run(Redeem{.coupon = key, .order = std::move(order), .hold = std::move(by)}, admin);
  }
  Outcome release(CouponKey key, std::optional<std::string> by, const Actor& actor = mina) {
    return run(Release{.coupon = key, .hold = std::move(by)}, actor);
  }
  std::optional<Hold> stored(CouponKey key) {
    auto reader = store->reader();
    REQUIRE(reader.ok());
    return *(*reader)->hold(key);
  }
  std::int64_t redeemed_by(const std::string& user) {
    auto reader = store->reader();
    REQUIRE(reader.ok());
    return (*(*reader)->holding({number, user, std::nullopt})).redeemed;
  }
  std::int64_t spent() { return counter(number, "spent"); }

  // On the same file, with somebody who waits for what it changes.
  void reopen() {
    ledger->stop();
    LedgerEvents events;
    events.changed = [this](const Changes& changes) {
      const std::lock_guard lock(mutex_);
      for (const auto& [key, hold] : changes.holds) ended_ += hold ? 0 : 1;
      changed_.notify_all();
    };
    auto opened = Ledger::open(*store, clock, {}, events);
    REQUIRE(opened.ok());
    ledger = std::move(*opened);
    ledger->start();
  }
  // Without a command: the ledger sees to it when it has nothing else to do.
  bool wait_for_ended(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return ended_ >= count; });
  }

  std::int64_t number = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;
};

std::string code(const Outcome& outcome) {
  return CountingHouse::code(outcome);
}

int granted(const std::vector<Submission>& submissions) {
  int count = 0;
  for (const Submission& submission : submissions) count += submission.outcome.error ? 0 : 1;
  return count;
}

}  // namespace

TEST_CASE("a coupon that is held is nobody else's until it is redeemed by the hold's key") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  const Outcome held = house.hold(key);
  REQUIRE(code(held) == "ok");
  CHECK(held.claim.coupon.state == CouponState::issued);
  CHECK(held.claim.coupon.discount == Money{10, "KRW"});
  REQUIRE(held.claim.hold);
  CHECK(held.claim.hold->key == "k");
  CHECK(held.claim.hold->expires_at == house.clock.now() + 60 * second);
  CHECK(held.claim.decision == held.claim.hold->decision);
  CHECK(house.stored(key) == held.claim.hold);
  CHECK(house.tally(house.number).held == 1);
  CHECK(house.tally(house.number).redeemed == 0);
  CHECK(house.redeemed_by("mina") == 1);
  CHECK(house.spent() == 10);
  house.check_books();

  CHECK(code(house.hold(key, "another")) == "coupon_held");
  const Outcome without = house.redeem(key);
  CHECK(code(without) == "coupon_held");
  CHECK(without.error->detail == R"({"expires_at":"2026-11-21T10:01:00Z"})");
  CHECK(code(house.redeem(key, "wrong")) == "hold_not_found");
  CHECK(code(house.run(Cancel{.coupon = key}, admin)) == "not_redeemed");
  CHECK(house.hold(key).error->detail.empty());  // a user is not told

  const Outcome redeemed = house.redeem(key, "k");
  REQUIRE(code(redeemed) == "ok");
  CHECK(redeemed.claim.coupon.state == CouponState::redeemed);
  CHECK(redeemed.claim.coupon.discount == Money{10, "KRW"});
  CHECK(redeemed.claim.coupon.order_id == "o-1");
  CHECK(house.tally(house.number).held == 0);
  CHECK(house.tally(house.number).redeemed == 1);
  CHECK(house.redeemed_by("mina") == 1);
  CHECK(house.spent() == 10);
  CHECK(code(house.redeem(key, "k")) == "already_redeemed");
  CHECK(code(house.release(key, "k")) == "hold_not_found");
  house.check_books();

  CHECK(code(house.run(Cancel{.coupon = key}, admin)) == "ok");
  CHECK(house.spent() == 0);
  CHECK(house.redeemed_by("mina") == 0);
  CHECK(!house.stored(key));
  CHECK(code(house.redeem(key)) == "ok");
  house.check_books();
}

TEST_CASE("the order of the redemption has to be the one that the coupon was held for") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  REQUIRE(code(house.hold(key)) == "ok");
  const auto field = [&](const Order& order) {
    const Outcome outcome = house.redeem(key, "k", order);
    REQUIRE(code(outcome) == "invalid_request");
    return outcome.error->fields.at(0).field;
  };
  CHECK(field(order_of(101)) == "order.amount");
  CHECK(field({.id = "o-1", .amount = 100, .currency = "USD", .items = {}}) == "order.currency");
  CHECK(field({.id = "o-2", .amount = 100, .currency = "KRW", .items = {}}) == "order.id");
  CHECK(field({.id = {}, .amount = 100, .currency = "KRW", .items = {}}) == "order.id");
  CHECK(house.spent() == 10);
  // Without one it is the one that was held.
  const Outcome redeemed = house.redeem(key, "k", std::nullopt);
  REQUIRE(code(redeemed) == "ok");
  CHECK(redeemed.claim.coupon.order_id == "o-1");
  CHECK(redeemed.claim.coupon.discount == Money{10, "KRW"});

  const CouponKey bare = house.coupon("jo");
  REQUIRE(code(house.run(Cancel{.coupon = key}, admin)) == "ok");
  REQUIRE(code(house.run(HoldCoupon{.coupon = bare, .order = {}, .ttl = second, .key = "b"}, admin)) == "ok");
  CHECK(code(house.redeem(bare, "b", order_of(1))) == "invalid_request");
  CHECK(code(house.redeem(bare, "b", std::nullopt)) == "ok");
  house.check_books();
}

TEST_CASE("a hold that is released gives back what it counted, to its maker and to an operator") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  CHECK(code(house.release(key, "k")) == "hold_not_found");
  REQUIRE(code(house.hold(key)) == "ok");
  CHECK(code(house.release(key, "wrong")) == "hold_not_found");
  CHECK(code(house.release(key, std::nullopt)) == "hold_not_found");
  CHECK(code(house.release(key, "k", {.subject = "jo", .role = Role::user})) == "coupon_not_found");
  const Outcome released = house.release(key, "k");
  REQUIRE(code(released) == "ok");
  CHECK(released.claim.coupon.state == CouponState::issued);
  CHECK(!released.claim.coupon.discount);
  CHECK(house.spent() == 0);
  CHECK(house.redeemed_by("mina") == 0);
  CHECK(house.tally(house.number).held == 0);
  CHECK(code(house.redeem(key, "k")) == "hold_not_found");
  REQUIRE(code(house.hold(key, "k2")) == "ok");
  CHECK(code(house.release(key, std::nullopt, admin)) == "ok");
  CHECK(code(house.redeem(key)) == "ok");
  house.check_books();
}

TEST_CASE("of 64 who hold, redeem and hold again one coupon together exactly one wins", "[concurrent]") {
  HoldingHouse house("rich");
  for (int round = 0; round < 4; ++round) {
    const CouponKey key = house.coupon();
    std::vector<Submission> crowd(64);
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      crowd[i].actor = admin;
      if ((i + static_cast<std::size_t>(round)) % 2 == 0) {
        crowd[i].command = HoldCoupon{.coupon = key, .order = {}, .ttl = 60 * second, .key = std::to_string(i)};
      } else {
        crowd[i].command = Redeem{.coupon = key, .order = {}, .hold = {}};
      }
    }
    run_together(*house.ledger, crowd);
    CHECK(granted(crowd) == 1);
    CHECK(house.spent() == 10 * (round + 1));
  }
  house.check_books();
}

TEST_CASE("two coupons held together share a budget of one, and one redemption a user", "[concurrent]") {
  const std::string policy = GENERATE("purse", "first");
  HoldingHouse house(policy);
  const std::vector<CouponKey> keys{house.coupon(), house.coupon()};
  std::vector<Submission> both(2);
  for (std::size_t i = 0; i < both.size(); ++i) {
    both[i].actor = admin;
    both[i].command = HoldCoupon{.coupon = keys[i], .order = order_of(100), .ttl = 60 * second, .key = "k"};
  }
  run_together(*house.ledger, both);
  CHECK(granted(both) == 1);
  // In another batch, which has to find it in the store.
  const std::size_t loser = both[0].outcome.error ? 0 : 1;
  CHECK(code(house.redeem(keys[loser])) == (policy == "purse" ? "spent" : "not_first"));
  CHECK(code(house.redeem(keys[1 - loser], "k")) == "ok");
  CHECK(code(house.redeem(keys[loser])) == (policy == "purse" ? "spent" : "not_first"));
  house.check_books();
}

TEST_CASE("facts.campaign.redeemed counts coupons that are held") {
  HoldingHouse house("first");
  std::vector<CouponKey> keys;
  for (const char* user : {"a", "b", "c", "d"}) keys.push_back(house.coupon(user));
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(code(house.run(HoldCoupon{.coupon = keys[i], .order = {}, .ttl = second, .key = "k"}, admin)) == "ok");
  }
  CHECK(code(house.redeem(keys[3])) == "enough");
  CHECK(code(house.release(keys[0], "k", admin)) == "ok");
  CHECK(code(house.redeem(keys[3])) == "ok");
  house.check_books();
}

TEST_CASE("a hold that is over is as if it were not there, for its coupon and for all that it had counted") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  const CouponKey other = house.coupon();
  REQUIRE(code(house.hold(key)) == "ok");
  house.clock.advance(60 * second - 1);
  CHECK(code(house.redeem(other)) == "spent");
  CHECK(code(house.redeem(key)) == "coupon_held");
  house.clock.advance(1);
  SECTION("the key is worth nothing") {
    CHECK(code(house.redeem(key, "k")) == "hold_not_found");
  }
  SECTION("it cannot be released") {
    CHECK(code(house.release(key, "k")) == "hold_not_found");
  }
  SECTION("another can hold it") {
    CHECK(code(house.hold(key, "k2")) == "ok");
  }
  SECTION("it can be redeemed") {
    CHECK(code(house.redeem(key)) == "ok");
  }
  SECTION("the budget that it took is there for another coupon, that nobody touched") {
    CHECK(code(house.redeem(other)) == "ok");
    CHECK(code(house.redeem(key)) == "spent");
  }
  house.check_books();
}

TEST_CASE("a hold works until its end though its campaign was paused meanwhile") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  const CouponKey other = house.coupon();
  REQUIRE(code(house.hold(key)) == "ok");
  CHECK(!house.run(EditCampaign{.campaign = house.number, .status = CampaignStatus::paused}).error);
  CHECK(code(house.hold(other, "x")) == "campaign_not_active");
  CHECK(code(house.redeem(key, "k")) == "ok");
  house.check_books();
}

TEST_CASE("the ledger ends holds by itself, after a restart too") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  REQUIRE(code(house.hold(key)) == "ok");
  house.reopen();
  REQUIRE(!house.activate(purse_rules()).error);
  CHECK(code(house.redeem(key)) == "coupon_held");
  SECTION("while it runs") {
    house.clock.advance(61 * second);
    REQUIRE(house.wait_for_ended(1));
  }
  SECTION("what was over while nothing ran") {
    house.ledger->stop();
    house.clock.advance(day);
    house.reopen();
    REQUIRE(house.wait_for_ended(1));
  }
  CHECK(!house.stored(key));
  CHECK(house.spent() == 0);
  CHECK(house.redeemed_by("mina") == 0);
  CHECK(house.tally(house.number).held == 0);
  house.check_books();
}

TEST_CASE("more holds than a batch ends are all over before the next command is decided", "[concurrent]") {
  HoldingHouse house("rich");
  constexpr int count = 2'300;  // holds_ended_at_once, and some
  IssueMany many{.campaign = house.number, .items = std::vector<Issue>(count)};
  for (Issue& item : many.items) item.user_id = "mina";
  const Outcome issued = house.run(many);
  REQUIRE(issued.claims.size() == count);
  std::vector<Submission> holds(count);
  for (std::size_t i = 0; i < holds.size(); ++i) {
    holds[i].actor = admin;
    holds[i].command = HoldCoupon{.coupon = issued.claims[i].coupon.key, .order = {}, .ttl = 60 * second, .key = "k"};
  }
  run_together(*house.ledger, holds);
  REQUIRE(granted(holds) == count);
  CHECK(house.spent() == 10 * count);
  CHECK(house.redeemed_by("mina") == count);
  house.clock.advance(60 * second);
  CHECK(code(house.redeem(issued.claims.back().coupon.key)) == "ok");
  CHECK(house.spent() == 10);
  CHECK(house.redeemed_by("mina") == 1);
  CHECK(house.tally(house.number).held == 0);
  house.check_books();
}

TEST_CASE("a hold whose commit failed was never made") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  house.store->fail(FaultStore::Step::commit);
  CHECK(code(house.hold(key)) == "storage_unavailable");
  CHECK(!house.stored(key));
  CHECK(code(house.redeem(key)) == "ok");
  house.check_books();
}

TEST_CASE("who is told of redemptions is told of one that was held when it is redeemed, and of nothing before") {
  LedgerOptions options;
  options.claim_events = EventKinds().with(EventKind::coupon_redeemed).with(EventKind::coupon_cancelled);
  HoldingHouse house("purse", options);
  const CouponKey key = house.coupon();
  const auto told = [&] {
    std::vector<std::string> kinds;
    auto reader = house.store->reader();
    REQUIRE(reader.ok());
    const auto events = (*reader)->events(std::nullopt, 0, 100);
    REQUIRE(events.ok());
    for (const Event& event : *events) {
      if (event.campaign) kinds.emplace_back(name(event.kind));
    }
    return kinds;
  };
  REQUIRE(code(house.hold(key)) == "ok");
  REQUIRE(code(house.release(key, "k")) == "ok");
  REQUIRE(code(house.hold(key)) == "ok");
  CHECK(told().empty());
  REQUIRE(code(house.redeem(key, "k")) == "ok");
  CHECK(told() == std::vector<std::string>{"coupon.redeemed"});
}

TEST_CASE("every half of a redemption is a decision that adds up") {
  HoldingHouse house("purse");
  const CouponKey key = house.coupon();
  REQUIRE(code(house.hold(key)) == "ok");
  CHECK(code(house.hold(key, "x")) == "coupon_held");
  REQUIRE(code(house.release(key, "k")) == "ok");
  REQUIRE(code(house.hold(key)) == "ok");
  REQUIRE(code(house.redeem(key, "k")) == "ok");
  REQUIRE(code(house.run(Cancel{.coupon = key}, admin)) == "ok");
  REQUIRE(code(house.hold(key)) == "ok");
  house.clock.advance(60 * second);
  REQUIRE(code(house.redeem(key)) == "ok");

  auto reader = house.store->reader();
  REQUIRE(reader.ok());
  auto page = (*reader)->decisions({.coupon = key}, 0, 100);
  REQUIRE(page.ok());
  std::vector<std::string> told;
  for (auto row = page->rows.rbegin(); row != page->rows.rend(); ++row) {
    const auto decision = decode_decision(row->record);
    REQUIRE(decision.ok());
    std::int64_t counted = 0;
    for (const auto& [name, change] : decision->verdict.counts) counted += change;
    told.push_back(std::string(name(decision->hook)) + " " + std::string(name(decision->facts.step)) + " " +
                   (row->code.empty() ? std::to_string(counted) : row->code) + " of " +
                   std::to_string(decision->facts.user.redeemed));
  }
  CHECK(told == std::vector<std::string>{"issue whole 0 of 0", "redeem hold 10 of 0", "redeem hold coupon_held of 1",
                                         "cancel release -10 of 1", "redeem hold 10 of 0", "redeem redeem_held 0 of 1",
                                         "cancel whole -10 of 1", "redeem hold 10 of 0", "cancel expire -10 of 1",
                                         "redeem whole 10 of 0"});
  house.check_books();
}

TEST_CASE("scrip verify finds holds of coupons that cannot be held", "[sqlite]") {
  HoldingHouse house("free");
  const CouponKey key = house.coupon();
  const CouponKey other = house.coupon();
  REQUIRE(code(house.hold(key)) == "ok");
  REQUIRE(code(house.redeem(other)) == "ok");
  house.check_books();
  const auto drifts = [&] {
    auto found = verify(*house.store, nullptr);
    REQUIRE(found.ok());
    std::vector<std::string> what;
    for (const Drift& drift : *found) what.push_back(drift.what);
    return what;
  };
  RawDatabase raw(house.folder.file("scrip.db"));
  SECTION("that is redeemed") {
    raw.execute("UPDATE hold SET coupon = coupon + 1");
    CHECK(drifts() == std::vector<std::string>{"hold of coupon 1 of campaign summer: the coupon is not issued"});
  }
  SECTION("that nobody was given") {
    raw.execute("UPDATE hold SET coupon = coupon + 100");
    CHECK(drifts() == std::vector<std::string>{"hold of coupon 100 of campaign summer: nobody was given the coupon"});
  }
  SECTION("of another user") {
    raw.execute("UPDATE hold SET user_id = 'jo'");
    CHECK(drifts() ==
          std::vector<std::string>{"hold of coupon 0 of campaign summer: it says another holder than the coupon"});
  }
  SECTION("that was not redeemed through it") {
    raw.execute("UPDATE hold SET state = 1");
    CHECK(drifts() == std::vector<std::string>{"hold of coupon 0 of campaign summer: the coupon is not redeemed",
                                               "campaign summer: held"});
  }
  SECTION("that are not there") {
    raw.execute("DELETE FROM hold");
    CHECK(drifts() == std::vector<std::string>{"campaign summer: held"});
  }
}
