#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "engines.h"

using namespace scrip;

namespace {

// Each kind of coupon there is, with tallies that agree.
void fill(Store& store) {
  Changes changes;
  changes.revision = {.number = 1, .revision = "r1"};
  changes.active_revision = 1;
  for (std::int64_t serial = 0; serial < 10; ++serial) {
    Coupon coupon = issued_coupon(1, serial, "user " + std::to_string(serial % 4));
    coupon.decision = serial + 1;
    changes.decisions.push_back(
        {.id = serial + 1, .at = noon, .campaign = 1, .serial = serial, .user_id = coupon.user_id, .revision = 1});
    if (serial < 3) {
      coupon.state = CouponState::redeemed;
      coupon.redeemed_at = noon + 1;
      coupon.discount = Money{5, "KRW"};
      changes.tallies[1].redeemed += 1;
    }
    issue_next(changes, coupon);
  }
  for (const std::int64_t serial : {15, 400}) {
    add_new(changes, issued_coupon(1, serial, "by hand"));
    changes.tallies[1].issued += 1;
    changes.tallies[1].by_hand += 1;
  }
  for (const std::int64_t serial : {-1, -2, -3}) {
    add_new(changes, imported_coupon(2, serial, "Code " + std::to_string(-serial)));
    changes.tallies[2].pooled += 1;
  }
  Coupon given = imported_coupon(2, -4, "Given");
  given.state = CouponState::issued;
  given.issued_at = noon;
  given.user_id = "mina";
  add_new(changes, given);
  changes.tallies[2].issued += 1;
  changes.counters[{1, "window"}] = 4;
  changes.counters[{2, "window"}] = 5;
  store_changes(store, changes);
}

std::vector<std::string> describe_drifts(const std::vector<Drift>& drifts) {
  std::vector<std::string> texts;
  for (const Drift& drift : drifts) {
    texts.push_back(drift.what + ": " + std::to_string(drift.stored) + " " + std::to_string(drift.counted));
  }
  return texts;
}

std::vector<std::string> verified(Store& store) {
  return describe_drifts(value_of(store.verify({}, {}, {})));
}

}  // namespace

TEMPLATE_TEST_CASE("verify finds nothing wrong in what the store has written", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  CHECK(verified(*store).empty());
  fill(*store);
  CHECK(verified(*store).empty());
  require_ok(store->checkpoint());
  CHECK(verified(*store).empty());
}

