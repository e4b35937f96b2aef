#include "db/sqlite/verify_coupons.h"

#include <limits>
#include <optional>
#include <string>

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

constexpr std::int64_t available = 0;

// Serials from next_serial on are still to be given.
StoredStock stock_of(const CampaignTally& tally) {
  return {.issued = tally.issued,
          .redeemed = tally.redeemed,
          .pooled = tally.pooled,
          .by_hand = tally.by_hand,
          .open = {{tally.next_serial, std::numeric_limits<std::int64_t>::max()}}};
}

void expect_postings(const StoredCoupon& row, std::int64_t first_decision, PostingSums& sums) {
  const auto [campaign, serial] = row.key;
  if (row.decision >= first_decision) {
    if (row.user_id) sums.spare(Index::decided_for, {sums.hash().of_user(*row.user_id), 0, row.decision});
    sums.spare(Index::decided_on, {sums.hash().of_coupon(campaign, serial), 0, row.decision});
  }
  if (row.imported_key) sums.expect(Index::imported, {sums.hash().of_code(*row.imported_key), campaign, serial});
  if (row.state == available) return;
  if (row.user_id) sums.expect(Index::holder, {sums.hash().of_user(*row.user_id), campaign, serial});
  if (row.expires_at) sums.expect(Index::expiry, {sortable(*row.expires_at), campaign, serial});
}

}  // namespace

Result<void> verify_coupons(Connection& db, const Definition& known, const Tallies& stored, DecisionRange decisions,
                            const CodeIsImported& imported, const std::function<void()>& row_done, PostingSums& sums,
                            Findings& findings) {
  Tallies unseen = stored;
  std::optional<CampaignCount> count;
  std::int64_t campaign = 0;
  const auto begin = [&](std::int64_t number) {
    if (count) count->finish();
    campaign = number;
    const auto tally = stored.find(number);
    count.emplace(number, known, stock_of(tally == stored.end() ? CampaignTally() : tally->second), imported, findings);
    unseen.erase(number);
  };

  Statement query(db,
                  "SELECT id, state, user_id, issued_at, expires_at, redeemed_at,"
                  " discount_amount IS NOT NULL, discount_currency IS NOT NULL, decision, imported_code,"
                  " imported_key FROM coupon ORDER BY id");
  StoredCoupon row;
  std::int64_t id = 0;
  while (query.next()) {
    query.read(id, row.state, row.user_id, row.issued_at, row.expires_at, row.redeemed_at, row.has_amount,
               row.has_currency, row.decision, row.imported_code, row.imported_key);
    row.key = coupon_key(id);
    if (!count || row.key.campaign != campaign) begin(row.key.campaign);
    if (const char* objection = objection_to(row, decisions.last)) {
      findings.add("coupon " + std::to_string(row.key.serial) + " of " + known.name(campaign) + " " + objection,
                   row.state, 0);
    }
    count->add(row);
    expect_postings(row, decisions.first, sums);
    row_done();
  }
  if (auto ended = query.end(); !ended) return ended;
  for (const auto& [number, tally] : Tallies(unseen)) begin(number);
  if (count) count->finish();
  return {};
}

}  // namespace scrip::sqlite
