// A week of traffic for a shop with two campaigns: made up once by a seed, and run against any
// database file under any rules, so that what a replay foretells can be compared with what happens.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "db/sqlite/sqlite_store.h"
#include "ledger/ledger.h"
#include "ledger/verify.h"
#include "lua/compile.h"
#include "ops/clock.h"

namespace scrip::test {

// The shipped plugins, and two policies of theirs: what an operator would edit.
inline std::vector<PolicyFile> shop_files(const std::string& summer_rules, const std::string& club_rules) {
  std::vector<PolicyFile> files;
  for (const char* plugin : {"event_window", "per_user_limit", "daily_cap", "total_limit", "expiry", "discount",
                             "budget", "cancel_window", "first_order_only", "segment"}) {
    const std::string name = std::string("plugins/") + plugin + ".lua";
    std::ifstream file(std::string(SCRIP_SOURCE_DIR) + "/" + name);
    files.push_back({name, {std::istreambuf_iterator<char>(file), {}}});
    REQUIRE(!files.back().text.empty());
  }
  files.push_back({"scripts/summer.lua", "return policy { name = \"summer\", rules = { " + summer_rules + " } }"});
  files.push_back({"scripts/club.lua", "return policy { name = \"club\", rules = { " + club_rules + " } }"});
  return files;
}

inline std::shared_ptr<const PolicySet> accepted(std::vector<PolicyFile> files) {
  CompiledSet compiled = compile(std::move(files), {.decision_us = 5'000'000, .load_us = 10'000'000});
  for (const PolicyError& error : compiled.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(compiled.set);
  return compiled.set;
}

// One call of the traffic. Redemptions and cancellations are of the coupon that an earlier step got.
struct Step {
  enum class Kind : std::uint8_t { issue, redeem, cancel };
  Kind kind = Kind::issue;
  Micros at = 0;
  int campaign = 0;  // 0 summer, 1 club
  std::string user;
  std::optional<std::string> subject;
  std::size_t of = 0;  // the step that issued the coupon
  Order order;
};

inline std::vector<Step> week(std::uint64_t seed, int steps, Micros from) {
  std::mt19937_64 random(seed);
  const auto below = [&random](std::uint64_t limit) { return static_cast<std::int64_t>(random() % limit); };
  std::vector<Step> made;
  std::vector<std::size_t> issues;
  const Micros apart = 7 * day / steps;
  for (int i = 0; i < steps; ++i) {
    Step step{.at = from + i * apart + below(static_cast<std::uint64_t>(apart))};
    const std::int64_t dice = below(100);
    if (dice < 50 || issues.empty()) {
      step.campaign = static_cast<int>(below(2));
      step.user = "user-" + std::to_string(below(150));
      if (below(3) == 0) step.subject = "work:" + std::to_string(below(4));
      issues.push_back(made.size());
    } else {
      step.kind = dice < 85 ? Step::Kind::redeem : Step::Kind::cancel;
      // Mostly recent ones, now and then an old one, which may have expired.
      const std::size_t back = below(5) == 0 ? issues.size() : std::min<std::size_t>(issues.size(), 60);
      step.of = issues[issues.size() - 1 - static_cast<std::size_t>(below(back))];
      step.order = {.id = "order-" + std::to_string(i), .amount = 500 + below(60'000), .currency = "KRW", .items = {}};
    }
    made.push_back(std::move(step));
  }
  return made;
}

// What became of a step; nullopt: it was not called, as it had no coupon to be about.
struct Came {
  std::string code;  // empty: allowed
  std::optional<std::int64_t> discount;
  std::optional<Micros> expires_at;
  std::int64_t decision = 0;
  bool operator==(const Came& other) const {
    return code == other.code && discount == other.discount && expires_at == other.expires_at;
  }
};
using Results = std::vector<std::optional<Came>>;

class ShopWeek {
 public:
  // On a database file that is there, or is made with the two campaigns in it.
  ShopWeek(const std::string& file, const std::shared_ptr<const PolicySet>& set, Micros now,
           std::function<void(const Changes&)> changed = nullptr)
      : clock(now) {
    auto opened = open_sqlite(file);
    REQUIRE(opened.ok());
    store = std::move(*opened);
    auto made = Ledger::open(*store, clock, {}, {.changed = std::move(changed)});
    REQUIRE(made.ok());
    ledger = std::move(*made);
    ledger->start();
    activate(set);
    if (ledger->catalog()->campaigns().empty()) {
      for (const auto& [id, total] :
           {std::pair{"summer", std::optional<std::int64_t>(1'200)}, {"club", std::nullopt}}) {
        const Campaign campaign{
            .id = id, .name = id, .policy = id, .total = total, .pattern = "####-####-####", .timezone = "Asia/Seoul"};
        const Outcome outcome = run(CreateCampaign{campaign});
        REQUIRE(!outcome.error);
      }
      for (int user = 0; user < 150; user += 7) {
        run(PutAttributes{.user_id = "user-" + std::to_string(user), .attributes = R"({"orders":3})"});
      }
    }
  }
  ~ShopWeek() { ledger->stop(); }

  void activate(const std::shared_ptr<const PolicySet>& set) {
    REQUIRE(!run(ActivatePolicies{.set = set, .accepted_by = "test"}).error);
  }

  Outcome run(Command command) {
    Submission submission{.command = std::move(command), .actor = {.subject = "shop", .role = Role::service}};
    ledger->execute(submission);
    return std::move(submission.outcome);
  }

  // Where `called` is given, only the steps that were called there.
  Results run_all(const std::vector<Step>& steps, const Results* called = nullptr,
                  const std::function<void(std::size_t)>& before = nullptr) {
    Results results;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (before) before(i);
      const bool wanted = !called || (*called)[i];
      results.push_back(wanted ? run_one(steps[i], i) : std::nullopt);
    }
    return results;
  }

  void check_books() {
    auto drift = verify(*store, nullptr);
    REQUIRE(drift.ok());
    for (const Drift& each : *drift) FAIL_CHECK(each.what << ": " << each.stored << ", counted " << each.counted);
  }

  ManualClock clock;
  std::unique_ptr<Store> store;
  std::unique_ptr<Ledger> ledger;
  std::int64_t second_halves = 0;  // decisions that no step has: redemptions of what was held

 private:
  std::optional<Came> run_one(const Step& step, std::size_t number) {
    clock.set(step.at);
    if (step.kind == Step::Kind::issue) {
      Outcome outcome = run(Issue{.campaign = step.campaign + 1, .user_id = step.user, .subject = step.subject});
      if (!outcome.error) coupons_[number] = outcome.claim.coupon.key;
      return result(step, outcome);
    }
    const auto coupon = coupons_.find(step.of);
    if (coupon == coupons_.end()) return std::nullopt;
    if (step.kind == Step::Kind::redeem && number % 3 == 0) return redeem_in_halves(step, coupon->second);
    if (step.kind == Step::Kind::redeem)
      return result(step, run(Redeem{.coupon = coupon->second, .order = step.order}));
    return result(step, run(Cancel{.coupon = coupon->second}));
  }

  // Held and, when that was allowed, redeemed: it came to what the hold came to.
  Came redeem_in_halves(const Step& step, CouponKey coupon) {
    Outcome held = run(HoldCoupon{.coupon = coupon, .order = step.order, .ttl = 60 * second, .key = "k"});
    if (!held.error) {
      const Outcome redeemed = run(Redeem{.coupon = coupon, .order = step.order, .hold = "k"});
      REQUIRE(!redeemed.error);
      CHECK(redeemed.claim.coupon.discount == held.claim.coupon.discount);
      ++second_halves;
    }
    return result(step, held);
  }

  static Came result(const Step& step, const Outcome& outcome) {
    Came result{.decision = outcome.claim.decision};
    if (outcome.error) {
      result.code = outcome.error->public_code();
      return result;
    }
    const Coupon& coupon = outcome.claim.coupon;
    if (step.kind == Step::Kind::redeem && coupon.discount) result.discount = coupon.discount->amount;
    if (step.kind == Step::Kind::issue) result.expires_at = coupon.expires_at;
    return result;
  }

  std::map<std::size_t, CouponKey> coupons_;
};

}  // namespace scrip::test
