#include "db/sqlite/lookups.h"

#include <algorithm>

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {

Result<CampaignTally> find_tally(Connection& db, std::int64_t campaign) {
  Statement query(db, "SELECT " SCRIP_TALLY_COLUMNS " FROM tally WHERE campaign = ?1");
  auto tally = read_one<CampaignTally>(query.bind(campaign));
  if (!tally) return tally.error();
  return tally->value_or(CampaignTally());
}

Result<Holding> count_holding(Connection& db, const std::vector<Posting>& postings, const HoldingKey& key) {
  Holding holding;
  for (const Posting& posting : postings) {
    if (posting.first != key.campaign) continue;
    Statement query(db, "SELECT user_id, subject, state FROM coupon WHERE id = ?1");
    query.bind(coupon_id({posting.first, posting.second}));
    std::string_view user;
    std::optional<std::string> subject;
    std::int64_t state = 0;
    if (query.next()) {
      query.read(user, subject, state);
      if (user == key.user_id && (!key.subject || key.subject == subject)) {
        ++holding.issued;
        if (state == static_cast<std::int64_t>(CouponState::redeemed)) ++holding.redeemed;
      }
    }
    if (auto ended = query.end(); !ended) return ended.error();
  }
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
  Statement query(db, "SELECT " SCRIP_COUPON_COLUMNS " FROM coupon WHERE id = ?1");
  return read_one<Coupon>(query.bind(coupon_id(key)));
}

Result<std::optional<Coupon>> find_imported(Connection& db, const std::vector<Posting>& postings,
                                            std::string_view normalized) {
  for (const Posting& posting : postings) {
    Statement query(db, "SELECT " SCRIP_COUPON_COLUMNS " FROM coupon WHERE id = ?1 AND imported_key = ?2");
    auto coupon = read_one<Coupon>(query.bind(coupon_id({posting.first, posting.second}), normalized));
    if (!coupon || *coupon) return coupon;
  }
  return std::optional<Coupon>();
}

Result<std::int64_t> find_lowest_serial(Connection& db, std::int64_t campaign) {
  Statement query(db, "SELECT id FROM coupon WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1");
  const CouponIds ids(campaign);
  query.bind(ids.first, ids.computed);
  std::int64_t id = ids.computed;
  if (query.next()) query.read(id);
  if (auto ended = query.end(); !ended) return ended.error();
  return coupon_key(id).serial;
}

Result<std::optional<ImportJob>> find_import(Connection& db, const std::string& id) {
  Statement query(db, "SELECT " SCRIP_IMPORT_COLUMNS " FROM import_job WHERE id = ?1");
  return read_one<ImportJob>(query.bind(id));
}

Result<std::optional<User>> find_user(Connection& db, const std::string& login) {
  Statement query(db, "SELECT " SCRIP_ACCOUNT_COLUMNS " FROM account WHERE login = ?1");
  return read_one<User>(query.bind(login));
}

Result<std::optional<Work>> find_work(Connection& db, std::int64_t id) {
  Statement query(db, "SELECT " SCRIP_WORK_COLUMNS " FROM work WHERE id = ?1");
  return read_one<Work>(query.bind(id));
}

Result<std::optional<Campaign>> find_campaign_version(Connection& db, std::int64_t number, std::int64_t version) {
  Statement query(db, "SELECT " SCRIP_CAMPAIGN_COLUMNS " FROM campaign_version WHERE number = ?1 AND version = ?2");
  return read_one<Campaign>(query.bind(number, version));
}

Result<std::optional<IdempotencyRecord>> find_answer(Connection& db, Lookup& lookup, const IdempotencyKey& key) {
  auto postings = lookup.find(Index::answered, lookup.hash().of_answer(key.owner, key.key));
  if (!postings) return postings.error();
  // The newest counts.
  std::sort(postings->begin(), postings->end(), [](const Posting& a, const Posting& b) { return a.second > b.second; });
  for (const Posting& posting : *postings) {
    Statement query(db,
                    "SELECT fingerprint, status, body, created_at FROM idempotency"
                    " WHERE id = ?1 AND owner = ?2 AND key = ?3");
    query.bind(posting.second, key.owner, key.key);
    std::optional<IdempotencyRecord> record;
    if (query.next()) {
      record.emplace().key = key;
      query.read(record->fingerprint, record->status, record->body, record->created_at);
    }
    if (auto ended = query.end(); !ended) return ended.error();
    if (record) return record;
  }
  return std::optional<IdempotencyRecord>();
}

}  // namespace scrip::sqlite
