// The names of all facts: what a rule may read, section by section. Private to facts_view.cpp.
#pragma once

#include <array>
#include <cstddef>

namespace scrip::facts_members {

// The views that the facts are made of.
enum Section : std::size_t { in_facts, in_campaign, in_user, in_coupon, in_order, in_counter };

inline constexpr std::array<const char*, 6> titles{"facts",        "facts.campaign", "facts.user",
                                                   "facts.coupon", "facts.order",    "facts.counter"};

struct FactsMember {
  Section section;
  const char* name;
};

// clang-format off
inline constexpr auto all_members = std::to_array<FactsMember>({
    {in_facts, "now"}, {in_facts, "campaign"}, {in_facts, "user"}, {in_facts, "subject"}, {in_facts, "coupon"},
    {in_facts, "order"}, {in_facts, "counter"}, {in_facts, "hook"}, {in_facts, "discount"},
    {in_facts, "coupons"},
    {in_campaign, "id"}, {in_campaign, "total"}, {in_campaign, "issued"}, {in_campaign, "remaining"},
    {in_campaign, "redeemed"}, {in_campaign, "starts_at"}, {in_campaign, "ends_at"}, {in_campaign, "timezone"},
    {in_campaign, "metadata"},
    {in_user, "id"}, {in_user, "issued"}, {in_user, "issued_for_subject"}, {in_user, "redeemed"},
    {in_user, "attributes"},
    {in_coupon, "code"}, {in_coupon, "created_at"}, {in_coupon, "issued_at"}, {in_coupon, "expires_at"},
    {in_coupon, "redeemed_at"}, {in_coupon, "discount"}, {in_coupon, "currency"}, {in_coupon, "counted_at"},
    {in_order, "id"}, {in_order, "amount"}, {in_order, "currency"}, {in_order, "items"}, {in_order, "most_discount"},
});

// Their places in all_members.
enum Place : std::size_t {
  now, campaign, user, subject, coupon, order, counter, current_hook, granted, coupons,
  campaign_id, campaign_total, campaign_issued, campaign_remaining, campaign_redeemed, campaign_starts_at,
  campaign_ends_at, campaign_timezone, campaign_metadata,
  user_id, user_issued, user_issued_for_subject, user_redeemed, user_attributes,
  coupon_code, coupon_created_at, coupon_issued_at, coupon_expires_at, coupon_redeemed_at, coupon_discount,
  coupon_currency, coupon_counted_at,
  order_id, order_amount, order_currency, order_items, order_most_discount,
  places,
};
// clang-format on
static_assert(all_members.size() == places);

}  // namespace scrip::facts_members
