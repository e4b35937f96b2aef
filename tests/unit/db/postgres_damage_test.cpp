// What verify finds in a PostgreSQL database that somebody has changed by hand.
#include <algorithm>
#include <catch2/catch.hpp>

#include "engines.h"

using namespace scrip;

namespace {

// Each kind of coupon there is.
void fill(Store& store) {
  Changes changes;
  changes.revision = {.number = 1, .revision = "r1"};
  changes.active_revision = 1;
  for (std::int64_t serial = 0; serial < 10; ++serial) {
    Coupon coupon = issued_coupon(1, serial, "user " + std::to_string(serial % 4));
    coupon.decision = serial + 1;
    coupon.subject = "work:" + std::to_string(serial % 2);
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
  for (const std::int64_t serial : {-1, -2, -3}) {
    add_new(changes, imported_coupon(2, serial, "Code " + std::to_string(-serial)));
    changes.tallies[2].pooled += 1;
  }
  changes.holds[{1, 9}] = Hold{.coupon = {1, 9},
                               .key = "h",
                               .held_at = noon,
                               .expires_at = noon + hour,
                               .user_id = "user 1",
                               .subject = "work:1"};
  changes.tallies[1].held = 1;
  changes.counters[{1, "window"}] = 4;
  changes.refusals = {{.minute = noon, .campaign = 1, .hook = "issue", .code = "sold_out", .count = 1}};
  store_changes(store, changes);
}

std::vector<std::string> verified(Store& store) {
  std::vector<std::string> texts;
  for (const Drift& drift : value_of(store.verify({}, {}, {}))) {
    texts.push_back(drift.what + ": " + std::to_string(drift.stored) + " " + std::to_string(drift.counted));
  }
  return texts;
}

struct Row {
  const char* damage;
  std::string found;  // what has to be among the differences
};

const std::vector<Row>& damages() {
  static const std::vector<Row> table{
      // What is kept beside the coupons
      {"UPDATE stock SET issued = issued + 1 WHERE campaign_id = 1", "campaign c1: issued: 11 10"},
      {"UPDATE stock SET redeemed = redeemed + 1 WHERE campaign_id = 1", "campaign c1: redeemed: 4 3"},
      {"UPDATE stock SET pooled = pooled + 6 WHERE campaign_id = 2", "campaign c2: pooled: 9 3"},
      {"DELETE FROM stock WHERE campaign_id = 1", "campaign c1: issued: 0 10"},
      {"UPDATE stock SET held = held + 1 WHERE campaign_id = 1", "campaign c1: held: 2 1"},
      {"DELETE FROM hold", "campaign c1: held: 1 0"},
      {"DELETE FROM hold", "campaign c1: user user 1: redeemed: 2 1"},
      {"UPDATE hold SET serial = 20", "hold of coupon 20 of campaign c1: nobody was given the coupon: 1 0"},
      {"UPDATE hold SET serial = 0", "hold of coupon 0 of campaign c1: the coupon is not issued: 1 0"},
      {"UPDATE hold SET state = 1", "hold of coupon 9 of campaign c1: the coupon is not redeemed: 1 0"},
      {"UPDATE hold SET user_id = 'thief'",
       "hold of coupon 9 of campaign c1: it says another holder than the coupon: 1 0"},
      {"INSERT INTO stock VALUES (9, 0, 0, 0, 0, 0, false)", "tally of an unknown campaign number 9: 9 0"},
      {"UPDATE holding SET issued = 7 WHERE user_id = 'user 1' AND subject = ''",
       "campaign c1: user user 1: issued: 7 3"},
      {"UPDATE holding SET redeemed = 7 WHERE user_id = 'user 1' AND subject = 'work:1'",
       "campaign c1: user user 1 for work:1: redeemed: 7 2"},
      {"DELETE FROM holding WHERE user_id = 'user 1' AND subject = ''",
       "campaign c1: coupons of users that a holding counts: 7 10"},
      {"DELETE FROM holding WHERE user_id = 'user 1' AND subject = 'work:1'",
       "campaign c1: coupons for subjects that a holding counts: 7 10"},
      {"INSERT INTO holding VALUES (1, 'thief', '', 1, 0)", "campaign c1: user thief: issued: 1 0"},
      {"DELETE FROM imported_code WHERE serial = -1", "coupon -1 of campaign c2 is not found by its imported code"},
      {"INSERT INTO imported_code VALUES ('M0RE', 2, -1)", "imported codes: 4 3"},
      // Leases
      {"DELETE FROM lease; UPDATE frontier SET next_serial = 12 WHERE campaign_id = 1",
       "campaign c1: coupons passed over, never to be issued: 2 0"},
      {"DELETE FROM lease; UPDATE frontier SET next_serial = 1000000000 WHERE campaign_id = 1",
       "campaign c1: next_serial is beyond its codes: 1000000000 1000"},
      {"DELETE FROM lease; INSERT INTO lease VALUES (1, 500, 510, 511, 0); UPDATE frontier SET next_serial = 510",
       "lease from 500 of campaign c1 is given beyond its end: 511 510"},
      {"DELETE FROM lease; INSERT INTO lease VALUES (1, 100, 110, 100, 0), (1, 105, 120, 105, 0);"
       " UPDATE frontier SET next_serial = 120",
       "lease from 105 of campaign c1 overlaps another: 105 120"},
      {"DELETE FROM lease; INSERT INTO lease VALUES (1, 100, 110, 100, 0); UPDATE frontier SET next_serial = 105",
       "lease from 100 of campaign c1 reaches beyond what was leased: 100 110"},
      {"UPDATE campaign SET total = 5 WHERE campaign_id = 1", "campaign c1: issued beyond its total: 10 5"},
      {"DELETE FROM lease; INSERT INTO lease VALUES (1, 10, 900, 10, 0); UPDATE campaign SET total = 20;"
       " UPDATE frontier SET next_serial = 900 WHERE campaign_id = 1",
       "campaign c1: issued and leased beyond its total: 900 20"},
      // Rows that are gone or make no sense
      {"DELETE FROM coupon WHERE campaign_id = 1 AND serial = 5", "campaign c1: issued: 10 9"},
      {"DELETE FROM coupon WHERE campaign_id = 1 AND serial = 5",
       "campaign c1: coupons passed over, never to be issued: 1 0"},
      {"UPDATE coupon SET campaign_id = 7 WHERE campaign_id = 1 AND serial = 9",
       "coupons of an unknown campaign number 7: 1 0"},
      {"UPDATE coupon SET serial = 5000 WHERE campaign_id = 1 AND serial = 9",
       "coupon 5000 of campaign c1: no batch has such a code: 5000 1000"},
      {"UPDATE coupon SET state = 0 WHERE campaign_id = 1 AND serial = 4",
       "coupon 4 of campaign c1 has a row though nobody was given it: 0 0"},
      {"UPDATE coupon SET issued_at = 0 WHERE campaign_id = 1 AND serial = 4",
       "coupon 4 of campaign c1 was given to somebody at no time: 1 0"},
      {"UPDATE coupon SET redeemed_at = NULL WHERE campaign_id = 1 AND serial = 0",
       "coupon 0 of campaign c1 was redeemed at no time: 2 0"},
      {"UPDATE coupon SET discount_currency = NULL WHERE campaign_id = 1 AND serial = 0",
       "coupon 0 of campaign c1 has half a discount: 2 0"},
      {"UPDATE coupon SET decision = 11 WHERE campaign_id = 1 AND serial = 4",
       "coupon 4 of campaign c1 was changed by a decision that does not exist: 1 0"},
      {"UPDATE coupon SET imported_code = NULL WHERE campaign_id = 2 AND serial = -1",
       "coupon -1 of campaign c2 is imported and has no code: 0 0"},
      {"UPDATE coupon SET user_id = 'thief' WHERE campaign_id = 1 AND serial = 4",
       "campaign c1: user user 0: issued: "},
      {"UPDATE counter SET campaign_id = 8", "counter window of an unknown campaign number 8: 4 0"},
      {"UPDATE decision SET campaign_id = 8 WHERE id = 3", "decision 3 of an unknown campaign number 8: 8 0"},
      {"UPDATE decision SET revision = 8 WHERE id = 3", "decision 3 of an unknown policy revision: 8 0"},
      {"UPDATE decision SET id = 4, campaign_id = 2 WHERE id = 3", "decision 4 is there twice: 2 1"},
      {"UPDATE setting SET value = 3 WHERE name = 'active_revision'", "the active policy revision does not exist: 3 0"},
      {"UPDATE refusal_count SET count = 0", "of campaign c1 are none: 0 1"},
      // Definitions
      {"UPDATE code_batch SET count = 0 WHERE id = 2", "code batch 2 is empty: 2 0"},
      {"UPDATE code_batch SET first_index = 999 WHERE id = 2",
       "code batch 2 does not begin where the format's last ended: 2 0"},
      {"UPDATE campaign SET status = 'open' WHERE campaign_id = 1", "\"open\" is no campaign status"},
  };
  return table;
}

const std::vector<Row>& damages_of_the_schema() {
  static const std::vector<Row> table{
      {"DROP INDEX coupon_pooled", "schema: index coupon_pooled is missing: 0 1"},
      {"DROP TABLE import_error", "schema: table import_error is missing: 0 1"},
      {"CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
       " CREATE TRIGGER lost BEFORE INSERT ON coupon FOR EACH ROW EXECUTE FUNCTION lose()",
       "schema: trigger lost is not Scrip's: 1 0"},
  };
  return table;
}

// All rows as they are now; a database of its own for each kind of damage would take a second.
class Backup {
 public:
  explicit Backup(const Postgres& engine) : raw_(engine.url()) {
    tables_ = raw_.column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    raw_.execute("CREATE SCHEMA backup");
    for (const std::string& table : tables_) raw_.execute("CREATE TABLE backup." + table + " AS TABLE " + table);
  }

  void restore() {
    std::string sql = "BEGIN;";
    for (const std::string& table : tables_) {
      sql += "DELETE FROM " + table + "; INSERT INTO " + table + " SELECT * FROM backup." + table + ";";
    }
    raw_.execute(sql + "COMMIT");
  }

 private:
  postgres_test::RawPostgres raw_;
  std::vector<std::string> tables_;
};

void check(Store& store, const Row& row) {
  const auto found = verified(store);
  CAPTURE(row.damage, found);
  CHECK(std::any_of(found.begin(), found.end(),
                    [&](const std::string& text) { return text.find(row.found) != std::string::npos; }));
}

}  // namespace

TEST_CASE("verify finds each kind of damage to the rows of a PostgreSQL database") {
  const Postgres engine;
  const auto store = open_shop(engine);
  fill(*store);
  REQUIRE(verified(*store) == std::vector<std::string>());
  Backup backup(engine);
  for (const Row& row : damages()) {
    engine.execute(row.damage);
    check(*store, row);
    backup.restore();
  }
  CHECK(verified(*store) == std::vector<std::string>());
}

TEST_CASE("verify finds each kind of damage to the schema of a PostgreSQL database") {
  for (const Row& row : damages_of_the_schema()) {
    const Postgres engine;
    const auto store = open_shop(engine);
    engine.execute(row.damage);
    check(*store, row);
  }
}
