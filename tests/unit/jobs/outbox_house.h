// Jobs under test: a ledger on a real SQLite file that can be made to fail, with the shipped expiry
// rule, clocks that stand still, and passes that run when a test asks for them.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../db/fault_store.h"
#include "../db/test_folder.h"
#include "db/sqlite/sqlite_store.h"
#include "jobs/deliveries.h"
#include "jobs/reminders.h"
#include "ledger/ledger.h"
#include "ledger/verify.h"
#include "lua/compile.h"
#include "ops/clock.h"

namespace scrip::test {

using Json = nlohmann::json;

inline std::string shipped(const std::string& name) {
  std::ifstream file(std::string(SCRIP_SOURCE_DIR) + "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A policy "reminding" whose expiry rule has these parameters, and one that never reminds.
inline std::vector<PolicyFile> reminding(const std::string& params) {
  return {{"plugins/expiry.lua", shipped("plugins/expiry.lua")},
          {"scripts/free.lua", "return policy { name = \"free\", rules = {} }"},
          {"scripts/kakaopay.lua", shipped("scripts/kakaopay.lua")},
          {"scripts/reminding.lua", "return policy { name = \"reminding\", rules = { expiry { " + params + " } } }"}};
}

class OutboxHouse {
 public:
  explicit OutboxHouse(const std::string& params = "days = 7, remind_days = { 3 }", LedgerOptions options = {})
      : options_(options) {
    open();
    activate(reminding(params));
  }
  ~OutboxHouse() { ledger->stop(); }

  // As after a crash: nothing is left but the file.
  void reopen(const std::string& params = "days = 7, remind_days = { 3 }") {
    ledger->stop();
    reminders.reset();
    ledger.reset();
    store.reset();
    sqlite.reset();
    open();
    activate(reminding(params));
  }

  Outcome run(Command command, Actor actor = {.subject = "admin", .role = Role::operator_}) {
    Submission submission{.command = std::move(command), .actor = std::move(actor)};
    ledger->execute(submission);
    return std::move(submission.outcome);
  }

  void activate(std::vector<PolicyFile> files) {
    CompiledSet compiled = compile(std::move(files), {});
    for (const PolicyError& error : compiled.errors) UNSCOPED_INFO(to_string(error));
    REQUIRE(compiled.set);
    REQUIRE(!run(ActivatePolicies{.set = compiled.set, .accepted_by = "test"}).error);
  }

  std::int64_t campaign(const std::string& id, const std::string& policy = "reminding",
                        const std::string& timezone = "Asia/Seoul", std::optional<std::int64_t> total = std::nullopt) {
    Campaign campaign{
        .id = id, .name = id, .policy = policy, .total = total, .pattern = "####-####-####", .timezone = timezone};
    const Outcome outcome = run(CreateCampaign{campaign});
    INFO((outcome.error ? outcome.error->message : std::string()));
    REQUIRE(!outcome.error);
    return outcome.campaign.campaign->number;
  }

  CouponKey issue(std::int64_t campaign, const std::string& user) {
    const Outcome outcome = run(Issue{.campaign = campaign, .user_id = user, .subject = std::nullopt});
    REQUIRE(!outcome.error);
    return outcome.claim.coupon.key;
  }

  // To user-0, user-1 and so on.
  void issue_many(std::int64_t campaign, int count) {
    std::vector<Issue> items;
    for (int i = 0; i < count; ++i) {
      items.push_back({.campaign = campaign, .user_id = "user-" + std::to_string(i), .subject = std::nullopt});
    }
    REQUIRE(!run(IssueMany{.campaign = campaign, .items = items}).error);
  }

  jobs::Reminders::Pass pass() {
    auto pass = reminders->pass();
    REQUIRE(pass.ok());
    return *pass;
  }
  jobs::Reminders::Pass pass_at(const std::string& instant) {
    clock.set(*parse_instant(instant));
    return pass();
  }

  // Oldest first; of one kind, or all.
  std::vector<Event> events(std::optional<EventKind> kind = std::nullopt) {
    auto reader = store->reader();
    REQUIRE(reader.ok());
    auto found = (*reader)->events(std::nullopt, 0, 100'000);
    REQUIRE(found.ok());
    std::vector<Event> events(found->rbegin(), found->rend());
    if (kind) std::erase_if(events, [&](const Event& event) { return event.kind != *kind; });
    return events;
  }

  // "minji: 쿠폰이 3일 후 만료됩니다.", oldest first.
  std::vector<std::string> notices() {
    std::vector<std::string> notices;
    for (const Event& event : events(EventKind::coupon_expiring)) {
      const Json data = Json::parse(event.data);
      notices.push_back(data["coupon"]["user_id"].get<std::string>() + ": " + data["notice"].get<std::string>());
    }
    return notices;
  }

  void check_books() {
    auto drift = verify(*store, nullptr);
    REQUIRE(drift.ok());
    for (const Drift& each : *drift) FAIL_CHECK(each.what << ": " << each.stored << ", counted " << each.counted);
  }

  TestFolder folder;
  ManualClock clock{*parse_instant("2026-11-21T10:00:00+09:00")};
  std::unique_ptr<Store> sqlite;
  std::unique_ptr<FaultStore> store;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<jobs::Reminders> reminders;

 private:
  void open() {
    auto opened = open_sqlite(folder.file("scrip.db"));
    REQUIRE(opened.ok());
    sqlite = std::move(*opened);
    store = std::make_unique<FaultStore>(*sqlite);
    auto made = Ledger::open(*store, clock, options_, {.changed = [this](const Changes& changes) {
      if (reminders) reminders->changed(changes);
    }});
    REQUIRE(made.ok());
    ledger = std::move(*made);
    reminders = std::make_unique<jobs::Reminders>(*ledger, *store, clock);
    ledger->start();
  }

  const LedgerOptions options_;
};

}  // namespace scrip::test
