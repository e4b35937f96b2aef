// Orders with several coupons, in the ledger: all or nothing, also within one batch.
#include <map>

#include "counting_house.h"

namespace scrip::test {
namespace {

// Coupons of 10 off, of which a campaign gives no more than 25 in all; a cap on the order of 35.
std::vector<PolicyFile> order_rules() {
  std::vector<PolicyFile> files = rules();
  files.push_back({"plugins/purse.lua", R"(return plugin {
  name = "purse", version = "1.0.0", priority = 900, doc = "At most max in all.",
  params = { max = { type = "integer", required = true } },
  counters = function() return { "given" } end,
  redeem = function(p, facts)
    if facts.counter.given + facts.discount > p.max then return deny("purse_empty", "There is no more.") end
    return effect { count = { given = facts.discount } }
  end,
  cancel = function(p, facts)
    if facts.campaign.metadata.kept then return deny("kept", "Not this one.") end
    return effect { count = { given = -(facts.coupon.discount or 0) } }
  end,
})"});
  files.push_back({"plugins/together.lua", R"(return plugin {
  name = "together", version = "1.0.0", doc = "A cap.",
  stack = function(p, facts) return effect { cap = 35 } end,
})"});
  files.push_back(
      {"scripts/purse.lua", "return policy { name = \"purse\", rules = { price {}, purse { max = 25 } } }"});
  files.push_back({"scripts/stacking.lua", "return policy { name = \"stacking\", rules = { together {} } }"});
  return files;
}

struct House : CountingHouse {
  House() {
    REQUIRE(!activate(order_rules()).error);
    purse = campaign("purse", "purse", 1'000);
    one = campaign("one", "one", 1'000);
  }

  CouponKey issued(std::int64_t of, const std::string& user = "minji") {
    const Outcome outcome = issue(of, user);
    REQUIRE(!outcome.error);
    return outcome.claim.coupon.key;
  }

  static RedeemOrder order(const std::string& id, const std::vector<CouponKey>& coupons, std::int64_t amount = 1'000) {
    RedeemOrder command{.id = id, .coupons = {}, .order = {}, .user_id = {}};
    for (const CouponKey& key : coupons) command.coupons.emplace_back(key);
    command.order = Order{.id = id, .amount = amount, .currency = "KRW", .items = {}};
    return command;
  }

  CouponState state(CouponKey key) {
    auto reader = store->reader();
    REQUIRE(reader.ok());
    return (*(*reader)->coupon(key))->state;
  }

  std::int64_t purse = 0;
  std::int64_t one = 0;
};

std::vector<std::string> fields_of(const Outcome& outcome) {
  std::vector<std::string> fields;
  for (const FieldError& each : outcome.error->fields) fields.push_back(each.field);
  return fields;
}

}  // namespace

TEST_CASE("an order's coupons are used and given back together") {
  House house;
  const std::vector<CouponKey> coupons{house.issued(house.purse), house.issued(house.one), house.issued(house.purse)};
  const Outcome used = house.run(House::order("A", coupons));
  REQUIRE(CountingHouse::code(used) == "ok");
  CHECK(used.claims.size() == 3);
  CHECK(used.order.parts == std::vector<StackedOrder::Part>{{coupons[0], 10}, {coupons[2], 10}, {coupons[1], 10}});
  CHECK(house.counter(house.purse, "given") == 20);
  CHECK(house.tally(house.purse).redeemed == 2);
  CHECK(house.tally(house.one).redeemed == 1);
  CHECK(CountingHouse::code(house.run(House::order("A", {house.issued(house.one, "b")}))) == "order_exists");
  CHECK(CountingHouse::code(house.run(Cancel{.coupon = coupons[1]})) == "part_of_order");
  CHECK(house.state(coupons[1]) == CouponState::redeemed);
  house.check_books();

  CHECK(CountingHouse::code(house.run(CancelOrder{.id = "A"})) == "ok");
  CHECK(house.counter(house.purse, "given") == 0);
  CHECK(house.tally(house.purse).redeemed == 0);
  for (const CouponKey& key : coupons) CHECK(house.state(key) == CouponState::issued);
  CHECK(CountingHouse::code(house.run(CancelOrder{.id = "A"})) == "order_not_found");
  house.check_books();
}

TEST_CASE("a refusal of any coupon leaves no trace of the order but its decision") {
  House house;
  std::vector<CouponKey> coupons;
  for (int i = 0; i < 3; ++i) coupons.push_back(house.issued(house.purse));
  coupons.push_back(house.issued(house.one));
  // Three of one purse pass what two do not.
  const Outcome refused = house.run(House::order("A", coupons));
  CHECK(CountingHouse::code(refused) == "purse_empty");
  CHECK(fields_of(refused) == std::vector<std::string>{"codes[2]"});
  CHECK(refused.claims.empty());
  CHECK(house.counter(house.purse, "given") == 0);
  for (const CouponKey& key : coupons) CHECK(house.state(key) == CouponState::issued);
  house.check_books();
  coupons.pop_back();
  coupons.pop_back();
  CHECK(CountingHouse::code(house.run(House::order("A", coupons))) == "ok");
  house.check_books();
}

TEST_CASE("what a cap cuts is not counted") {
  House house;
  std::vector<CouponKey> coupons{house.issued(house.purse), house.issued(house.purse)};
  for (const char* user : {"a", "b"}) coupons.push_back(house.issued(house.one, user));
  const Outcome used = house.run(House::order("A", coupons));
  REQUIRE(CountingHouse::code(used) == "ok");
  CHECK(used.order.parts ==
        std::vector<StackedOrder::Part>{{coupons[0], 9}, {coupons[1], 9}, {coupons[2], 9}, {coupons[3], 8}});
  CHECK(house.counter(house.purse, "given") == 18);
  REQUIRE(CountingHouse::code(house.run(CancelOrder{.id = "A"})) == "ok");
  CHECK(house.counter(house.purse, "given") == 0);
  house.check_books();
}

TEST_CASE("in one batch orders see what the ones before them did") {
  House house;
  const CouponKey shared = house.issued(house.one);
  std::vector<Submission> submissions(24);
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    submissions[i].command = House::order("A" + std::to_string(i % 3), {house.issued(house.purse), shared});
    if (i % 4 == 3) submissions[i].command = CancelOrder{.id = "A" + std::to_string(i / 4 % 3)};
    submissions[i].actor = {.subject = "shop", .role = Role::service};
  }
  run_together(*house.ledger, submissions);
  std::map<std::string, int> outcomes;
  for (const Submission& each : submissions) ++outcomes[CountingHouse::code(each.outcome)];
  // The first order is made, and undone by the first cancel; likewise each that comes after a cancel.
  CHECK(outcomes["ok"] >= 2);
  CHECK(house.tally(house.one).redeemed == (house.state(shared) == CouponState::redeemed ? 1 : 0));
  CHECK(house.counter(house.purse, "given") == 10 * house.tally(house.purse).redeemed);
  house.check_books();
}

TEST_CASE("an order is not cancelled when one of its coupons may not be") {
  House house;
  const CouponKey first = house.issued(house.one);
  const CouponKey second = house.issued(house.purse);
  REQUIRE(CountingHouse::code(house.run(House::order("A", {first, second}))) == "ok");
  REQUIRE(!house.run(EditCampaign{.campaign = house.purse, .metadata = R"({"kept":true})"}).error);
  const Outcome refused = house.run(CancelOrder{.id = "A"});
  CHECK(CountingHouse::code(refused) == "kept");
  CHECK(house.state(first) == CouponState::redeemed);
  CHECK(house.state(second) == CouponState::redeemed);
  house.check_books();
}

TEST_CASE("a coupon that is named twice, or belongs to somebody else, is refused by its place") {
  House house;
  const CouponKey mine = house.issued(house.one);
  const CouponKey theirs = house.issued(house.one, "junho");
  const Actor minji{.subject = "minji", .role = Role::user};
  const Outcome twice = house.run(House::order("A", {mine, mine}));
  CHECK(CountingHouse::code(twice) == "invalid_request");
  CHECK(fields_of(twice) == std::vector<std::string>{"codes[1]"});
  const Outcome foreign = house.run(House::order("A", {theirs, mine}), minji);
  CHECK(CountingHouse::code(foreign) == "coupon_not_found");
  CHECK(fields_of(foreign) == std::vector<std::string>{"codes[0]"});
  REQUIRE(CountingHouse::code(house.run(House::order("A", {theirs, mine}))) == "ok");
  CHECK(CountingHouse::code(house.run(CancelOrder{.id = "A"}, minji)) == "order_not_found");
}

TEST_CASE("a commit that fails leaves nothing of an order") {
  House house;
  const std::vector<CouponKey> coupons{house.issued(house.purse), house.issued(house.one)};
  house.store->fail(FaultStore::Step::commit);
  CHECK(CountingHouse::code(house.run(House::order("A", coupons))) == "storage_unavailable");
  for (const CouponKey& key : coupons) CHECK(house.state(key) == CouponState::issued);
  CHECK(CountingHouse::code(house.run(House::order("A", coupons))) == "ok");
  house.check_books();
}

}  // namespace scrip::test
