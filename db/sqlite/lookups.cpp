#include "db/sqlite/lookups.h"

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {

Result<CampaignTally> find_tally(Connection& db, std::int64_t campaign) {
  Statement query(db, "SELECT " SCRIP_TALLY_COLUMNS " FROM tally WHERE campaign = ?1");
  auto tally = read_one<CampaignTally>(query.bind(campaign));
  if (!tally) return tally.error();
  return tally->value_or(CampaignTally());
}

Result<Holding> count_holding(Connection& db, const HoldingKey& key) {
  // Left to itself SQLite goes through the whole campaign: it cannot know how few coupons of it one
  // user has.
  Statement query(db, key.subject
                          ? "SELECT count(*), count(*) FILTER (WHERE state = 2) FROM coupon INDEXED BY coupon_by_user "
                            "WHERE user_id = ?1 AND campaign = ?2 AND subject = ?3"
                          : "SELECT count(*), count(*) FILTER (WHERE state = 2) FROM coupon INDEXED BY coupon_by_user "
                            "WHERE user_id = ?1 AND campaign = ?2");
  query.bind(key.user_id, key.campaign, key.subject);
  Holding holding;
  if (query.next()) query.read(holding.issued, holding.redeemed);
  if (auto ended = query.end(); !ended) return ended.error();
  return holding;
}

Result<std::int64_t> find_counter(Connection& db, const CounterKey& key) {
  Statement query(db, "SELECT value FROM counter WHERE campaign = ?1 AND name = ?2");
  query.bind(key.campaign, key.name);
  std::int64_t value = 0;
  if (query.next()) query.read(value);
  if (auto ended = query.end(); !ended) return ended.error();
  return value;
}

Result<std::string> find_attributes(Connection& db, const std::string& user_id) {
  Statement query(db, "SELECT attributes FROM user_attributes WHERE user_id = ?1");
  query.bind(user_id);
  std::string attributes = "{}";
  if (query.next()) query.read(attributes);
  if (auto ended = query.end(); !ended) return ended.error();
  return attributes;
}

Result<std::optional<Coupon>> find_coupon(Connection& db, CouponKey key) {
  Statement query(db, "SELECT " SCRIP_COUPON_COLUMNS " FROM coupon WHERE campaign = ?1 AND serial = ?2");
  return read_one<Coupon>(query.bind(key.campaign, key.serial));
}

Result<std::optional<Coupon>> find_imported(Connection& db, std::string_view normalized) {
  Statement query(db, "SELECT " SCRIP_COUPON_COLUMNS " FROM coupon WHERE imported_key = ?1");
  return read_one<Coupon>(query.bind(normalized));
}

Result<std::optional<User>> find_user(Connection& db, const std::string& login) {
  Statement query(db, "SELECT " SCRIP_ACCOUNT_COLUMNS " FROM account WHERE login = ?1");
  return read_one<User>(query.bind(login));
}

Result<std::optional<IdempotencyRecord>> find_answer(Connection& db, const IdempotencyKey& key) {
  Statement query(db, "SELECT fingerprint, status, body, created_at FROM idempotency WHERE owner = ?1 AND key = ?2");
  query.bind(key.owner, key.key);
  std::optional<IdempotencyRecord> record;
  if (query.next()) {
    record.emplace().key = key;
    query.read(record->fingerprint, record->status, record->body, record->created_at);
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return record;
}

}  // namespace scrip::sqlite
