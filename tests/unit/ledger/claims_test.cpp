#include <algorithm>
#include <atomic>
#include <set>

#include "counting_house.h"

namespace scrip::test {
namespace {

std::vector<Submission> claims(std::int64_t campaign, int count, const std::function<std::string(int)>& user) {
  std::vector<Submission> submissions(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    submissions[static_cast<std::size_t>(i)].command =
        Issue{.campaign = campaign, .user_id = user(i), .subject = std::nullopt};
    submissions[static_cast<std::size_t>(i)].actor = {.subject = "shop", .role = Role::service};
  }
  return submissions;
}

long granted(const std::vector<Submission>& submissions) {
  return std::count_if(submissions.begin(), submissions.end(), [](const Submission& s) { return !s.outcome.error; });
}

std::string distinct(int i) {
  return "user-" + std::to_string(i);
}

}  // namespace

TEST_CASE("sixty-four claims in one batch on a stock of one give one coupon") {
  CountingHouse house;
  const auto campaign = house.campaign("last", "free", 1);
  auto submissions = claims(campaign, 64, distinct);
  run_together(*house.ledger, submissions);
  CHECK(granted(submissions) == 1);
  for (const Submission& s : submissions) {
    if (s.outcome.error) CHECK(s.outcome.error->code == Code::sold_out);
  }
  CHECK(house.tally(campaign).issued == 1);
  house.check_books();
}

TEST_CASE("a user who claims fifty times in one batch gets one coupon, and the repeats cost no stock") {
  CountingHouse house;
  const auto campaign = house.campaign("once", "one", 10);
  auto submissions = claims(campaign, 50, [](int) { return std::string("minji"); });
  run_together(*house.ledger, submissions);
  CHECK(granted(submissions) == 1);
  CHECK(house.tally(campaign).issued == 1);
  house.check_books();
}

TEST_CASE("a claim that is refused generates no codes, also in a campaign without total") {
  CountingHouse house;
  const auto open = house.campaign("open", "capped", std::nullopt);
  const auto shut = house.campaign("shut", "broken", std::nullopt);
  const auto codes = [&](std::int64_t campaign) { return house.ledger->catalog()->book().serials(campaign); };
  for (int i = 0; i < 3; ++i) CHECK(CountingHouse::code(house.issue(shut, distinct(i))) == "policy_error");
  CHECK(codes(shut) == 0);
  auto submissions = claims(open, 5, distinct);
  run_together(*house.ledger, submissions);
  CHECK(granted(submissions) == 3);
  CHECK(codes(open) == LedgerOptions{}.code_chunk);
  house.check_books();
}

TEST_CASE("who holds the last coupon and asks again is told so, not that it is sold out") {
  CountingHouse house;
  const auto campaign = house.campaign("last", "one", 1);
  CHECK(CountingHouse::code(house.issue(campaign, "minji")) == "ok");
  CHECK(CountingHouse::code(house.issue(campaign, "minji")) == "already_issued");
  CHECK(CountingHouse::code(house.issue(campaign, "jisoo")) == "sold_out");
}

TEST_CASE("a counter's limit holds within one batch and across batches") {
  CountingHouse house;
  const auto campaign = house.campaign("capped", "capped", 100);
  auto first = claims(campaign, 2, distinct);
  run_together(*house.ledger, first);
  auto second = claims(campaign, 20, distinct);
  run_together(*house.ledger, second);
  CHECK(granted(first) + granted(second) == 3);
  CHECK(house.counter(campaign, "cap") == 3);
  house.check_books();
}

TEST_CASE("claims from many threads pass no limit", "[concurrent]") {
  CountingHouse house;
  const auto campaign = house.campaign("crowd", "one", 500);
  std::vector<std::thread> crowd;
  std::atomic<int> given{0};
  for (int t = 0; t < 8; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0; i < 250; ++i) {
        // Every user asks from two threads.
        if (!house.issue(campaign, "user-" + std::to_string((t / 2) * 250 + i)).error) ++given;
      }
    });
  }
  for (std::thread& thread : crowd) thread.join();
  CHECK(given == 500);
  CHECK(house.tally(campaign).issued == 500);
  house.check_books();
}

TEST_CASE("a coupon assigned by hand is skipped by the issues that come to it") {
  CountingHouse house;
  const auto campaign = house.campaign("hand", "free", 4);
  for (const std::int64_t serial : {0, 2}) {
    CHECK(CountingHouse::code(
              house.run(Assign{.coupon = {campaign, serial}, .user_id = "vip", .subject = std::nullopt})) == "ok");
  }
  CHECK(CountingHouse::code(house.run(Assign{.coupon = {campaign, 2}, .user_id = "other", .subject = std::nullopt})) ==
        "already_assigned");
  std::set<std::int64_t> serials;
  for (int i = 0; i < 2; ++i) serials.insert(house.issue(campaign, distinct(i)).claim.coupon.key.serial);
  CHECK(serials == std::set<std::int64_t>{1, 3});
  CHECK(CountingHouse::code(house.issue(campaign, "late")) == "sold_out");
  CHECK(house.tally(campaign).by_hand == 0);
  house.check_books();
}

