#include "db/postgres/coupon_lists.h"

#include <algorithm>
#include <limits>

#include "db/postgres/columns.h"
#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();

Result<std::vector<Coupon>> list(Connection& db, const char* sql, Params params) {
  auto rows = query(db, sql, std::move(params));
  if (!rows) return rows.error();
  return read_all<Coupon>(*rows);
}

}  // namespace

Result<std::vector<Coupon>> list_coupons(Connection& db, std::int64_t campaign, std::int64_t from, int limit) {
  return list(db,
              "SELECT " SCRIP_PG_COUPON " FROM coupon WHERE campaign_id = $1 AND serial >= $2 ORDER BY serial LIMIT $3",
              std::move(Params().add(campaign).add(from).add(std::max(limit, 0))));
}

Result<std::vector<Coupon>> list_imported_coupons(Connection& db, std::int64_t campaign, std::int64_t before,
                                                  int limit) {
  return list(
      db, "SELECT " SCRIP_PG_COUPON " FROM coupon WHERE campaign_id = $1 AND serial < $2 ORDER BY serial DESC LIMIT $3",
      std::move(Params().add(campaign).add(std::min<std::int64_t>(before, 0)).add(std::max(limit, 0))));
}

Result<std::vector<Coupon>> list_coupons_of(Connection& db, const std::string& user_id,
                                            const std::optional<Reader::ByExpiry>& after, int limit) {
  if (!after) {
    return list(db,
                "SELECT " SCRIP_PG_COUPON
                " FROM coupon WHERE user_id = $1 ORDER BY expires_at DESC, campaign_id, serial LIMIT $2",
                std::move(Params().add(user_id).add(std::max(limit, 0))));
  }
  // Expiries go down and keys go up, so no comparison of rows says where the next page begins: what else
  // expires at the same instant, and what expires earlier, are read from two places of the index.
  return list(db,
              "SELECT " SCRIP_PG_COUPON
              " FROM ((SELECT * FROM coupon WHERE user_id = $1 AND expires_at = $2"
              " AND (campaign_id, serial) > ($3, $4) ORDER BY campaign_id, serial LIMIT $5)"
              " UNION ALL (SELECT * FROM coupon WHERE user_id = $1 AND expires_at < $2"
              " ORDER BY expires_at DESC, campaign_id, serial LIMIT $5)) AS page"
              " ORDER BY expires_at DESC, campaign_id, serial LIMIT $5",
              std::move(Params()
                            .add(user_id)
                            .add(after->expires_at)
                            .add(after->key.campaign)
                            .add(after->key.serial)
                            .add(std::max(limit, 0))));
}

Result<std::vector<Coupon>> list_expiring(Connection& db, Micros first, Micros last,
                                          const std::optional<Reader::ByExpiry>& after, int limit) {
  Reader::ByExpiry start{.expires_at = first, .key = {lowest, lowest}};
  if (after && after->expires_at >= first) start = *after;
  return list(db,
              "SELECT " SCRIP_PG_COUPON
              " FROM coupon WHERE state = 1 AND (expires_at, campaign_id, serial) > ($1, $2, $3) AND expires_at < $4"
              " ORDER BY expires_at, campaign_id, serial LIMIT $5",
              std::move(Params()
                            .add(start.expires_at)
                            .add(start.key.campaign)
                            .add(start.key.serial)
                            .add(std::min(last, never))
                            .add(std::max(limit, 0))));
}

}  // namespace scrip::postgres
