#include "db/postgres/lookups.h"

#include <algorithm>

#include "db/postgres/columns.h"
#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

// Of the campaigns of `stock`, one row each.
#define SCRIP_PG_TALLY                                                              \
  "SELECT campaign_id, CAST(sum(issued) AS bigint), CAST(sum(computed) AS bigint)," \
  " CAST(sum(redeemed) AS bigint), CAST(sum(pooled) AS bigint),"                    \
  " CAST(sum(held) AS bigint),"                                                     \
  " (SELECT min(l.next_serial) FROM lease l WHERE l.campaign_id = s.campaign_id"    \
  " AND l.next_serial < l.end_serial),"                                             \
  " (SELECT f.next_serial FROM frontier f WHERE f.campaign_id = s.campaign_id) FROM stock s"

std::vector<std::pair<std::int64_t, CampaignTally>> read_tallies(Rows& rows) {
  std::vector<std::pair<std::int64_t, CampaignTally>> tallies(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    auto& [campaign, tally] = tallies[static_cast<std::size_t>(row)];
    std::int64_t computed = 0;
    std::optional<std::int64_t> leased;
    std::int64_t frontier = 0;
    rows.read(row, campaign, tally.issued, computed, tally.redeemed, tally.pooled, tally.held, leased, frontier);
    tally.next_serial = std::min(leased.value_or(frontier), frontier);
    tally.by_hand = std::max<std::int64_t>(computed - tally.next_serial, 0);
  }
  return tallies;
}

template <class Row>
Result<std::optional<Row>> find(Connection& db, const char* sql, Params params) {
  auto rows = query(db, sql, std::move(params));
  if (!rows) return rows.error();
  return read_one<Row>(*rows);
}

}  // namespace

Result<CampaignTally> find_tally(Connection& db, std::int64_t campaign) {
  auto rows =
      query(db, SCRIP_PG_TALLY " WHERE campaign_id = $1 GROUP BY campaign_id", std::move(Params().add(campaign)));
  if (!rows) return rows.error();
  const auto tallies = read_tallies(*rows);
  return tallies.empty() ? CampaignTally() : tallies.front().second;
}

Result<std::vector<std::pair<std::int64_t, CampaignTally>>> list_tallies(Connection& db) {
  auto rows = query(db, SCRIP_PG_TALLY " GROUP BY campaign_id ORDER BY campaign_id");
  if (!rows) return rows.error();
  auto tallies = read_tallies(*rows);
  // A node makes its row when it first looks at a campaign.
  std::erase_if(tallies, [](const auto& it) { return it.second == CampaignTally(); });
  return tallies;
}

Result<Holding> find_holding(Connection& db, const HoldingKey& key) {
  auto rows = query(db, "SELECT issued, redeemed FROM holding WHERE campaign_id = $1 AND user_id = $2 AND subject = $3",
                    std::move(Params().add(key.campaign).add(key.user_id).add(key.subject.value_or(""))));
  if (!rows) return rows.error();
  Holding holding;
  if (rows->size() > 0) rows->read(0, holding.issued, holding.redeemed);
  return holding;
}

Result<std::int64_t> find_counter(Connection& db, const CounterKey& key) {
  auto rows = query(db, "SELECT value FROM counter WHERE campaign_id = $1 AND name = $2",
                    std::move(Params().add(key.campaign).add(key.name)));
  if (!rows) return rows.error();
  return rows->integer().value_or(0);
}

Result<std::string> find_attributes(Connection& db, const std::string& user_id) {
  auto rows = query(db, "SELECT attributes FROM user_attributes WHERE user_id = $1", std::move(Params().add(user_id)));
  if (!rows) return rows.error();
  std::string attributes = "{}";
  if (rows->size() > 0) rows->read(0, attributes);
  return attributes;
}

Result<std::optional<Coupon>> find_coupon(Connection& db, CouponKey key) {
  return find<Coupon>(db, "SELECT " SCRIP_PG_COUPON " FROM coupon WHERE campaign_id = $1 AND serial = $2",
                      std::move(Params().add(key.campaign).add(key.serial)));
}

Result<std::optional<Coupon>> find_imported(Connection& db, std::string_view normalized) {
  return find<Coupon>(db,
                      "SELECT " SCRIP_PG_COUPON
                      " FROM coupon WHERE (campaign_id, serial) ="
                      " (SELECT i.campaign_id, i.serial FROM imported_code i WHERE i.code = $1)",
                      std::move(Params().add(normalized)));
}

Result<std::optional<Campaign>> find_campaign_version(Connection& db, std::int64_t number, std::int64_t version) {
  return find<Campaign>(db,
                        "SELECT " SCRIP_PG_CAMPAIGN " FROM campaign_version WHERE campaign_id = $1 AND version = $2",
                        std::move(Params().add(number).add(version)));
}

Result<std::optional<User>> find_user(Connection& db, const std::string& login) {
  return find<User>(db, "SELECT " SCRIP_PG_ACCOUNT " FROM account WHERE login = $1", std::move(Params().add(login)));
}

Result<std::optional<Work>> find_work(Connection& db, std::int64_t id) {
  return find<Work>(db, "SELECT " SCRIP_PG_WORK " FROM work WHERE id = $1", std::move(Params().add(id)));
}

Result<std::optional<ImportJob>> find_import(Connection& db, const std::string& id) {
  return find<ImportJob>(db, "SELECT " SCRIP_PG_IMPORT " FROM import_job WHERE id = $1", std::move(Params().add(id)));
}

Result<std::vector<std::string>> find_marks(Connection& db, const Wanted::Reminder& reminder) {
  const auto [campaign, serial] = reminder.coupon;
  auto rows = query(db,
                    "SELECT mark FROM reminder WHERE campaign_id = $1 AND serial = $2 AND expires_at = $3"
                    " ORDER BY mark",
                    std::move(Params().add(campaign).add(serial).add(reminder.expires_at)));
  if (!rows) return rows.error();
  std::vector<std::string> marks(static_cast<std::size_t>(rows->size()));
  for (int row = 0; row < rows->size(); ++row) rows->read(row, marks[static_cast<std::size_t>(row)]);
  return marks;
}

}  // namespace scrip::postgres
