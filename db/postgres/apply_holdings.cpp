#include <map>
#include <tuple>

#include "db/postgres/apply.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

// Campaign, user, subject; over all subjects: ''.
using Key = std::tuple<std::int64_t, std::string, std::string>;
using HoldingDifferences = std::map<Key, Holding>;

void add(HoldingDifferences& by, std::int64_t campaign, const std::optional<std::string>& user,
         const std::optional<std::string>& subject, CouponState state, std::int64_t sign) {
  if (!user || state == CouponState::available) return;
  const auto add_to = [&](const std::string& of) {
    Holding& holding = by[{campaign, *user, of}];
    holding.issued += sign;
    holding.redeemed += state == CouponState::redeemed ? sign : 0;
  };
  add_to("");
  if (subject) add_to(*subject);
}

// A coupon of which a hold is in force counts as redeemed.
void add(HoldingDifferences& by, const std::optional<Hold>& hold, std::int64_t sign) {
  if (!hold || hold->redeemed || !hold->user_id) return;
  by[{hold->coupon.campaign, *hold->user_id, ""}].redeemed += sign;
  if (hold->subject) by[{hold->coupon.campaign, *hold->user_id, *hold->subject}].redeemed += sign;
}

HoldingDifferences differences_of(const Changes& changes, const BatchState& batch) {
  HoldingDifferences by;
  for (const auto& [key, change] : changes.coupons) {
    if (!change.is_new) {
      const auto read = batch.coupons.find(key);
      if (read != batch.coupons.end()) {
        add(by, key.campaign, read->second.user_id, read->second.subject, read->second.state, -1);
      }
    }
    const Coupon& coupon = change.coupon;
    add(by, key.campaign, coupon.user_id, coupon.subject, coupon.state, 1);
  }
  for (const auto& [key, hold] : changes.holds) {
    const auto read = batch.holds.find(key);
    if (read != batch.holds.end()) add(by, read->second, -1);
    add(by, hold, 1);
  }
  return by;
}

// By key, so that batches lock the rows in the same order.
struct HoldingRows {
  Numbers campaigns, issued, redeemed, was_issued, was_redeemed;
  Texts users, subjects;

  void add(const Key& key, const Holding& by) {
    campaigns.push_back(std::get<0>(key));
    users.push_back(std::get<1>(key));
    subjects.push_back(std::get<2>(key));
    issued.push_back(by.issued);
    redeemed.push_back(by.redeemed);
  }
};

#define SCRIP_PG_NEW_HOLDINGS                                              \
  "INSERT INTO holding (campaign_id, user_id, subject, issued, redeemed) " \
  "SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (campaign_id, user_id, subject) "

}  // namespace

void apply_holdings(Exchange& exchange, const Changes& changes, BatchState& batch, Contended& contended) {
  const HoldingDifferences differences = differences_of(changes, batch);
  HoldingRows fresh;    // had no row when the batch looked
  HoldingRows known;    // had one
  HoldingRows unasked;  // nobody has looked: nothing was decided by it
  for (const auto& [key, by] : differences) {
    if (by.issued == 0 && by.redeemed == 0) continue;
    const auto& [campaign, user, subject] = key;
    const auto read =
        batch.holdings.find({campaign, user, subject.empty() ? std::nullopt : std::optional<std::string>(subject)});
    if (read == batch.holdings.end()) {
      unasked.add(key, by);
    } else if (!read->second) {
      fresh.add(key, by);
    } else {
      known.add(key, by);
      known.was_issued.push_back(read->second->issued);
      known.was_redeemed.push_back(read->second->redeemed);
    }
  }
  if (!fresh.campaigns.empty()) {
    Params params = columns(fresh.campaigns, fresh.users, fresh.subjects, fresh.issued, fresh.redeemed);
    exchange.ask(SCRIP_PG_NEW_HOLDINGS "DO NOTHING", params, expect_all(fresh.campaigns, contended));
  }
  if (!known.campaigns.empty()) {
    Params params = columns(known.campaigns, known.users, known.subjects, known.issued, known.redeemed,
                            known.was_issued, known.was_redeemed);
    exchange.ask(
        "UPDATE holding AS h SET issued = h.issued + n.issued, redeemed = h.redeemed + n.redeemed"
        " FROM unnest($1, $2, $3, $4, $5, $6, $7)"
        " AS n (campaign_id, user_id, subject, issued, redeemed, was_issued, was_redeemed)"
        " WHERE h.campaign_id = n.campaign_id AND h.user_id = n.user_id AND h.subject = n.subject"
        " AND h.issued = n.was_issued AND h.redeemed = n.was_redeemed RETURNING h.campaign_id",
        params, expect_rows(known.campaigns, contended));
  }
  if (!unasked.campaigns.empty()) {
    Params params = columns(unasked.campaigns, unasked.users, unasked.subjects, unasked.issued, unasked.redeemed);
    exchange.ask(SCRIP_PG_NEW_HOLDINGS
                 "DO UPDATE SET issued = holding.issued + excluded.issued,"
                 " redeemed = holding.redeemed + excluded.redeemed",
                 params);
  }
}

}  // namespace scrip::postgres
