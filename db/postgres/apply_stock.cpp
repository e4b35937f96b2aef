#include <algorithm>

#include "db/postgres/apply.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

// What the batch does to one campaign's stock.
struct Movement {
  CampaignTally by;  // differences; of the serials the coupons tell
  std::vector<std::int64_t> serials;
  std::optional<std::optional<std::int64_t>> total;  // if it is edited
  std::int64_t generated = 0;
  bool edited = false;  // also: codes were generated

  bool empty() const { return by == CampaignTally() && serials.empty() && !edited; }
};

std::map<std::int64_t, Movement> movements_of(const Changes& changes) {
  std::map<std::int64_t, Movement> movements;
  for (const Campaign& campaign : changes.campaigns) {
    Movement& movement = movements[campaign.number];
    movement.total = campaign.total;
    movement.edited = true;
  }
  for (const CodeBatch& batch : changes.batches) {
    Movement& movement = movements[batch.campaign];
    movement.generated += batch.count;
    movement.edited = true;
  }
  for (const auto& [key, change] : changes.coupons) {
    if (change.is_new && key.serial >= 0) movements[key.campaign].serials.push_back(key.serial);
  }
  for (const auto& [campaign, by] : changes.tallies) movements[campaign].by = by;
  return movements;
}

// What of it cannot be done while others share the campaign: they go by its definition, by the total, by what is
// pooled, and a serial out of order may be another's.
bool needs_alone(const Movement& movement, const Stock& before, const Stock& after, bool by_hand) {
  if (movement.edited || by_hand || movement.by.pooled < 0) return true;
  const std::int64_t leased = static_cast<std::int64_t>(movement.serials.size());
  return before.total.has_value() && after.issued - before.issued > leased;
}

struct StockRows {
  Numbers campaigns, issued, computed, redeemed, pooled, held;
  Flags by_hand;
};

struct LeaseRows {
  Numbers campaigns, firsts, ends, nexts, nodes;
  void add(std::int64_t campaign, const Lease& lease) {
    campaigns.push_back(campaign);
    firsts.push_back(lease.first);
    ends.push_back(lease.end);
    nexts.push_back(lease.next);
    nodes.push_back(lease.node);
  }
};

struct Rewrite {
  StockRows stock;
  LeaseRows moved;    // by a node that shares the campaign
  LeaseRows dropped;  // and those below by one that is alone
  LeaseRows put;
  Numbers frontier_campaigns, frontiers;
};

void compare(std::int64_t campaign, const Stock& before, const Stock& after, bool alone, Rewrite& rewrite) {
  const auto find = [](const Stock& stock, std::int64_t first) {
    return std::find_if(stock.leases.begin(), stock.leases.end(), [=](const Lease& it) { return it.first == first; });
  };
  for (const Lease& lease : before.leases) {
    if (alone && find(after, lease.first) == after.leases.end()) rewrite.dropped.add(campaign, lease);
  }
  for (const Lease& lease : after.leases) {
    const auto was = find(before, lease.first);
    if (was != before.leases.end() && *was == lease) continue;
    (alone ? rewrite.put : rewrite.moved).add(campaign, lease);
  }
  if (after.frontier != before.frontier) {
    rewrite.frontier_campaigns.push_back(campaign);
    rewrite.frontiers.push_back(after.frontier);
  }
}

