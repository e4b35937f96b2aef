// How a batch decides orders with several coupons: everything is decided on facts that only show what the
// order would change (ledger/order_effects.h), and stored when all of it is allowed. So there is nothing to
// be taken back after a refusal.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "ledger/batch.h"
#include "ledger/claim_facts.h"
#include "ledger/stacking.h"
#include "policy/host_rules.h"

namespace scrip {
namespace {

// Which of the coupons a refusal by the policy `stacking` is about: those whose codes its detail lists as
// `coupons`; without such a list none in particular.
std::vector<std::size_t> accused(const Verdict& verdict, const std::vector<std::string>& codes) {
  std::vector<std::size_t> places;
  const auto detail = nlohmann::json::parse(verdict.detail, nullptr, false);
  if (detail.is_object() && detail.contains("coupons") && detail["coupons"].is_array()) {
    for (std::size_t at = 0; at < codes.size(); ++at) {
      const auto& named = detail["coupons"];
      if (std::find(named.begin(), named.end(), codes[at]) != named.end()) places.push_back(at);
    }
  }
  return places;
}

}  // namespace

void Batch::put_stacked_order(const std::string& id, const std::optional<StackedOrder>& order) {
  loaded_.stacked_orders[id] = order;
  changes_.stacked_orders[id] = order;
}

Result<std::optional<StackedOrder>> Batch::stacked_order_of(const Coupon& coupon) {
  if (coupon.state != CouponState::redeemed || !coupon.order_id) return std::optional<StackedOrder>();
  if (auto loaded = store_.load({.stacked_orders = {*coupon.order_id}}, loaded_); !loaded) return loaded.error();
  const std::optional<StackedOrder>& order = loaded_.stacked_orders[*coupon.order_id];
  const auto is_it = [&coupon](const StackedOrder::Part& part) { return part.coupon == coupon.key; };
  // Another coupon may have been redeemed by itself on an order of that id.
  if (!order || std::none_of(order->parts.begin(), order->parts.end(), is_it)) return std::optional<StackedOrder>();
  return order;
}

Error Batch::part_of_order(const StackedOrder& order) {
  return Error{.code = Code::part_of_order,
               .message = "This coupon was used on an order together with others. Cancel the order.",
               .fields = {{"order_id", order.id}}};
}

Result<std::vector<CouponKey>> Batch::coupons_of(const Actor& actor, const RedeemOrder& command) const {
  std::vector<CouponKey> keys;
  Error unknown = coupon_not_found();
  std::vector<FieldError> twice;
  for (std::size_t at = 0; at < command.coupons.size(); ++at) {
    const std::string field = "codes[" + std::to_string(at) + "]";
    const auto key = resolve(command.coupons[at]);
    const Coupon coupon = key ? coupon_at(*key) : Coupon();
    const bool is_the_users = !command.user_id || coupon.user_id == command.user_id;
    if (!key || !state_.catalog->campaign(key->campaign) || !may_see(actor, coupon) || !is_the_users) {
      unknown.fields.push_back({field, unknown.message});
      continue;
    }
    // Two spellings may be one code.
    if (std::find(keys.begin(), keys.end(), *key) != keys.end()) twice.push_back({field, "is there twice"});
    keys.push_back(*key);
  }
  if (!unknown.fields.empty()) return unknown;
  if (!twice.empty()) return invalid_field(twice.front().field, twice.front().message);
  return keys;
}

Error Batch::refuse_order(const Actor& actor, const std::vector<CouponKey>& named, const std::vector<CouponKey>& keys,
                          const StackedDecision& refused) {
  Error why = refusal(refused.verdict);
  const auto blame = [&why](std::size_t place) {
    why.fields.push_back({"codes[" + std::to_string(place) + "]", why.message});
  };
  if (refused.hook == Hook::stack) {
    std::vector<std::string> codes;
    for (const CouponKey& key : named)
      codes.push_back(coupon_facts(state_.catalog->book(), coupon_at(key), nullptr).code);
    for (const std::size_t place : accused(refused.verdict, codes)) blame(place);
    if (why.fields.empty()) why.fields.push_back({"codes", why.message});
    return *refuse(actor, Hook::stack, refused.facts, refused.verdict, std::move(why), nullptr).error;
  }
  const CouponKey key = keys[refused.place];
  blame(static_cast<std::size_t>(std::find(named.begin(), named.end(), key) - named.begin()));
  const Coupon coupon = coupon_at(key);
  return *refuse(actor, Hook::redeem, refused.facts, refused.verdict, std::move(why), &coupon).error;
}

Result<void> Batch::redeem_order(Submission& submission, const RedeemOrder& command) {
  const Actor& actor = submission.actor;
  std::optional<Error>& error = submission.outcome.error;
  const auto named = coupons_of(actor, command);
  if (!named) {
    error = named.error();
    return {};
  }
  if (loaded_.stacked_orders[command.id]) {
    error = order_exists();
    return {};
  }
  std::vector<CouponKey> keys = *named;
  std::sort(keys.begin(), keys.end());
  std::vector<Facts> coupons;
  for (const CouponKey& key : keys) {
    coupons.push_back(use_of(state_.catalog->campaign(key.campaign), coupon_at(key)).facts);
    coupons.back().order = command.order;
  }
  const StackingOptions options{.has_policy = state_.judge && state_.judge->stacks()};
  auto stacking = decide_stacking(coupons, options, [this](Hook hook, Facts& facts, const OrderEffects& effects) {
    return ask(hook, facts, effects);
  });
  if (!stacking) return stacking.error();

  if (stacking->refused) {
    error = refuse_order(actor, *named, keys, *stacking->refused);
    return {};
  }
  if (const auto& stack = stacking->stack) record(Hook::stack, stack->facts, stack->verdict, nullptr);
  StackedOrder order{.id = command.id,
                     .amount = command.order.amount,
                     .currency = command.order.currency,
                     .redeemed_at = now_,
                     .parts = {}};
  for (const StackedDecision& part : stacking->parts) {
    const CouponKey key = keys[part.place];
    Use use{.campaign = part.facts.campaign, .coupon = coupon_at(key), .hold = {}, .facts = part.facts};
    submission.outcome.claims.push_back(apply_redemption(use, part.verdict, command.id));
    order.parts.push_back({key, part.discount()});
  }
  put_stacked_order(command.id, order);
  submission.outcome.order = std::move(order);
  return {};
}

Result<void> Batch::cancel_order(Submission& submission, const CancelOrder& command) {
  const Actor& actor = submission.actor;
  const std::optional<StackedOrder> order = loaded_.stacked_orders[command.id];
  const auto is_shown = [&](const StackedOrder::Part& part) { return may_see(actor, coupon_at(part.coupon)); };
  if (!order || !std::all_of(order->parts.begin(), order->parts.end(), is_shown)) {
    submission.outcome.error = order_not_found();
    return {};
  }
  struct Undone {
    Use use;
    Verdict verdict;
  };
  std::vector<Undone> undone;
  OrderEffects effects;
  for (const StackedOrder::Part& part : order->parts) {
    Undone& undo = undone.emplace_back();
    undo.use = use_of(state_.catalog->campaign(part.coupon.campaign), coupon_at(part.coupon));
    Facts& facts = undo.use.facts;
    effects.put_into(facts);
    const auto objection = host_objection(Hook::cancel, facts);
    auto verdict = objection ? Result<Verdict>(host_verdict(*objection)) : ask(Hook::cancel, facts, effects);
    if (!verdict) return verdict.error();
    if (!verdict->allowed()) {
      Error why = refusal(*verdict);
      why.fields.push_back({"coupons[" + std::to_string(undone.size() - 1) + "]", facts.coupon->code});
      submission.outcome.error = refuse(actor, Hook::cancel, facts, *verdict, std::move(why), &undo.use.coupon).error;
      return {};
    }
    effects.add(facts, verdict->counts, -1);
    undo.verdict = std::move(*verdict);
  }
  for (Undone& undo : undone) submission.outcome.claims.push_back(apply_cancellation(undo.use, undo.verdict));
  put_stacked_order(command.id, std::nullopt);
  submission.outcome.order = *order;
  return {};
}

}  // namespace scrip
