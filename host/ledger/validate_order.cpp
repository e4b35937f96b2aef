// What redeeming several coupons on one order would say.
#include <map>

#include "ledger/claim_facts.h"
#include "ledger/stacking.h"
#include "ledger/validate.h"

namespace scrip {
namespace {

// The facts of each coupon, by campaign number and serial.
Result<std::vector<Facts>> facts_of_each(const Inquiry& inquiry, const Actor& actor,
                                         const std::vector<std::optional<CouponKey>>& named, const Order& order,
                                         const std::optional<std::string>& user_id) {
  Error unknown = coupon_not_found();
  std::optional<Error> twice;
  std::map<CouponKey, Facts> coupons;
  for (std::size_t at = 0; at < named.size(); ++at) {
    const std::optional<CouponKey>& key = named[at];
    const std::string field = "codes[" + std::to_string(at) + "]";
    const auto campaign = key ? inquiry.catalog.campaign(key->campaign) : nullptr;
    auto row = campaign ? inquiry.reader.coupon(*key) : Result<std::optional<Coupon>>(std::nullopt);
    if (!row) return row.error();
    const Coupon coupon = row->value_or(Coupon{.key = key.value_or(CouponKey())});
    if (!campaign || !may_see(actor, coupon) || (user_id && coupon.user_id != user_id)) {
      unknown.fields.push_back({field, unknown.message});
      continue;
    }
    const auto held = inquiry.reader.hold(*key);
    if (!held) return held.error();
    const bool stands = *held && ((*held)->redeemed || (*held)->in_force_at(inquiry.now));
    auto facts =
        read_facts(inquiry.reader, inquiry.catalog.book(), campaign, coupon, stands ? &**held : nullptr, inquiry.now);
    if (!facts) return facts.error();
    facts->order = order;
    // Two spellings may be one code.
    if (!coupons.emplace(*key, std::move(*facts)).second && !twice) twice = invalid_field(field, "is there twice");
  }
  if (!unknown.fields.empty()) return unknown;
  if (twice) return std::move(*twice);
  std::vector<Facts> sorted;
  for (auto& [key, facts] : coupons) sorted.push_back(std::move(facts));
  return sorted;
}

OrderValidation::Part part_of(const StackedDecision& decision) {
  return {.code = decision.facts.coupon->code,
          .campaign_id = decision.facts.campaign->id,
          .objection = {},
          .trace = trace_json(decision.verdict.trace)};
}

OrderValidation refused(const Stacking& stacking) {
  OrderValidation validation;
  const StackedDecision& because = *stacking.refused;
  validation.objection = refusal(because.verdict);
  for (const StackedDecision& alone : stacking.alone) {
    // One that goes alone and not with the others says so.
    const bool in_turn = because.hook == Hook::redeem && because.place == alone.place && alone.verdict.allowed();
    const StackedDecision& decision = in_turn ? because : alone;
    OrderValidation::Part part = part_of(decision);
    if (!decision.verdict.allowed()) part.objection = refusal(decision.verdict);
    part.alone = alone.discount();
    validation.parts.push_back(std::move(part));
  }
  return validation;
}

}  // namespace

Result<OrderValidation> validate_order(const Inquiry& inquiry, const Actor& actor,
                                       const std::vector<std::optional<CouponKey>>& named, const Order& order,
                                       const std::optional<std::string>& user_id) {
  const auto coupons = facts_of_each(inquiry, actor, named, order, user_id);
  if (!coupons) return coupons.error();
  if (order.id) {
    const auto known = inquiry.reader.stacked_order(*order.id);
    if (!known) return known.error();
    if (*known) return OrderValidation{.objection = order_exists(), .discount = 0, .parts = {}, .trace = "[]"};
  }
  auto judge = inquiry.judges.lend(inquiry.active);
  const StackingOptions options{.has_policy = judge->stacks(), .all_alone = true};
  const auto stacking = decide_stacking(*coupons, options, [&](Hook hook, Facts& facts, const OrderEffects& effects) {
    const auto read = [&](const std::string& name) -> Result<std::int64_t> {
      const auto value = inquiry.reader.counter({facts.campaign->number, name});
      if (!value) return value.error();
      return *value + effects.counter(facts.campaign->number, name);
    };
    return judge->decide(hook, facts, read);
  });
  if (!stacking) return stacking.error();

  OrderValidation validation;
  if (stacking->refused) {
    validation = refused(*stacking);
  } else {
    validation.discount = stacking->discount();
    for (const StackedDecision& decision : stacking->parts) {
      OrderValidation::Part part = part_of(decision);
      part.alone = stacking->alone[decision.place].discount();
      part.discount = decision.discount();
      validation.parts.push_back(std::move(part));
    }
  }
  validation.trace = stacking->stack ? trace_json(stacking->stack->verdict.trace) : "[]";
  return validation;
}

}  // namespace scrip
