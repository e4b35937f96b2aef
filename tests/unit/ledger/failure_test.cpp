#include <atomic>
#include <chrono>

#include "counting_house.h"

namespace scrip::test {
namespace {

Submission claim_with_key(std::int64_t campaign, const std::string& user, const std::string& key, std::uint8_t print) {
  Submission submission{.command = Issue{.campaign = campaign, .user_id = user, .subject = std::nullopt},
                        .actor = {.subject = "shop", .role = Role::service}};
  submission.idempotency =
      Idempotency{.key = {"shop", key}, .fingerprint = {print}, .render = [](const Outcome& outcome) {
                    if (outcome.error) return KeptAnswer{409, CountingHouse::code(outcome)};
                    return KeptAnswer{201, outcome.claim.code};
                  }};
  return submission;
}

}  // namespace

TEST_CASE("when a commit fails nobody is told of success, nothing is stored, and the next batch works") {
  using Step = FaultStore::Step;
  CountingHouse house;
  const auto campaign = house.campaign("shaky", "one", 3);
  for (const Step step : {Step::begin, Step::load, Step::commit}) {
    house.store->fail(step);
    const Outcome refused = house.issue(campaign, "minji");
    CHECK(CountingHouse::code(refused) == "storage_unavailable");
    CHECK(refused.error->retry_after_s > 0);
    CHECK(!house.ledger->storage_works());
    CHECK(house.tally(campaign).issued == 0);
  }
  CHECK(CountingHouse::code(house.issue(campaign, "minji")) == "ok");
  CHECK(house.ledger->storage_works());
  CHECK(CountingHouse::code(house.issue(campaign, "minji")) == "already_issued");
  house.check_books();
}

TEST_CASE("a campaign whose commit failed does not exist, and its id can be used again") {
  CountingHouse house;
  house.store->fail(FaultStore::Step::commit);
  Campaign campaign{.id = "ghost", .name = "ghost", .policy = "free", .total = 5, .pattern = "####-####-####-####"};
  CHECK(CountingHouse::code(house.run(CreateCampaign{campaign})) == "storage_unavailable");
  CHECK(house.ledger->catalog()->campaign("ghost") == nullptr);
  CHECK(CountingHouse::code(house.run(CreateCampaign{campaign})) == "ok");
  CHECK(CountingHouse::code(house.run(CreateCampaign{campaign})) == "campaign_exists");
  house.check_books();
}

TEST_CASE("policies whose activation could not be stored are not in force") {
  CountingHouse house;
  const std::string before = house.ledger->policies()->set->revision();
  auto files = rules();
  files.push_back({"scripts/more.lua", "return policy { name = \"more\", rules = {} }"});
  house.store->fail(FaultStore::Step::commit);
  CHECK(CountingHouse::code(house.activate(files)) == "storage_unavailable");
  CHECK(house.ledger->policies()->set->revision() == before);
  CHECK(CountingHouse::code(house.activate(files)) == "ok");
  CHECK(house.ledger->policies()->set->revision() != before);
}

TEST_CASE("an Idempotency-Key gives the first answer again, refusals included, and refuses another request") {
  CountingHouse house;
  const auto campaign = house.campaign("keyed", "one", 5);
  Submission first = claim_with_key(campaign, "minji", "k1", 1);
  house.ledger->execute(first);
  CHECK(!first.replayed);
  Submission again = claim_with_key(campaign, "minji", "k1", 1);
  house.ledger->execute(again);
  CHECK(again.replayed);
  CHECK(again.answer->body == first.answer->body);
  CHECK(again.answer->status == 201);
  Submission other = claim_with_key(campaign, "jisoo", "k1", 2);
  house.ledger->execute(other);
  CHECK(CountingHouse::code(other.outcome) == "idempotency_key_reused");
  CHECK(house.tally(campaign).issued == 1);

  Submission refused = claim_with_key(campaign, "minji", "k2", 3);
  house.ledger->execute(refused);
  Submission refused_again = claim_with_key(campaign, "minji", "k2", 3);
  house.ledger->execute(refused_again);
  CHECK(refused_again.replayed);
  CHECK(refused_again.answer->body == "already_issued");
}

TEST_CASE("two requests with one Idempotency-Key at the same time give one coupon") {
  CountingHouse house;
  const auto campaign = house.campaign("twins", "free", 5);
  std::vector<Submission> twins;
  for (int i = 0; i < 8; ++i) twins.push_back(claim_with_key(campaign, "minji", "same", 1));
  run_together(*house.ledger, twins);
  int made = 0;
  for (const Submission& twin : twins) {
    if (twin.outcome.error) {
      CHECK(CountingHouse::code(twin.outcome) == "request_in_progress");
    } else if (!twin.replayed) {
      ++made;
    }
  }
  CHECK(made == 1);
  CHECK(house.tally(campaign).issued == 1);
}

TEST_CASE("a key whose commit failed can be used again") {
  CountingHouse house;
  const auto campaign = house.campaign("retry", "one", 5);
  house.store->fail(FaultStore::Step::commit);
  Submission failed = claim_with_key(campaign, "minji", "k", 1);
  house.ledger->execute(failed);
  CHECK(CountingHouse::code(failed.outcome) == "storage_unavailable");
  CHECK(!failed.answer);
  Submission again = claim_with_key(campaign, "minji", "k", 1);
  house.ledger->execute(again);
  CHECK(!again.replayed);
  CHECK(again.answer->status == 201);
}

// On SQLite, where a batch of some size is made durable beside the next one.
TEST_CASE("when a batch is written and its flush fails, nobody is told of success, and who asks again gets the answer",
          "[sqlite]") {
  CountingHouse house;
  const auto campaign = house.campaign("shaky", "one", 100);
  const auto claims = [&] {
    std::vector<Submission> made;
    for (int i = 0; i < 8; ++i) {
      made.push_back(claim_with_key(campaign, "user " + std::to_string(i), "k" + std::to_string(i), 1));
    }
    return made;
  };
  house.store->fail(FaultStore::Step::flush);
  std::vector<Submission> failed = claims();
  run_as_one_batch(house, failed);
  CHECK(house.store->failures() == 1);
  for (const Submission& each : failed) {
    CHECK(CountingHouse::code(each.outcome) == "storage_unavailable");
    CHECK(each.outcome.error->message.find("may have been done") != std::string::npos);
    CHECK(each.outcome.error->retry_after_s > 0);
    CHECK(!each.answer);
  }
  CHECK(!house.ledger->storage_works());
  std::vector<Submission> again = claims();
  run_as_one_batch(house, again);
  for (const Submission& each : again) {
    CHECK(each.replayed);
    CHECK(each.answer->status == 201);
  }
  CHECK(house.ledger->storage_works());
  CHECK(house.tally(campaign).issued == 8);
  house.check_books();
}

TEST_CASE("what was decided on a batch that is not durable is not told before it is, though it changes nothing",
          "[sqlite]") {
  CountingHouse house({.recorded_refusals = 0});
  const auto campaign = house.campaign("last", "free", 8);
  std::atomic<int> told = 0;
  const auto claims = [&](const std::string& who) {
    std::vector<Submission> made;
    for (int i = 0; i < 8; ++i) {
      made.push_back({.command = Issue{.campaign = campaign, .user_id = who + std::to_string(i)},
                      .actor = {.subject = "shop", .role = Role::service}});
      made.back().waiter = &told;
      made.back().done = [](Submission& done) { ++*static_cast<std::atomic<int>*>(done.waiter); };
    }
    return made;
  };
  // Eight take all there is. While their flush goes on two more batches are decided, and refused.
  std::vector<Submission> takers = claims("early");
  std::vector<Submission> late = claims("late");
  std::vector<Submission> later = claims("later");
  int told_before = -1;
  house.store->flushing = [&] {
    if (told_before >= 0) return;
    const auto submit_and_wait_for_begin = [&](std::vector<Submission>& submissions) {
      const std::int64_t before = house.store->begun();
      for (Submission& submission : submissions) house.ledger->submit(submission);
      while (house.store->begun() == before) std::this_thread::yield();
    };
    submit_and_wait_for_begin(late);
    submit_and_wait_for_begin(later);  // so the ledger is done with the others
    told_before = told;
  };
  run_as_one_batch(house, takers);
  house.ledger->stop();
  CHECK(told_before == 0);
  CHECK(told == 16);
  for (const Submission& each : late) CHECK(CountingHouse::code(each.outcome) == "sold_out");
  CHECK(house.tally(campaign).issued == 8);
}

TEST_CASE("of a crowd one half is decided while the other half is made durable", "[sqlite]") {
  CountingHouse house;
  const auto campaign = house.campaign("crowd", "one", 1'000);
  std::vector<Submission> claims;
  for (int i = 0; i < 200; ++i) {
    claims.push_back({.command = Issue{.campaign = campaign, .user_id = "user " + std::to_string(i)},
                      .actor = {.subject = "shop", .role = Role::service}});
  }
  // The batch that holds the ledger until all wait, and the two halves.
  const std::int64_t begun_then = house.store->begun() + 3;
  bool beside = false;
  house.store->flushing = [&] {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (house.store->begun() < begun_then && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
    beside = beside || house.store->begun() == begun_then;
  };
  run_as_one_batch(house, claims);
  CHECK(beside);
  for (const Submission& each : claims) CHECK(CountingHouse::code(each.outcome) == "ok");
  house.ledger->stop();
  CHECK(house.tally(campaign).issued == 200);
  house.check_books();
}

TEST_CASE("a full queue and a stopped ledger refuse as overloaded") {
  CountingHouse house;
  const auto campaign = house.campaign("busy", "free", 5);
  house.ledger->stop();
  CHECK(CountingHouse::code(house.issue(campaign, "minji")) == "overloaded");
}

TEST_CASE("everything is there again after the ledger is opened anew") {
  CountingHouse house;
  const auto campaign = house.campaign("keep", "one", 5);
  const std::string code = house.issue(campaign, "minji").claim.code;
  house.ledger->stop();
  auto reopened = Ledger::open(*house.store, house.clock, {}, {});
  REQUIRE(reopened.ok());
  house.ledger = std::move(*reopened);
  house.ledger->start();
  CHECK(house.ledger->catalog()->book().find(normalize_code(code)) == CouponKey{campaign, 0});
  REQUIRE(!house.activate(rules()).error);
  CHECK(CountingHouse::code(house.issue(campaign, "minji")) == "already_issued");
  CHECK(house.issue(campaign, "jisoo").claim.coupon.key.serial == 1);
  house.check_books();
}

TEST_CASE("without policies every claim is refused as a policy error") {
  CountingHouse house({}, false);
  Campaign campaign{.id = "early", .name = "early", .policy = "free", .total = 5, .pattern = "####-####-####-####"};
  const Outcome outcome = house.run(CreateCampaign{campaign});
  REQUIRE(outcome.error);
  CHECK(outcome.error->code == Code::invalid_request);
}

TEST_CASE("a policy that fails five times in a row is quarantined until the next activation, changed or not") {
  CountingHouse house;
  const auto broken = house.campaign("bad", "broken", 5);
  const auto good = house.campaign("good", "free", 100);
  for (int i = 0; i < 5; ++i) CHECK(CountingHouse::code(house.issue(broken, "minji")) == "policy_error");
  CHECK(CountingHouse::code(house.issue(broken, "minji")) == "policy_quarantined");
  CHECK(CountingHouse::code(house.issue(good, "minji")) == "ok");
  REQUIRE(!house.activate(rules()).error);
  CHECK(CountingHouse::code(house.issue(broken, "minji")) == "policy_error");
  CHECK(house.tally(broken).issued == 0);
}

TEST_CASE("a set that a campaign does not fit is refused with the campaign's name, and the old one stays") {
  CountingHouse house;
  house.campaign("needs-one", "one", 5);
  auto files = rules();
  std::erase_if(files, [](const PolicyFile& file) { return file.name == "scripts/one.lua"; });
  const std::string before = house.ledger->policies()->set->revision();
  const Outcome refused = house.activate(files);
  CHECK(CountingHouse::code(refused) == "invalid_policy");
  REQUIRE(refused.activation.errors.size() == 1);
  CHECK(refused.activation.errors.front().message.find("needs-one") != std::string::npos);
  CHECK(house.ledger->policies()->set->revision() == before);
}

}  // namespace scrip::test
