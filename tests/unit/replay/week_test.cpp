// A replay's word against what really happens: the same traffic, run against the edited rules on a
// copy of the database file.
#include <filesystem>
#include <set>

#include "../db/test_folder.h"
#include "replay/replay.h"
#include "replay/replay_range.h"
#include "shop_week.h"

using namespace scrip;
using namespace scrip::test;

namespace {

const Micros monday = *parse_instant("2026-11-16T00:00:00+09:00");

const std::string summer =
    "event_window { daily = { \"09:00/14h\" } }, per_user_limit { max = 4 }, daily_cap { max = 120 },"
    " expiry { days = 3 }, discount { percent = 10, max_amount = 3000 }, budget { max = 900000, currency = \"KRW\" },"
    " cancel_window { hours = 12 }";
const std::string club =
    "first_order_only {}, per_user_limit { max = 3, per = \"subject\" }, expiry { days = 2 },"
    " discount { amount = 2000, min_order = 5000 }, daily_cap { max = 40, on = \"redeem\" }";

struct Edit {
  const char* what;
  std::string summer;
  std::string club;
};

std::string with(std::string rules, const std::string& old_text, const std::string& new_text) {
  const auto at = rules.find(old_text);
  REQUIRE(at != std::string::npos);
  return rules.replace(at, old_text.size(), new_text);
}

std::vector<Edit> edits() {
  return {
      {"nothing", summer, club},
      {"a larger discount", with(summer, "percent = 10, max_amount = 3000", "percent = 15, max_amount = 5000"), club},
      {"a tightened limit", with(summer, "max = 4", "max = 2"), club},
      {"a tightened limit a day", with(summer, "daily_cap { max = 120 }", "daily_cap { max = 60 }"), club},
      {"a loosened limit a day", summer, with(club, "max = 40", "max = 90")},
      {"a shorter life and a looser limit", with(summer, "days = 3", "days = 1"), with(club, "max = 3", "max = 5")},
      {"a budget for those who had none, and none for those who had",
       with(summer, "budget { max = 900000, currency = \"KRW\" },", ""), club + ", budget { max = 300000 }"},
      {"a total", with(summer, "per_user_limit { max = 4 }", "per_user_limit { max = 9 }, total_limit { max = 300 }"),
       club},
      {"a window", with(summer, "09:00/14h", "12:00/4h"), with(club, "first_order_only {}, ", "")},
      {"a later cancellation", with(summer, "hours = 12", "hours = 48"), club + ", cancel_window { minutes = 30 }"},
      {"everything at once",
       "per_user_limit { max = 2 }, daily_cap { max = 90, per = \"user\" }, expiry { days = 1 }, discount { percent = "
       "20 },"
       " budget { max = 400000 }",
       "per_user_limit { max = 1 }, expiry { days = 9 }, discount { percent = \"7.5\", rounding = \"half_even\" }"},
  };
}

// What the replay said of a decision that would come out otherwise.
Came candidate_of(const FlipSample& sample) {
  const Verdict& verdict = sample.candidate;
  Came came{.code = verdict.allowed() ? "" : verdict.code};
  if (!verdict.allowed()) return came;
  if (sample.hook == Hook::issue) came.expires_at = verdict.expires_at;
  if (sample.hook == Hook::redeem) came.discount = verdict.discount;
  return came;
}

ReplayReport replayed(Store& store, std::vector<PolicyFile> files, std::size_t samples, std::size_t threads) {
  auto reader = store.reader();
  REQUIRE(reader.ok());
  const auto range = replay_range(**reader, std::nullopt, std::nullopt);
  REQUIRE(range.ok());
  auto report = replay(
      store, accepted(std::move(files)),
      {.after = range->after, .last = range->last, .threads = threads, .samples = samples, .background = false}, {});
  INFO((report ? std::string() : report.error().message));
  REQUIRE(report.ok());
  return std::move(*report);
}

std::int64_t given_in(const std::vector<Step>& steps, const Results& results) {
  // A cancellation takes back what the coupon's latest redemption gave.
  std::map<std::size_t, std::int64_t> by_coupon;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!results[i] || !results[i]->code.empty()) continue;
    if (steps[i].kind == Step::Kind::redeem) {
      by_coupon[steps[i].of] = results[i]->discount.value_or(0);
      sum += by_coupon[steps[i].of];
    } else if (steps[i].kind == Step::Kind::cancel) {
      sum -= by_coupon[steps[i].of];
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("a replay foretells what the same week comes to under edited rules, decision by decision") {
  const std::vector<Step> steps = week(20261116, 3'000, monday);
  const TestFolder folder;
  const std::string file = folder.file("shop.db");
  const auto old_set = accepted(shop_files(summer, club));
  {
    const ShopWeek prepared(file, old_set, monday - hour);  // the campaigns and nothing else
  }
  std::filesystem::copy_file(file, folder.file("copy.db"));
  ShopWeek lived(file, old_set, monday - hour);
  const Results results = lived.run_all(steps);
  lived.check_books();
  std::map<std::int64_t, std::size_t> step_of;  // by decision
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i]) step_of[results[i]->decision] = i;
  }
  const std::int64_t decisions = static_cast<std::int64_t>(step_of.size()) + lived.second_halves;
  REQUIRE(lived.second_halves > 100);
  REQUIRE(decisions > 2'000);

  for (const Edit& edit : edits()) {
    INFO(edit.what);
    const ReplayReport report = replayed(*lived.store, shop_files(edit.summer, edit.club), 1'000'000, 3);
    CHECK(report.decisions == decisions);
    CHECK(report.unable == 0);

    // What would have happened: the replay's word for those that flip, the record for the others.
    Results foretold = results;
    std::int64_t shown = 0;
    for (const FlipGroup& group : report.groups) {
      for (const FlipSample& sample : group.samples) {
        foretold[step_of.at(sample.id)] = candidate_of(sample);
        ++shown;
      }
    }
    CHECK(shown == report.all_flips());

    const std::string copy = folder.file("edited.db");
    std::filesystem::copy_file(folder.file("copy.db"), copy, std::filesystem::copy_options::overwrite_existing);
    Results happened;
    {
      ShopWeek otherwise(copy, accepted(shop_files(edit.summer, edit.club)), monday - hour);
      happened = otherwise.run_all(steps, &results);
      otherwise.check_books();
    }
    std::filesystem::remove(copy + "-wal");
    std::filesystem::remove(copy + "-shm");

    int wrong = 0;
    std::int64_t differ = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!results[i]) continue;
      // A coupon that was never given cannot be used: there is no code to call with. The replay says so
      // in the host's words.
      const bool same = happened[i] ? *foretold[i] == *happened[i]
                                    : foretold[i]->code == "not_issued" || foretold[i]->code == "not_redeemed";
      if (!happened[i] || !(*happened[i] == *results[i])) ++differ;
      if (same) continue;
      if (++wrong <= 5) {
        FAIL_CHECK("step " << i << ": foretold " << foretold[i]->code << " " << foretold[i]->discount.value_or(-1)
                           << " " << foretold[i]->expires_at.value_or(-1) << ", but it came to "
                           << (happened[i] ? happened[i]->code : "no call") << " "
                           << (happened[i] ? happened[i]->discount.value_or(-1) : -1) << " "
                           << (happened[i] ? happened[i]->expires_at.value_or(-1) : -1));
      }
    }
    CHECK(wrong == 0);
    if (std::string(edit.what) == "nothing") {
      CHECK(report.all_flips() == 0);
      CHECK(report.recounted == 0);
      CHECK(report.discounts.at("KRW").recorded == report.discounts.at("KRW").candidate);
    } else {
      CHECK(report.all_flips() >= 5);
      CHECK(differ >= 5);
    }
    CHECK(report.discounts.at("KRW").recorded == given_in(steps, results));
    CHECK(report.discounts.at("KRW").candidate == given_in(steps, happened));
  }
}

