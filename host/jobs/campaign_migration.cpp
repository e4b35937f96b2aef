#include "jobs/campaign_migration.h"

#include <algorithm>

#include "coupon/campaign.h"
#include "jobs/commit_to.h"

namespace scrip::jobs {
namespace {

// The first serial at or after which the store has no row of the campaign.
Result<std::int64_t> end_of_rows(Reader& reader, std::int64_t campaign) {
  std::int64_t low = 0;
  std::int64_t high = max_serials;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    const auto rows = reader.coupons(campaign, middle, 1);
    if (!rows) return rows.error();
    if (rows->empty()) {
      high = middle;
    } else {
      low = rows->front().key.serial + 1;
    }
  }
  return low;
}

}  // namespace

Result<void> CampaignMigration::run() {
  auto done = imported();
  return done ? computed() : done;
}

Result<void> CampaignMigration::page(const std::vector<Coupon>& rows, std::int64_t next_serial) {
  Changes changes;
  CampaignTally& tally = changes.tallies[campaign_];
  tally.next_serial = next_serial;
  for (const Coupon& coupon : rows) {
    changes.coupons[coupon.key] = {.coupon = coupon, .is_new = true};
    if (coupon.state == CouponState::available) {
      ++tally.pooled;
    } else {
      ++tally.issued;
      if (coupon.state == CouponState::redeemed) ++tally.redeemed;
    }
  }
  if (auto stored = commit_to(to_, changes, {campaign_}); !stored) return stored;
  moved_(std::ssize(rows), true);
  return {};
}

Result<void> CampaignMigration::imported() {
  auto there = load_from(to_, {.lowest_serials = {campaign_}});
  if (!there) return there.error();
  std::int64_t before = there->lowest_serials[campaign_];
  moved_(-before, false);
  for (;;) {
    const auto rows = from_.imported_coupons(campaign_, before, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    before = rows->back().key.serial;
    if (auto stored = page(*rows, 0); !stored) return stored;
  }
}

Result<void> CampaignMigration::computed() {
  const auto tally = from_.tally(campaign_);
  if (!tally) return tally.error();
  auto there = to_.reader();
  if (!there) return there.error();
  const auto end = end_of_rows(**there, campaign_);
  if (!end) return end.error();
  std::int64_t from = *end;
  // The campaign's next serial as the pages so far have left it.
  std::int64_t next = std::min(from, tally->next_serial);
  moved_(next, false);
  for (;;) {
    const auto rows = from_.coupons(campaign_, from, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    from = rows->back().key.serial + 1;
    const std::int64_t reached = std::min(from, tally->next_serial);
    if (auto stored = page(*rows, reached - next); !stored) return stored;
    next = reached;
  }
}

}  // namespace scrip::jobs
