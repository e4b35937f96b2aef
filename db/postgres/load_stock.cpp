#include "db/postgres/load_stock.h"

#include <algorithm>

#include "db/postgres/columns.h"
#include "db/postgres/exchange.h"
#include "db/postgres/load_rows.h"

namespace scrip::postgres {
namespace {

// The serials of a range that have a coupon already, until `free` others are known or the range is over. Returns where
// the search has ended.
Result<std::int64_t> find_taken(Connection& db, std::int64_t campaign, const Loaded::SerialRange& range,
                                std::int64_t& free, std::vector<std::int64_t>& taken) {
  std::int64_t from = range.first;
  for (;;) {
    const std::int64_t limit = std::max<std::int64_t>(free, 0) + 1'000;
    auto rows = query(db,
                      "SELECT serial FROM coupon WHERE campaign_id = $1 AND serial >= $2 AND serial < $3"
                      " ORDER BY serial LIMIT $4",
                      std::move(Params().add(campaign).add(from).add(range.end).add(limit)));
    if (!rows) return rows.error();
    for (int row = 0; row < rows->size(); ++row) {
      std::int64_t serial = 0;
      rows->read(row, serial);
      free -= serial - from;
      from = serial + 1;
      taken.push_back(serial);
    }
    if (rows->size() < limit) {
      free -= range.end - from;
      return range.end;
    }
    if (free <= 0) return from;
  }
}

Result<void> load_taken(Connection& db, std::int64_t campaign, Loaded::InHand& hand) {
  std::int64_t free = hand.wanted + 1;
  for (const Loaded::SerialRange& range : hand.ranges) {
    const auto looked_to = find_taken(db, campaign, range, free, hand.taken);
    if (!looked_to) return looked_to.error();
    hand.taken_below = *looked_to;
    if (*looked_to < range.end) return {};
  }
  hand.taken_below = no_end;
  return {};
}

Result<void> load_pooled(Connection& db, std::int64_t campaign, BatchState& batch, Loaded::InHand& hand) {
  auto rows = query(db,
                    "SELECT " SCRIP_PG_COUPON
                    ", version FROM coupon WHERE state = 0 AND campaign_id = $1 ORDER BY serial DESC LIMIT $2",
                    std::move(Params().add(campaign).add(hand.wanted)));
  if (!rows) return rows.error();
  for (int row = 0; row < rows->size(); ++row) hand.pooled.push_back(read_coupon(*rows, row, batch));
  return rows->end();
}

}  // namespace

Result<void> load_stock(Connection& db, const std::map<std::int64_t, std::int64_t>& wanted, int node, BatchState& batch,
                        Loaded& loaded, Contended& contended) {
  for (const auto& [campaign, count] : wanted) {
    if (loaded.in_hand.contains(campaign)) continue;
    Held& held = batch.held.at(campaign);
    const bool all = held.exact || needs_others(held.stock, node, count);
    Loaded::InHand hand{.ranges = offered(held.stock, node, held.alone, all), .taken_below = no_end, .wanted = count};
    if (held.stock.by_hand) {
      if (auto found = load_taken(db, campaign, hand); !found) return found;
    }
    const auto taken = static_cast<std::int64_t>(hand.taken.size());
    const bool nothing_left = !held.alone && sold_out(held.stock);
    if (!held.alone && !nothing_left && (held.stock.pooled > 0 || left_of(held.stock, node) - taken <= count)) {
      contended.insert(campaign);
      return {Code::storage_conflict, "this node has too few coupons left of a campaign that it shares"};
    }
    // Should the batch find that something is left after all, it has to have the campaign alone.
    if (hand.ranges.empty()) hand.ranges.push_back({.first = held.stock.frontier, .end = held.stock.frontier});
    if (held.stock.pooled > 0 && !nothing_left) {
      if (auto found = load_pooled(db, campaign, batch, hand); !found) return found;
    }
    held.wanted = std::max(held.wanted, count);
    if (held.offered.empty()) held.tally.next_serial = hand.ranges.front().first;
    held.offered = hand.ranges;
    held.taken = hand.taken;
    loaded.in_hand.emplace(campaign, std::move(hand));
  }
  return {};
}

}  // namespace scrip::postgres
