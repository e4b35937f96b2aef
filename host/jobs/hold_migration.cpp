#include "jobs/hold_migration.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "jobs/commit_to.h"

namespace scrip::jobs {

Result<void> migrate_holds(Inventory& from, Store& to) {
  std::optional<CouponKey> after;
  for (;;) {
    const auto rows = from.holds(after, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    after = rows->back().coupon;
    Wanted wanted;
    for (const Hold& hold : *rows) wanted.holds.push_back(hold.coupon);
    auto there = load_from(to, wanted);
    if (!there) return there.error();
    Changes changes;
    std::set<std::int64_t> campaigns;
    for (const Hold& hold : *rows) {
      if (there->holds[hold.coupon]) continue;
      changes.holds[hold.coupon] = hold;
      campaigns.insert(hold.coupon.campaign);
      if (!hold.redeemed) ++changes.tallies[hold.coupon.campaign].held;
    }
    if (auto stored = commit_to(to, changes, {campaigns.begin(), campaigns.end()}); !stored) return stored;
  }
}

Result<void> migrate_stacked_orders(Inventory& from, Store& to) {
  std::string after;
  for (;;) {
    auto rows = from.stacked_orders(after, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    after = rows->back().id;
    Wanted wanted;
    for (const StackedOrder& order : *rows) wanted.stacked_orders.push_back(order.id);
    auto there = load_from(to, wanted);
    if (!there) return there.error();
    Changes changes;
    for (StackedOrder& order : *rows) {
      if (const std::string id = order.id; !there->stacked_orders[id]) changes.stacked_orders[id] = std::move(order);
    }
    if (auto stored = commit_to(to, changes); !stored) return stored;
  }
}

}  // namespace scrip::jobs
