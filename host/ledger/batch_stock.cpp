// How a batch finds the coupon that the next issue gives.
#include <algorithm>
#include <iterator>

#include "ledger/batch.h"

namespace scrip {

Error Batch::needs_alone(std::int64_t campaign) const {
  state_.contention->this_time.insert(campaign);
  return Error{.code = Code::storage_conflict, .message = "Another node is at work on this campaign."};
}

Result<std::int64_t> Batch::in_share(std::int64_t campaign, std::int64_t serial) {
  const std::vector<Loaded::SerialRange>& ranges = loaded_.in_hand[campaign].ranges;
  if (ranges.empty()) return serial;
  for (const Loaded::SerialRange& range : ranges) {
    if (serial < range.end) return std::max(serial, range.first);
  }
  // Gaps and coupons assigned by hand have used up more than was reckoned with.
  return needs_alone(campaign);
}

Result<void> Batch::load_taken(std::int64_t campaign, std::int64_t serial) {
  const std::int64_t stored_next = tallies_before_[campaign].next_serial;
  Loaded more;
  if (auto loaded = store_.load({.in_hand = {{campaign, serial - stored_next + 1'000}}}, more); !loaded) return loaded;
  Loaded::InHand& hand = loaded_.in_hand[campaign];
  Loaded::InHand& fresh = more.in_hand[campaign];
  std::erase_if(fresh.taken, [&](std::int64_t taken) { return taken < serial; });
  std::vector<std::int64_t> merged;
  // What this batch assigned is not in the store yet.
  std::set_union(hand.taken.begin(), hand.taken.end(), fresh.taken.begin(), fresh.taken.end(),
                 std::back_inserter(merged));
  hand.taken = std::move(merged);
  hand.taken_below = fresh.taken_below;
  return {};
}

Result<bool> Batch::code_is_imported(CouponKey computed) {
  if (!state_.catalog->has_imports()) return false;
  const std::string code = normalize_code(state_.catalog->book().code(computed));
  if (imported_here_.contains(code)) return true;
  if (auto loaded = store_.load({.imported = {code}}, loaded_); !loaded) return loaded.error();
  return loaded_.imported[code].has_value();
}

Result<std::optional<Coupon>> Batch::next_coupon(const Campaign& campaign) {
  CampaignTally& tally = loaded_.tallies[campaign.number];
  if (campaign.total && tally.issued >= *campaign.total) return std::optional<Coupon>();
  Loaded::InHand& hand = loaded_.in_hand[campaign.number];
  if (!hand.pooled.empty()) {
    const Coupon& oldest = hand.pooled.front();
    loaded_.coupons.try_emplace(oldest.key, oldest);  // it has a row already
    return std::optional<Coupon>(oldest);
  }

  std::int64_t serial = tally.next_serial;
  for (;;) {
    const auto in_share = this->in_share(campaign.number, serial);
    if (!in_share) return in_share.error();
    serial = *in_share;
    if (serial >= state_.catalog->book().serials(campaign.number)) {
      // The total allows more than was generated: no total, a raised one, or gaps.
      const std::int64_t lacking = campaign.total ? *campaign.total - tally.issued : options_.code_chunk;
      if (!add_codes(campaign, lacking) && !add_codes(campaign, 1)) return std::optional<Coupon>();
    }
    if (serial >= hand.taken_below) {
      if (auto loaded = load_taken(campaign.number, serial); !loaded) return loaded.error();
    }
    const bool taken = std::binary_search(hand.taken.begin(), hand.taken.end(), serial);
    if (!taken && state_.catalog->book().owns({campaign.number, serial})) {
      const auto imported = code_is_imported({campaign.number, serial});
      if (!imported) return imported.error();
      if (!*imported) break;
    }
    ++serial;
  }
  return std::optional<Coupon>(Coupon{.key = {campaign.number, serial}});
}

}  // namespace scrip