TEMPLATE_TEST_CASE("verify hands over every decision and every counter", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  fill(*store);
  std::vector<std::int64_t> ids;
  std::vector<std::string> counters;
  std::vector<std::pair<std::int64_t, std::int64_t>> progress;
  const auto drifts =
      value_of(store->verify([&](std::int64_t done, std::int64_t total) { progress.emplace_back(done, total); },
                             [&](const DecisionRow& row) { ids.push_back(row.id); },
                             [&](const CounterKey& key, std::int64_t value, std::int64_t) {
                               counters.push_back(std::to_string(key.campaign) + key.name + std::to_string(value));
                             }));
  CHECK(drifts.empty());
  CHECK(ids == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(counters == std::vector<std::string>{"1window4", "2window5"});
  REQUIRE(progress.size() >= 2);
  CHECK(progress.front().first == 0);
  // Of decisions PostgreSQL knows how many there were when it last looked.
  CHECK(progress.front().second == (TestType::is_postgres ? 0 : 10) + 16);
  CHECK(progress.back().first == progress.back().second);
}

TEST_CASE("verify finds each kind of damage") {
  struct Row {
    const char* damage;
    std::string found;  // what has to be among the differences
  };
  const std::vector<Row> table{
      // Tallies
      {"UPDATE tally SET issued = 11 WHERE campaign = 1", "campaign c1: issued: 11 12"},
      {"UPDATE tally SET redeemed = 4 WHERE campaign = 1", "campaign c1: redeemed: 4 3"},
      {"UPDATE tally SET by_hand = 0 WHERE campaign = 1", "campaign c1: by_hand: 0 2"},
      {"UPDATE tally SET pooled = 9 WHERE campaign = 2", "campaign c2: pooled: 9 3"},
      {"UPDATE tally SET next_serial = 8 WHERE campaign = 1", "campaign c1: by_hand: 2 4"},
      {"UPDATE tally SET next_serial = 12 WHERE campaign = 1",
       "campaign c1: coupons passed over, never to be issued: 2 0"},
      {"UPDATE tally SET next_serial = 1000000000 WHERE campaign = 1",
       "campaign c1: next_serial is beyond its codes: 1000000000 1000"},
      {"DELETE FROM tally WHERE campaign = 1", "campaign c1: issued: 0 12"},
      {"INSERT INTO tally VALUES (9, 0, 0, 0, 0, 0, 0)", "tally of an unknown campaign number 9: 9 0"},
      {"UPDATE campaign SET total = 5 WHERE number = 1", "campaign c1: issued beyond its total: 12 5"},
      // Rows that are gone or doubled
      {"DELETE FROM coupon WHERE id = (1 << 43) + (1 << 42) + 5", "campaign c1: issued: 12 11"},
      {"DELETE FROM coupon WHERE id = (1 << 43) + (1 << 42) + 5",
       "campaign c1: coupons passed over, never to be issued: 1 0"},
      {"DELETE FROM coupon", "campaign c1: issued: 12 0"},
      {"INSERT INTO coupon SELECT id + (1 << 43), state, user_id, subject, issued_at, expires_at, decision, "
       "redeemed_at,"
       " discount_amount, discount_currency, order_id, imported_code, imported_key, created_at"
       " FROM coupon WHERE id = (1 << 43) + (1 << 42) + 9",
       "campaign c2: issued: 1 2"},
      // Rows that make no sense
      {"UPDATE coupon SET id = id + (6 << 43) WHERE id = (1 << 43) + (1 << 42) + 9",
       "coupons of an unknown campaign number 7: 1 0"},
      {"UPDATE coupon SET id = id + 4600 WHERE id = (1 << 43) + (1 << 42) + 400",
       "coupon 5000 of campaign c1: no batch has such a code: 5000 1000"},
      {"UPDATE coupon SET state = 3 WHERE id = (1 << 43) + (1 << 42) + 0",
       "coupon 0 of campaign c1 has an unknown state: 3 0"},
      {"UPDATE coupon SET state = 0 WHERE id = (1 << 43) + (1 << 42) + 4",
       "coupon 4 of campaign c1 has a row though nobody was given it: 0 0"},
      {"UPDATE coupon SET state = 0 WHERE id = (2 << 43) + (1 << 42) - 4",
       "coupon -4 of campaign c2 is available and has a holder: 0 0"},
      {"UPDATE coupon SET issued_at = 0 WHERE id = (1 << 43) + (1 << 42) + 4",
       "coupon 4 of campaign c1 was given to somebody at no time: 1 0"},
      {"UPDATE coupon SET redeemed_at = NULL WHERE id = (1 << 43) + (1 << 42) + 0",
       "coupon 0 of campaign c1 was redeemed at no time: 2 0"},
      {"UPDATE coupon SET redeemed_at = 5 WHERE id = (1 << 43) + (1 << 42) + 4",
       "coupon 4 of campaign c1 is not redeemed and says when it was: 1 0"},
      {"UPDATE coupon SET discount_currency = NULL WHERE id = (1 << 43) + (1 << 42) + 0",
       "coupon 0 of campaign c1 has half a discount: 2 0"},
      {"UPDATE coupon SET decision = 11 WHERE id = (1 << 43) + (1 << 42) + 4",
       "coupon 4 of campaign c1 was changed by a decision that does not exist: 1 0"},
      {"UPDATE coupon SET imported_code = 'x' WHERE id = (1 << 43) + (1 << 42) + 4",
       "coupon 4 of campaign c1 is computed and has an imported code: 1 0"},
      {"UPDATE coupon SET imported_code = NULL WHERE id = (2 << 43) + (1 << 42) - 1",
       "coupon -1 of campaign c2 is imported and has no code: 0 0"},
      {"UPDATE coupon SET imported_key = 'code1' WHERE id = (2 << 43) + (1 << 42) - 1",
       "coupon -1 of campaign c2 is not found by its imported code: 0 0"},
      {"UPDATE counter SET campaign = 8 WHERE campaign = 1", "counter window of an unknown campaign number 8: 4 0"},
      {"UPDATE decision_block SET count = count + 1", "the decisions from 1 on are damaged"},
      {"UPDATE decision_block SET decisions = substr(decisions, 1, length(decisions) - 1)",
       "the decisions from 1 on are damaged"},
      {"UPDATE setting SET value = 3 WHERE name = 'active_revision'", "the active policy revision does not exist: 3 0"},
      // The indexes in sorted runs
      {"DELETE FROM posting_recent WHERE id & 7 = 0", "index of coupons by user: entries: 0 "},
      {"UPDATE coupon SET user_id = 'thief' WHERE id = (1 << 43) + (1 << 42) + 4",
       "index of coupons by user: its entries are not those of the rows: 1 0"},
      {"UPDATE coupon SET expires_at = 5 WHERE id = (1 << 43) + (1 << 42) + 4",
       "index of coupons by expiry: entries: "},
      {"UPDATE posting_recent SET postings = x'ff'", "of posting_recent is damaged"},
      // Definitions
      {"UPDATE code_batch SET count = 10 WHERE id = 1",
       "code batch 2 does not begin where the format's last ended: 2 0"},
      {"UPDATE code_batch SET count = 0 WHERE id = 2", "code batch 2 is empty: 2 0"},
      {"UPDATE code_batch SET count = 2000000000000 WHERE id = 2", "code batch 2 is larger than its format: 2 0"},
      {"UPDATE code_batch SET first_index = 999 WHERE id = 2",
       "code batch 2 does not begin where the format's last ended: 2 0"},
      {"UPDATE code_batch SET first_serial = 1 WHERE id = 2",
       "code batch 2 does not begin where the campaign's last ended: 2 0"},
      {"UPDATE code_batch SET campaign = 6 WHERE id = 2", "code batch 2 has an unknown campaign: 2 0"},
      {"UPDATE code_batch SET format = 6 WHERE id = 2", "code batch 2 has an unknown format: 2 0"},
      {"UPDATE campaign SET pattern = '####' WHERE number = 2",
       "campaign c2: its pattern does not fit its code format: 1 0"},
      {"UPDATE code_format SET shape = '##'", "code format 1 makes no sense: 1 0"},
      {"UPDATE campaign SET status = 'open' WHERE number = 1", "\"open\" is no campaign status"},
      // The schema
      {"DROP INDEX coupon_pooled", "schema: index coupon_pooled is missing or changed: 0 1"},
      {"DROP TABLE counter; CREATE TABLE counter (campaign, name, value)",
       "schema: table counter is missing or changed: 0 1"},
      {"CREATE TRIGGER lost AFTER INSERT ON coupon BEGIN DELETE FROM coupon; END",
       "schema: trigger lost is not Scrip's: 1 0"},
  };
  for (const Row& row : table) {
    CAPTURE(row.damage);
    const TestFolder folder;
    const auto store = open_shop(folder.file("a.db"));
    fill(*store);
    RawDatabase(folder.file("a.db")).execute(row.damage);
    const auto found = verified(*store);
    CAPTURE(found);
    CHECK(std::any_of(found.begin(), found.end(),
                      [&](const std::string& text) { return text.find(row.found) != std::string::npos; }));
  }
}

TEMPLATE_TEST_CASE("verify finds decisions on an unknown campaign and of an unknown revision", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  fill(*store);
  Changes changes;
  changes.decisions = {{.id = 11, .at = noon, .campaign = 8}, {.id = 12, .at = noon, .campaign = 1, .revision = 2}};
  store_changes(*store, changes);
  CHECK(verified(*store) == std::vector<std::string>{"decision 11 of an unknown campaign number 8: 8 0",
                                                     "decision 12 of an unknown policy revision: 2 0"});
}

TEST_CASE("verify finds an index that has lost an entry of its table") {
  for (const char* index : {"coupon_pooled"}) {
    CAPTURE(index);
    const TestFolder folder;
    const std::string path = folder.file("a.db");
    {
      const auto store = open_shop(path);
      Changes changes;
      add_new(changes, imported_coupon(1, -1, "CODE-1"));
      changes.tallies[1].pooled = 1;
      store_changes(*store, changes);
    }
    {
      // Hides the index while the row is changed, as a program that knows nothing of it would.
      RawDatabase raw(path);
      raw.allow_schema_edits();
      const std::string entry = " FROM sqlite_schema WHERE name = '" + std::string(index) + "'";
      raw.execute("CREATE TEMP TABLE hidden AS SELECT *" + entry + "; DELETE" + entry);
      raw.execute("ATTACH '" + folder.file("keep.db") + "' AS keep; CREATE TABLE keep.hidden AS SELECT * FROM hidden");
    }
    {
      RawDatabase raw(path);
      raw.execute("UPDATE coupon SET imported_key = 'THIEF', state = 1");
      raw.allow_schema_edits();
      raw.execute("ATTACH '" + folder.file("keep.db") +
                  "' AS keep;"
                  "INSERT INTO main.sqlite_schema SELECT * FROM keep.hidden");
    }
    SqliteOptions unchecked;
    unchecked.check_below_bytes = 0;
    const auto found = verified(*open_store(path, unchecked));
    CAPTURE(found);
    CHECK(std::any_of(found.begin(), found.end(), [&](const std::string& text) {
      return text.starts_with("file: ") && text.find(index) != std::string::npos;
    }));
  }
}

TEMPLATE_TEST_CASE("serials that a batch does not own may be passed over, and are not to be issued", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = engine.open();
  // Two formats for the same texts: every code of six digits also is one of six letters or digits.
  Changes changes;
  changes.formats = {{.id = 1, .shape = "######", .alphabet = Alphabet::digits, .key = {1}},
                     {.id = 2, .shape = "######", .alphabet = Alphabet::alnum, .key = {2}}};
  Campaign digits = sample_campaign(1);
  digits.pattern = "######";
  digits.alphabet = Alphabet::digits;
  Campaign alnum = sample_campaign(2);
  alnum.pattern = "######";
  alnum.alphabet = Alphabet::alnum;
  alnum.format = 2;
  changes.campaigns = {digits, alnum};
  changes.batches = {{.id = 1, .campaign = 1, .format = 1, .count = 1'000'000, .created_at = noon},
                     {.id = 2, .campaign = 2, .format = 2, .count = 50'000, .created_at = noon}};
  store_changes(*store, changes);

  CodeBook book;
  for (const FormatRow& format : changes.formats) {
    book.add(std::make_shared<CodeFormat>(format.id, format.shape, format.alphabet, format.key));
  }
  for (const Campaign& campaign : changes.campaigns) book.set_pattern(campaign.number, campaign.pattern);
  for (const CodeBatch& batch : changes.batches) book.add(batch);
  std::int64_t gap = 0;
  while (book.owns({2, gap})) ++gap;
  REQUIRE(gap < 50'000);

  Changes issued;
  for (std::int64_t serial = 0; serial <= gap + 1; ++serial) {
    if (serial == gap) continue;
    add_new(issued, issued_coupon(2, serial, "mina"));
    issued.tallies[2].issued += 1;
  }
  issued.tallies[2].next_serial = gap + 2;
  Campaign unlimited = alnum;
  unlimited.version = 2;
  unlimited.total.reset();
  issued.campaigns = {unlimited};
  store_changes(*store, issued);
  CHECK(verified(*store).empty());

  Changes wrong;
  add_new(wrong, issued_coupon(2, gap, "mina"));
  wrong.tallies[2].issued += 1;
  store_changes(*store, wrong);
  CHECK(verified(*store) ==
        std::vector<std::string>{"coupon " + std::to_string(gap) +
                                 " of campaign c2: no batch has such a code: " + std::to_string(gap) + " 50000"});
}

TEST_CASE("verify of a database full of nonsense stays readable") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  Changes changes;
  for (std::int64_t serial = 0; serial < 1'500; ++serial) add_new(changes, issued_coupon(9, serial, "mina"));
  store_changes(*store, changes);
  const auto found = verified(*store);
  REQUIRE(found.size() == 1'001);
  CHECK(found.back() == "further differences, not listed: 503 0");
}

TEMPLATE_TEST_CASE("verify sees one moment while the ledger goes on writing", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = engine.open_small();
  store_changes(*store, sample_definitions());
  fill(*store);
  std::atomic<bool> done = false;
  std::vector<std::string> found;
  std::thread verifying([&] {
    do {
      const auto drifts = store->verify({}, {}, {});
      if (!drifts) {
        found.push_back(drifts.error().message);
      } else {
        for (const std::string& text : describe_drifts(*drifts)) found.push_back(text);
      }
    } while (!done);
  });
  for (std::int64_t serial = 0; serial < 150; ++serial) {
    Changes changes;
    issue_next(changes, issued_coupon(2, serial, "user " + std::to_string(serial)));
    store_changes(*store, changes);
    store->idle();
  }
  done = true;
  verifying.join();
  CHECK(found == std::vector<std::string>());
}
