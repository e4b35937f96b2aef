#include "db/sqlite/listings.h"

#include <limits>

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

}  // namespace

Result<std::vector<Coupon>> list_coupons(Connection& db, std::int64_t campaign, std::int64_t from, int limit) {
  Statement query(
      db, "SELECT " SCRIP_COUPON_COLUMNS " FROM coupon WHERE campaign = ?1 AND serial >= ?2 ORDER BY serial LIMIT ?3");
  return read_all<Coupon>(query.bind(campaign, from, limit));
}

Result<std::vector<Coupon>> list_expiring(Connection& db, Micros first, Micros last,
                                          const std::optional<Reader::ByExpiry>& after, int limit) {
  // One lower bound, so that the index starts at the page and not at `first`.
  Reader::ByExpiry start{.expires_at = first, .key = {lowest, lowest}};
  if (after && after->expires_at >= first) start = *after;
  Statement query(db, "SELECT " SCRIP_COUPON_COLUMNS
                      " FROM coupon WHERE state = 1 AND expires_at IS NOT NULL"
                      " AND (expires_at, campaign, serial) > (?1, ?2, ?3) AND expires_at < ?4"
                      " ORDER BY expires_at, campaign, serial LIMIT ?5");
  return read_all<Coupon>(query.bind(start.expires_at, start.key.campaign, start.key.serial, last, limit));
}

Result<std::vector<DecisionRow>> list_decisions(Connection& db, const Reader::DecisionFilter& filter,
                                                std::int64_t before, int limit) {
  // One statement for the narrowest index each; what else is asked is compared on the way.
  const char* sql = "SELECT " SCRIP_DECISION_COLUMNS " FROM decision WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
  if (filter.coupon) {
    sql = "SELECT " SCRIP_DECISION_COLUMNS
          " FROM decision WHERE campaign = ?5 AND serial = ?6 AND id < ?1"
          " AND (?3 IS NULL OR user_id = ?3) AND (?4 IS NULL OR campaign = ?4) ORDER BY id DESC LIMIT ?2";
  } else if (filter.user_id) {
    sql = "SELECT " SCRIP_DECISION_COLUMNS
          " FROM decision WHERE user_id = ?3 AND id < ?1"
          " AND (?4 IS NULL OR campaign = ?4) ORDER BY id DESC LIMIT ?2";
  } else if (filter.campaign) {
    sql = "SELECT " SCRIP_DECISION_COLUMNS " FROM decision WHERE campaign = ?4 AND id < ?1 ORDER BY id DESC LIMIT ?2";
  }
  std::optional<std::int64_t> campaign;
  std::optional<std::int64_t> serial;
  if (filter.coupon) {
    campaign = filter.coupon->campaign;
    serial = filter.coupon->serial;
  }
  Statement query(db, sql);
  query.bind(before == 0 ? highest : before, limit, filter.user_id, filter.campaign, campaign, serial);
  return read_all<DecisionRow>(query);
}

Result<std::vector<User>> list_users(Connection& db, const std::string& after_login, int limit) {
  Statement query(db, "SELECT " SCRIP_ACCOUNT_COLUMNS " FROM account WHERE login > ?1 ORDER BY login LIMIT ?2");
  return read_all<User>(query.bind(after_login, limit));
}

Result<std::vector<std::pair<std::int64_t, CampaignTally>>> list_tallies(Connection& db) {
  std::vector<std::pair<std::int64_t, CampaignTally>> tallies;
  Statement query(db, "SELECT " SCRIP_TALLY_COLUMNS ", campaign FROM tally ORDER BY campaign");
  while (query.next()) {
    auto& [campaign, tally] = tallies.emplace_back();
    query.read(tally.issued, tally.redeemed, tally.next_serial, tally.by_hand, tally.pooled, campaign);
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return tallies;
}

Result<Definitions> list_definitions(Connection& db) {
  Statement campaigns(db, "SELECT " SCRIP_CAMPAIGN_COLUMNS " FROM campaign ORDER BY number");
  auto campaign_rows = read_all<Campaign>(campaigns);
  if (!campaign_rows) return campaign_rows.error();
  Statement formats(db, "SELECT " SCRIP_FORMAT_COLUMNS " FROM code_format ORDER BY id");
  auto format_rows = read_all<FormatRow>(formats);
  if (!format_rows) return format_rows.error();
  Statement batches(db, "SELECT " SCRIP_BATCH_COLUMNS " FROM code_batch ORDER BY id");
  auto batch_rows = read_all<CodeBatch>(batches);
  if (!batch_rows) return batch_rows.error();
  return Definitions{
      .campaigns = std::move(*campaign_rows), .formats = std::move(*format_rows), .batches = std::move(*batch_rows)};
}

}  // namespace scrip::sqlite