TEST_CASE("a replay comes to the same whatever the number of workers, and leaves the database alone") {
  const std::vector<Step> steps = week(7, 2'500, monday);
  const TestFolder folder;
  ShopWeek lived(folder.file("shop.db"), accepted(shop_files(summer, club)), monday - hour);
  lived.run_all(steps);
  const auto newest = [&] {
    auto reader = lived.store->reader();
    REQUIRE(reader.ok());
    return (*(*reader)->decisions({}, 0, 1)).rows.front().id;
  };
  const std::int64_t before = newest();
  const Edit edit = edits().back();
  std::optional<ReplayReport> first;
  for (const std::size_t threads : {1, 2, 5}) {
    const ReplayReport report = replayed(*lived.store, shop_files(edit.summer, edit.club), 3, threads);
    if (!first) first = report;
    CHECK(report.flips == first->flips);
    CHECK(report.recounted == first->recounted);
    REQUIRE(report.groups.size() == first->groups.size());
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
      CHECK(report.groups[i].count == first->groups[i].count);
      CHECK(report.groups[i].rule == first->groups[i].rule);
      CHECK(report.groups[i].samples.size() <= 3);
      CHECK(report.groups[i].samples.front().id == first->groups[i].samples.front().id);
    }
  }
  CHECK(newest() == before);
  lived.check_books();
}
