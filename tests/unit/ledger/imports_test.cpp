#include "counting_house.h"

namespace scrip::test {
namespace {

ImportRow row(std::int64_t line, const std::string& code, const std::string& user = "") {
  ImportRow made{.line = line, .code = code, .normalized = normalize_code(code)};
  if (!user.empty()) {
    made.user_id = user;
    made.state = CouponState::issued;
  }
  return made;
}

ImportJob start(CountingHouse& house, std::int64_t campaign, const std::string& id = "a") {
  const Outcome outcome = house.run(StartImport{.campaign = campaign, .id = id, .bytes_total = std::nullopt});
  REQUIRE(!outcome.error);
  return outcome.import;
}

CouponRef typed(const std::string& code) {
  CouponRef ref;
  ref.imported = normalize_code(code);
  return ref;
}

}  // namespace

TEST_CASE("an import counts its rows in the commit that stores them") {
  CountingHouse house;
  const std::int64_t campaign = house.campaign("c", "free", 10);
  start(house, campaign);
  const Outcome outcome = house.run(ImportCoupons{.job = "a",
                                                  .rows = {row(2, "A"), row(4, "a"), row(5, "B", "mina")},
                                                  .rejected = {{3, "bad"}, {6, "worse"}},
                                                  .bytes_read = 40});
  REQUIRE(!outcome.error);
  const auto reader = std::move(*house.store->reader());
  const auto job = reader->import_job("a");
  REQUIRE((job && *job));
  CHECK((*job)->rows == 5);
  CHECK((*job)->imported == 2);
  CHECK((*job)->rejected == 3);
  CHECK((*job)->bytes_read == 40);
  std::vector<std::int64_t> lines;
  const auto errors = reader->import_errors((*job)->number);
  REQUIRE(errors.ok());
  for (const ImportError& error : *errors) lines.push_back(error.line);
  CHECK(lines == std::vector<std::int64_t>{3, 4, 6});
  const CampaignTally tally = house.tally(campaign);
  CHECK(tally.pooled == 1);
  CHECK(tally.issued == 1);
  CHECK(house.ledger->catalog()->campaign(campaign)->total == 12);
  house.check_books();
}

TEST_CASE("a commit that fails leaves nothing of its rows, and the codes free") {
  CountingHouse house;
  const std::int64_t campaign = house.campaign("c", "free", 10);
  start(house, campaign);
  house.store->fail(FaultStore::Step::commit);
  CHECK(CountingHouse::code(house.run(ImportCoupons{.job = "a", .rows = {row(2, "A")}})) == "storage_unavailable");
  CHECK(house.ledger->catalog()->campaign(campaign)->total == 10);
  CHECK_FALSE(house.ledger->catalog()->has_imports());
  const Outcome again = house.run(ImportCoupons{.job = "a", .rows = {row(2, "A")}});
  REQUIRE(!again.error);
  CHECK(again.import.imported == 1);
  house.check_books();
}

TEST_CASE("a job has one life at a time") {
  CountingHouse house;
  const std::int64_t campaign = house.campaign("c", "free", 10);
  CHECK(CountingHouse::code(house.run(ImportCoupons{.job = "a", .rows = {row(2, "A")}})) == "import_not_found");
  CHECK(CountingHouse::code(house.run(EndImport{.job = "a"})) == "import_not_found");
  CHECK(CountingHouse::code(house.run(StartImport{.campaign = campaign + 1, .id = "a"})) == "campaign_not_found");
  start(house, campaign);
  CHECK(CountingHouse::code(house.run(StartImport{.campaign = campaign, .id = "a"})) == "request_in_progress");
  REQUIRE(!house.run(ImportCoupons{.job = "a", .rows = {row(2, "A")}, .rejected = {{3, "bad"}}}).error);
  CHECK(house.run(EndImport{.job = "a", .why = "it broke"}).import.state == ImportState::failed);
  CHECK(CountingHouse::code(house.run(ImportCoupons{.job = "a", .rows = {row(2, "B")}})) == "import_not_found");
  // Sent again it begins anew, without what was said of the first.
  const ImportJob again = start(house, campaign);
  CHECK(again.rows == 0);
  const auto reader = std::move(*house.store->reader());
  const auto job = reader->import_job("a");
  REQUIRE((job && *job));
  CHECK(reader->import_errors((*job)->number)->empty());
  CHECK(reader->import_jobs(0, 10)->size() == 1);
}

TEST_CASE("an import and the claims of one batch see each other") {
  CountingHouse house;
  const std::int64_t campaign = house.campaign("c", "one", 0);
  start(house, campaign);
  REQUIRE(!house.run(ImportCoupons{.job = "a", .rows = {row(2, "A"), row(3, "Z", "holder")}}).error);
  std::vector<Submission> together(6);
  together[0].command = Issue{.campaign = campaign, .user_id = "one", .subject = std::nullopt};
  // Nothing is left: what comes next makes room.
  together[1].command = Issue{.campaign = campaign, .user_id = "two", .subject = std::nullopt};
  together[2].command = ImportCoupons{.job = "a", .rows = {row(4, "B"), row(5, "C", "three")}};
  together[3].command = Issue{.campaign = campaign, .user_id = "two", .subject = std::nullopt};
  // Has one since the row before.
  together[4].command = Issue{.campaign = campaign, .user_id = "three", .subject = std::nullopt};
  together[5].command = Redeem{.coupon = typed("z"), .order = std::nullopt};
  for (Submission& submission : together) submission.actor = {.subject = "shop", .role = Role::service};
  run_together(*house.ledger, together);
  CHECK(together[0].outcome.claim.code == "A");
  CHECK(CountingHouse::code(together[1].outcome) == "sold_out");
  CHECK(together[2].outcome.import.imported == 4);
  CHECK(together[3].outcome.claim.code == "B");
  CHECK(CountingHouse::code(together[4].outcome) == "already_issued");
  CHECK(CountingHouse::code(together[5].outcome) == "ok");
  CHECK(house.tally(campaign).pooled == 0);
  house.check_books();
}

TEST_CASE("a code that was imported before it could be computed is given once") {
  CountingHouse house;
  // A million codes of digits: what the second campaign generates, a partner has brought along.
  const std::int64_t digits = house.campaign("digits", "free", 3, "######", Alphabet::digits);
  const std::int64_t partner = house.campaign("partner", "free", 0);
  const CodeBook book = house.ledger->catalog()->book();
  const auto format = book.format("######", Alphabet::digits);
  start(house, partner);
  std::vector<ImportRow> rows;
  for (const std::int64_t index : {2, 3, 5}) rows.push_back(row(index, format->encode(index, "######"), "user"));
  const Outcome imported = house.run(ImportCoupons{.job = "a", .rows = rows});
  REQUIRE(!imported.error);
  CHECK(imported.import.imported == 2);  // the first is the campaign's own
  REQUIRE(!house.run(Generate{.campaign = digits, .count = 4}).error);
  std::vector<std::string> given;
  for (int i = 0; i < 5; ++i) given.push_back(house.issue(digits, "user-" + std::to_string(i)).claim.code);
  std::vector<std::string> expected;
  for (const std::int64_t index : {0, 1, 2, 4, 6}) expected.push_back(format->encode(index, "######"));
  CHECK(given == expected);
  CouponRef ref = typed(rows[1].code);
  ref.computed = house.ledger->catalog()->book().find(ref.imported);
  REQUIRE(ref.computed);
  const Outcome redeemed = house.run(Redeem{.coupon = ref, .order = std::nullopt});
  CHECK(CountingHouse::code(redeemed) == "ok");
  CHECK(redeemed.claim.coupon.key.campaign == partner);
  house.check_books();
}

}  // namespace scrip::test
