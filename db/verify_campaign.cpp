#include "db/verify_campaign.h"

#include <algorithm>
#include <utility>

#include "coupon/code_format.h"

namespace scrip {
namespace {

constexpr std::int64_t available = 0;
constexpr std::int64_t redeemed = 2;

}  // namespace

const char* objection_to(const StoredCoupon& row, std::int64_t last_decision) {
  if (row.state < available || row.state > redeemed) return "has an unknown state";
  if (row.state == available) {
    if (row.key.serial >= 0) return "has a row though nobody was given it";
    if (row.user_id || row.issued_at != 0) return "is available and has a holder";
  } else if (row.issued_at == 0) {
    return "was given to somebody at no time";
  }
  if (row.state == redeemed && !row.redeemed_at) return "was redeemed at no time";
  if (row.state != redeemed && row.redeemed_at) return "is not redeemed and says when it was";
  if (row.has_amount != row.has_currency) return "has half a discount";
  if (row.decision < 0 || row.decision > last_decision) return "was changed by a decision that does not exist";
  if (row.key.serial >= 0 && (row.imported_code || row.imported_key)) return "is computed and has an imported code";
  if (row.key.serial < 0) {
    if (!row.imported_code || row.imported_code->empty()) return "is imported and has no code";
    if (!row.imported_key || *row.imported_key != normalize_code(*row.imported_code)) {
      return "is not found by its imported code";
    }
  }
  return nullptr;
}

CampaignCount::CampaignCount(std::int64_t campaign, const Definition& known, StoredStock stored,
                             const CodeIsImported& imported, Findings& findings)
    : campaign_(campaign), known_(known), stored_(std::move(stored)), imported_(imported), findings_(findings) {}

void CampaignCount::add(const StoredCoupon& row) {
  if (row.state == available) {
    ++counted_.pooled;
  } else {
    ++counted_.issued;
  }
  if (row.state == redeemed) ++counted_.redeemed;
  if (row.key.serial < 0) return;
  pass_over(row.key.serial);
  if (is_open(row.key.serial)) ++counted_.by_hand;
  if (expected_ == row.key.serial) ++expected_;
  if (known_.sound && !known_.book.owns(row.key)) {
    findings_.add(
        "coupon " + std::to_string(row.key.serial) + " of " + known_.name(campaign_) + ": no batch has such a code",
        row.key.serial, known_.book.serials(campaign_));
  }
}

void CampaignCount::finish() {
  const std::int64_t serials = known_.book.serials(campaign_);
  const std::int64_t next_serial = stored_.open.back().first;
  if (known_.sound && next_serial > serials) {
    findings_.add(known_.name(campaign_) + ": next_serial is beyond its codes", next_serial, serials);
  } else {
    pass_over(next_serial);
  }
  const auto compare = [&](const char* field, std::int64_t stored, std::int64_t counted) {
    findings_.compare(known_.name(campaign_) + ": " + field, stored, counted);
  };
  compare("issued", stored_.issued, counted_.issued);
  compare("redeemed", stored_.redeemed, counted_.redeemed);
  if (stored_.by_hand) compare("by_hand", *stored_.by_hand, counted_.by_hand);
  compare("pooled", stored_.pooled, counted_.pooled);
  compare("coupons passed over, never to be issued", passed_over_, 0);
  if (!known_.knows(campaign_)) {
    findings_.add("coupons of an unknown " + known_.name(campaign_), counted_.issued + counted_.pooled, 0);
  } else if (const auto& total = known_.campaigns.at(campaign_).total; total && counted_.issued > *total) {
    findings_.add(known_.name(campaign_) + ": issued beyond its total", counted_.issued, *total);
  }
}

// Serials without a row that are not to be given any more have to be the code book's gaps, or their codes
// imported. A few that are not are proof enough; after damage there could be billions.
void CampaignCount::pass_over(std::int64_t until) {
  static constexpr std::int64_t enough = 1'000;
  while (known_.sound && expected_ < until && passed_over_ < enough) {
    if (is_open(expected_)) {
      expected_ = std::min(until, stored_.open[range_].end);
      continue;
    }
    const CouponKey key{campaign_, expected_++};
    if (known_.book.owns(key) && !imported_(known_.book.code(key))) ++passed_over_;
  }
}

// Asked with serials that never go down.
bool CampaignCount::is_open(std::int64_t serial) {
  while (range_ + 1 < stored_.open.size() && stored_.open[range_].end <= serial) ++range_;
  return serial >= stored_.open[range_].first && serial < stored_.open[range_].end;
}

}  // namespace scrip
