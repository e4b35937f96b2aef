#include "db/postgres/verify_holds.h"

#include <limits>
#include <map>
#include <optional>
#include <string>

#include "db/postgres/lookups.h"
#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr int holds_at_once = 10'000;
constexpr std::int64_t in_force = 0;
constexpr std::int64_t redeemed = 1;

// Null: it makes sense.
const char* objection_to(std::int64_t state, std::optional<std::int64_t> of_coupon, bool same_holder) {
  if (!of_coupon) return "nobody was given the coupon";
  if (state == in_force && *of_coupon != static_cast<std::int64_t>(CouponState::issued)) {
    return "the coupon is not issued";
  }
  if (state == redeemed && *of_coupon != static_cast<std::int64_t>(CouponState::redeemed)) {
    return "the coupon is not redeemed";
  }
  return same_holder ? nullptr : "it says another holder than the coupon";
}

}  // namespace

Result<void> verify_holds(Connection& db, const Definition& known, Findings& findings) {
  std::map<std::int64_t, std::int64_t> counted;
  for (CouponKey key{0, std::numeric_limits<std::int64_t>::max()};;) {
    auto rows = query(db,
                      "SELECT h.campaign_id, h.serial, h.state, c.state, h.user_id IS NOT DISTINCT FROM c.user_id"
                      " AND h.subject IS NOT DISTINCT FROM c.subject FROM"
                      " (SELECT campaign_id, serial, state, user_id, subject FROM hold"
                      " WHERE (campaign_id, serial) > ($1, $2) ORDER BY campaign_id, serial LIMIT $3) AS h"
                      " LEFT JOIN coupon c ON c.campaign_id = h.campaign_id AND c.serial = h.serial ORDER BY 1, 2",
                      std::move(Params().add(key.campaign).add(key.serial).add(holds_at_once)));
    if (!rows) return rows.error();
    for (int row = 0; row < rows->size(); ++row) {
      std::int64_t state = 0;
      std::optional<std::int64_t> of_coupon;
      bool same_holder = false;
      rows->read(row, key.campaign, key.serial, state, of_coupon, same_holder);
      if (state == in_force) ++counted[key.campaign];
      if (const char* objection = objection_to(state, of_coupon, same_holder)) {
        findings.add(
            "hold of coupon " + std::to_string(key.serial) + " of " + known.name(key.campaign) + ": " + objection, 1,
            0);
      }
    }
    if (rows->size() < holds_at_once) break;
  }
  const auto tallies = list_tallies(db);
  if (!tallies) return tallies.error();
  for (const auto& [campaign, tally] : *tallies) {
    findings.compare(known.name(campaign) + ": held", tally.held, counted[campaign]);
    counted.erase(campaign);
  }
  for (const auto& [campaign, held] : counted) findings.compare(known.name(campaign) + ": held", 0, held);
  return {};
}

}  // namespace scrip::postgres