void ask(Exchange& exchange, int node, const Rewrite& rewrite, Contended& contended) {
  const StockRows& stock = rewrite.stock;
  if (!stock.campaigns.empty()) {
    Params params =
        columns(stock.campaigns, stock.issued, stock.computed, stock.redeemed, stock.pooled, stock.by_hand, stock.held);
    params.add(node);
    exchange.ask(
        "INSERT INTO stock (campaign_id, node_id, issued, computed, redeemed, pooled, by_hand, held)"
        " SELECT n.campaign_id, $8, n.issued, n.computed, n.redeemed, n.pooled, n.by_hand, n.held FROM"
        " unnest($1, $2, $3, $4, $5, $6, $7) AS n (campaign_id, issued, computed, redeemed, pooled, by_hand, held)"
        " ON CONFLICT (campaign_id, node_id) DO UPDATE SET issued = stock.issued + excluded.issued,"
        " computed = stock.computed + excluded.computed, redeemed = stock.redeemed + excluded.redeemed,"
        " pooled = stock.pooled + excluded.pooled, by_hand = stock.by_hand OR excluded.by_hand,"
        " held = stock.held + excluded.held",
        params);
  }
  const LeaseRows& moved = rewrite.moved;
  if (!moved.campaigns.empty()) {
    Params params = columns(moved.campaigns, moved.firsts, moved.nexts);
    params.add(node);
    exchange.ask(
        "UPDATE lease SET next_serial = n.next_serial FROM"
        " unnest($1, $2, $3) AS n (campaign_id, first_serial, next_serial) WHERE lease.campaign_id = n.campaign_id"
        " AND lease.first_serial = n.first_serial AND lease.node_id = $4 RETURNING lease.campaign_id",
        params, expect_rows(moved.campaigns, contended));
  }
  const LeaseRows& dropped = rewrite.dropped;
  if (!dropped.campaigns.empty()) {
    Params params = columns(dropped.campaigns, dropped.firsts);
    exchange.ask(
        "DELETE FROM lease USING unnest($1, $2) AS n (campaign_id, first_serial)"
        " WHERE lease.campaign_id = n.campaign_id AND lease.first_serial = n.first_serial",
        params);
  }
  const LeaseRows& put = rewrite.put;
  if (!put.campaigns.empty()) {
    Params params = columns(put.campaigns, put.firsts, put.ends, put.nexts, put.nodes);
    exchange.ask(
        "INSERT INTO lease (campaign_id, first_serial, end_serial, next_serial, node_id)"
        " SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (campaign_id, first_serial) DO UPDATE SET"
        " end_serial = excluded.end_serial, next_serial = excluded.next_serial, node_id = excluded.node_id",
        params);
  }
  if (!rewrite.frontiers.empty()) {
    Params params = columns(rewrite.frontier_campaigns, rewrite.frontiers);
    exchange.ask(
        "INSERT INTO frontier (campaign_id, next_serial) SELECT * FROM unnest($1, $2)"
        " ON CONFLICT (campaign_id) DO UPDATE SET next_serial = excluded.next_serial",
        params);
  }
}

}  // namespace

Result<void> apply_stock(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch,
                         Contended& contended) {
  Rewrite rewrite;
  for (const auto& [campaign, movement] : movements_of(changes)) {
    const Held& held = batch.held.at(campaign);
    if (movement.empty()) continue;
    Stock after = held.stock;
    after.issued += movement.by.issued;
    after.computed += static_cast<std::int64_t>(movement.serials.size());
    after.pooled += movement.by.pooled;
    after.generated += movement.generated;
    if (movement.total) after.total = *movement.total;
    Given given{.serials = movement.serials, .taken = held.taken};
    if (movement.by.next_serial > 0) {
      const bool known = !held.offered.empty();
      given.passed = (known ? held.tally.next_serial : lowest_left(held.stock)) + movement.by.next_serial;
    }
    // A batch that did not ask for stock can only have assigned coupons by hand, or been told them.
    const auto ranges =
        held.offered.empty() ? offered(held.stock, applying.node.number, held.alone, true) : held.offered;
    const bool by_hand = !give(after, ranges, given).empty();
    if (!held.alone && needs_alone(movement, held.stock, after, by_hand)) {
      contended.insert(campaign);
      continue;
    }
    if (held.alone) {
      divide(after, {.node = applying.node.number,
                     .live = batch.live,
                     .wanted = held.wanted,
                     .lease_at_most = applying.lease_at_most});
    }
    compare(campaign, held.stock, after, held.alone, rewrite);
    StockRows& rows = rewrite.stock;
    rows.campaigns.push_back(campaign);
    rows.issued.push_back(movement.by.issued);
    rows.computed.push_back(static_cast<std::int64_t>(movement.serials.size()));
    rows.redeemed.push_back(movement.by.redeemed);
    rows.pooled.push_back(movement.by.pooled);
    rows.by_hand.push_back(by_hand);
    rows.held.push_back(movement.by.held);
  }
  if (!contended.empty()) return {Code::storage_conflict, "a campaign has to be locked alone"};
  ask(exchange, applying.node.number, rewrite, contended);
  return {};
}

}  // namespace scrip::postgres
