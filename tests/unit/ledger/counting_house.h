// A ledger under test: on a real database of its own, of the engine that the program is run with, with a store that
// can be made to fail between them, a clock that stands still, and a small set of rules.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../db/fault_store.h"
#include "../db/test_folder.h"
#include "chosen_store.h"
#include "ledger/ledger.h"
#include "ledger/verify.h"
#include "lua/compile.h"
#include "ops/clock.h"
#include "ops/parking.h"

namespace scrip::test {

inline std::vector<PolicyFile> rules() {
  return {
      {"plugins/limit.lua", R"(return plugin {
  name = "limit", version = "1.0.0", priority = 200, doc = "At most max a user.",
  params = { max = { type = "integer", min = 1, default = 1 } },
  issue = function(p, facts)
    if facts.user.issued >= p.max then return deny("already_issued", "You already have this coupon.") end
  end,
})"},
      {"plugins/cap.lua", R"(return plugin {
  name = "cap", version = "1.0.0", priority = 300, doc = "At most max by a counter.",
  params = { max = { type = "integer", min = 0, required = true } },
  counters = function() return { "cap" } end,
  issue = function(p, facts)
    if facts.counter.cap >= p.max then return deny("capped", "No more for now.") end
    return effect { count = { cap = 1 } }
  end,
})"},
      {"plugins/price.lua", R"(return plugin {
  name = "price", version = "1.0.0", doc = "Ten off.",
  redeem = function(p, facts) if facts.order then return effect { discount = 10 } end end,
})"},
      {"plugins/broken.lua", R"(return plugin {
  name = "broken", version = "1.0.0", doc = "Always fails.",
  issue = function() error("out of order") end,
})"},
      {"scripts/one.lua", "return policy { name = \"one\", rules = { limit { max = 1 }, price {} } }"},
      {"scripts/free.lua", "return policy { name = \"free\", rules = {} }"},
      {"scripts/capped.lua", "return policy { name = \"capped\", rules = { cap { max = 3 } } }"},
      {"scripts/broken.lua", "return policy { name = \"broken\", rules = { broken {} } }"},
  };
}

class CountingHouse {
 public:
  explicit CountingHouse(LedgerOptions options = {}, bool with_policies = true) {
    auto opened = chosen.open();
    REQUIRE(opened.ok());
    engine = std::move(*opened);
    store = std::make_unique<FaultStore>(*engine);
    auto made = Ledger::open(*store, clock, options, {});
    REQUIRE(made.ok());
    ledger = std::move(*made);
    ledger->start();
    if (with_policies) REQUIRE(!activate(rules()).error);
  }
  ~CountingHouse() { ledger->stop(); }

  Outcome run(Command command, Actor actor = {.subject = "admin", .role = Role::operator_}) {
    Submission submission{.command = std::move(command), .actor = std::move(actor)};
    ledger->execute(submission);
    return std::move(submission.outcome);
  }

  // All in one batch when the ledger is not running yet or busy; in the order given.
  static std::string code(const Outcome& outcome) {
    return outcome.error ? std::string(outcome.error->public_code()) : "ok";
  }

  Outcome activate(std::vector<PolicyFile> files) {
    CompiledSet compiled = compile(std::move(files), {});
    for (const PolicyError& error : compiled.errors) UNSCOPED_INFO(to_string(error));
    REQUIRE(compiled.set);
    return run(ActivatePolicies{.set = compiled.set, .accepted_by = "test"});
  }

  std::int64_t campaign(const std::string& id, const std::string& policy, std::optional<std::int64_t> total,
                        const std::string& pattern = "####-####-####-####", Alphabet alphabet = Alphabet::base32) {
    Campaign campaign;
    campaign.id = campaign.name = id;
    campaign.policy = policy;
    campaign.total = total;
    campaign.pattern = pattern;
    campaign.alphabet = alphabet;
    Outcome outcome = run(CreateCampaign{campaign});
    INFO((outcome.error ? outcome.error->message : std::string()));
    REQUIRE(!outcome.error);
    return outcome.campaign.campaign->number;
  }

  Outcome issue(std::int64_t campaign, const std::string& user) {
    return run(Issue{.campaign = campaign, .user_id = user, .subject = std::nullopt});
  }

  CampaignTally tally(std::int64_t campaign) {
    auto reader = store->reader();
    REQUIRE(reader.ok());
    auto tally = (*reader)->tally(campaign);
    REQUIRE(tally.ok());
    return *tally;
  }

  std::int64_t counter(std::int64_t campaign, const std::string& name) {
    auto reader = store->reader();
    REQUIRE(reader.ok());
    return *(*reader)->counter({campaign, name});
  }

  // No drift between what is counted and what is stored.
  void check_books() {
    auto drift = verify(*store, nullptr);
    REQUIRE(drift.ok());
    for (const Drift& each : *drift) {
      FAIL_CHECK(each.what << ": stored " << each.stored << ", counted " << each.counted);
    }
  }

  TestFolder folder;
  ChosenStore chosen{folder.file("scrip.db")};
  ManualClock clock{*parse_instant("2026-11-21T10:00:00Z")};
  std::unique_ptr<Store> engine;
  std::unique_ptr<FaultStore> store;
  std::unique_ptr<Ledger> ledger;
};

// Submits all at once from this thread and waits for every answer, so that the ledger takes them as
// one batch or a few.
inline void run_together(
    Ledger& ledger, std::vector<Submission>& submissions, const std::function<void()>& submitted = [] {}) {
  struct Countdown {
    std::atomic<std::size_t> left;
    Parking& waiter;
  } countdown{submissions.size(), Parking::current()};
  for (Submission& submission : submissions) {
    submission.waiter = &countdown;
    submission.done = [](Submission& done) {
      auto& left = *static_cast<Countdown*>(done.waiter);
      Parking& waiter = left.waiter;
      if (left.left.fetch_sub(1) == 1) waiter.unpark();
    };
  }
  for (Submission& submission : submissions) ledger.submit(submission);
  submitted();
  countdown.waiter.park();
}

// Submits all while the ledger is kept from taking any, so that it takes them as one batch, and waits for every
// answer.
inline void run_as_one_batch(CountingHouse& house, std::vector<Submission>& submissions) {
  std::promise<void> all_wait;
  std::promise<void> held;
  struct Hold {
    std::future<void> all_wait;
    std::promise<void>& held;
  } hold{all_wait.get_future(), held};
  Submission first{.command = StoreCounted{}, .actor = {.subject = "admin", .role = Role::operator_}};
  first.waiter = &hold;
  first.done = [](Submission& done) {
    auto& here = *static_cast<Hold*>(done.waiter);
    here.held.set_value();
    here.all_wait.wait();
  };
  house.ledger->submit(first);
  held.get_future().wait();
  run_together(*house.ledger, submissions, [&] { all_wait.set_value(); });
}

}  // namespace scrip::test