TEST_CASE("assigning and issuing in one batch never give one coupon to two") {
  CountingHouse house;
  const auto campaign = house.campaign("both", "free", 20);
  auto submissions = claims(campaign, 20, distinct);
  for (int i = 0; i < 10; ++i) {
    submissions[static_cast<std::size_t>(2 * i)].command =
        Assign{.coupon = {campaign, i}, .user_id = "vip-" + std::to_string(i), .subject = std::nullopt};
  }
  run_together(*house.ledger, submissions);
  std::set<std::int64_t> serials;
  for (const Submission& s : submissions) {
    if (!s.outcome.error) CHECK(serials.insert(s.outcome.claim.coupon.key.serial).second);
  }
  CHECK(house.tally(campaign).issued == static_cast<std::int64_t>(serials.size()));
  house.check_books();
}

TEST_CASE("a coupon is redeemed once, cancelled once, and can then be redeemed again") {
  CountingHouse house;
  const auto campaign = house.campaign("cycle", "one", 1);
  const CouponKey key = house.issue(campaign, "minji").claim.coupon.key;
  const Order order{.id = "o-1", .amount = 100, .currency = "KRW", .items = {}};
  const auto redeem = [&] { return house.run(Redeem{.coupon = key, .order = order}); };
  const Outcome redeemed = redeem();
  REQUIRE(!redeemed.error);
  CHECK(redeemed.claim.coupon.discount == Money{10, "KRW"});
  CHECK(CountingHouse::code(redeem()) == "already_redeemed");
  CHECK(house.tally(campaign).redeemed == 1);
  const Outcome cancelled = house.run(Cancel{.coupon = key});
  REQUIRE(!cancelled.error);
  CHECK(cancelled.claim.coupon.state == CouponState::issued);
  CHECK(!cancelled.claim.coupon.discount);
  CHECK(CountingHouse::code(house.run(Cancel{.coupon = key})) == "not_redeemed");
  CHECK(CountingHouse::code(redeem()) == "ok");
  CHECK(house.tally(campaign).redeemed == 1);
  house.check_books();
}

TEST_CASE("to a user another's coupon is one that does not exist") {
  CountingHouse house;
  const auto campaign = house.campaign("mine", "one", 2);
  const CouponKey key = house.issue(campaign, "minji").claim.coupon.key;
  const Actor jisoo{.subject = "jisoo", .role = Role::user};
  CHECK(CountingHouse::code(house.run(Redeem{.coupon = key, .order = std::nullopt}, jisoo)) == "coupon_not_found");
  CHECK(CountingHouse::code(house.run(Cancel{.coupon = key}, jisoo)) == "coupon_not_found");
  const CouponKey free{campaign, 1};
  CHECK(CountingHouse::code(house.run(Redeem{.coupon = free, .order = std::nullopt}, jisoo)) == "coupon_not_found");
  CHECK(CountingHouse::code(house.run(Redeem{.coupon = free, .order = std::nullopt})) == "not_issued");
}

TEST_CASE("a campaign without a total generates codes as they are needed") {
  CountingHouse house({.code_chunk = 10});
  const auto campaign = house.campaign("endless", "free", std::nullopt);
  auto submissions = claims(campaign, 95, distinct);
  run_together(*house.ledger, submissions);
  CHECK(granted(submissions) == 95);
  CHECK(house.ledger->catalog()->book().serials(campaign) == 100);
  house.check_books();
}

TEST_CASE("codes that two alphabets can write are given out once") {
  CountingHouse house;
  // Six digits are all codes of both: most digit strings of the second campaign belong to the first.
  const auto digits = house.campaign("digits", "free", 900'000, "######", Alphabet::digits);
  const auto alnum = house.campaign("alnum", "free", 3'000, "######", Alphabet::alnum);
  (void)digits;
  std::set<std::string> codes;
  for (const std::int64_t campaign : {digits, alnum}) {
    auto submissions = claims(campaign, 3'000, distinct);
    run_together(*house.ledger, submissions);
    CHECK(granted(submissions) == 3'000);
    for (const Submission& s : submissions) CHECK(codes.insert(s.outcome.claim.code).second);
  }
  house.check_books();
}

TEST_CASE("a claim whose deadline has passed is not made") {
  CountingHouse house;
  const auto campaign = house.campaign("late", "free", 1);
  Submission late{.command = Issue{.campaign = campaign, .user_id = "minji", .subject = std::nullopt},
                  .actor = {.subject = "shop", .role = Role::service}};
  late.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  house.ledger->execute(late);
  CHECK(CountingHouse::code(late.outcome) == "deadline_exceeded");
  CHECK(house.tally(campaign).issued == 0);
}

TEST_CASE("every item of a batch of issues has its own answer") {
  CountingHouse house;
  const auto campaign = house.campaign("many", "one", 2);
  IssueMany many{.campaign = campaign, .items = {}};
  for (const char* user : {"a", "a", "b", "c"}) many.items.push_back({.user_id = user, .subject = std::nullopt});
  const Outcome outcome = house.run(many);
  std::vector<std::string> codes;
  for (const ClaimOutcome& claim : outcome.claims) {
    codes.push_back(claim.error ? std::string(claim.error->public_code()) : "ok");
  }
  CHECK(codes == std::vector<std::string>{"ok", "already_issued", "ok", "sold_out"});
  house.check_books();
}

}  // namespace scrip::test
