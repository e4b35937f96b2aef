#include "policy/decision_json.h"

#include "coupon/time.h"
#include "policy/decision_record.h"

namespace scrip {
namespace {

// Text that should be JSON; shown as it is when it is not.
OrderedJson parsed(const std::string& text) {
  OrderedJson json = OrderedJson::parse(text, nullptr, false);
  return json.is_discarded() ? OrderedJson(text) : json;
}

OrderedJson instant(Micros value) {
  // Only a caller's mistake lies outside; it is shown rather than hidden.
  if (value < earliest_instant || value > latest_instant) return value;
  return format_instant(value);
}

void put(OrderedJson& object, const char* member, const std::string& text) {
  if (!text.empty()) object[member] = text;
}
void put_instant(OrderedJson& object, const char* member, const std::optional<Micros>& value) {
  if (value) object[member] = instant(*value);
}
template <class T>
void put(OrderedJson& object, const char* member, const std::optional<T>& value) {
  if (value) object[member] = *value;
}

OrderedJson to_json(const Counters& counters) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, value] : counters) object[name] = value;
  return object;
}

// Places count from 1, as they do in the rules.
void put(OrderedJson& object, const StackPlan& plan) {
  if (!plan.order.empty()) {
    OrderedJson places = OrderedJson::array();
    for (const std::size_t place : plan.order) places.push_back(place + 1);
    object["order"] = std::move(places);
  }
  if (plan.base) object["base"] = name(*plan.base);
  put(object, "cap", plan.cap);
}

OrderedJson to_json(const TraceEntry& entry) {
  OrderedJson object;
  object["rule"] = entry.rule;
  object["result"] = name(entry.kind);
  put(object, "code", entry.code);
  put(object, "sentence", entry.sentence);
  if (!entry.detail.empty()) {
    if (entry.kind == TraceEntry::Kind::failed) {
      object["error"] = entry.detail;
    } else {
      object["detail"] = parsed(entry.detail);
    }
  }
  put_instant(object, "expires_at", entry.expires_at);
  put(object, "discount", entry.discount);
  if (!entry.counts.empty()) object["count"] = to_json(entry.counts);
  put(object, "note", entry.note);
  put(object, "once", entry.once);
  put(object, entry.stack);
  return object;
}

OrderedJson campaign_json(const Facts& facts) {
  OrderedJson object = OrderedJson::object();
  if (facts.campaign) {
    const Campaign& campaign = *facts.campaign;
    object["id"] = campaign.id;
    put(object, "total", campaign.total);
    object["issued"] = facts.tally.issued;
    put(object, "remaining", facts.tally.remaining(campaign));
    object["redeemed"] = facts.tally.redeemed;
    put_instant(object, "starts_at", campaign.starts_at);
    put_instant(object, "ends_at", campaign.ends_at);
    object["timezone"] = campaign.timezone;
    object["metadata"] = parsed(campaign.metadata);
  } else {
    object["issued"] = facts.tally.issued;
    object["redeemed"] = facts.tally.redeemed;
  }
  return object;
}

OrderedJson to_json(const UserFacts& user) {
  OrderedJson object;
  put(object, "id", user.id);
  object["issued"] = user.issued;
  object["issued_for_subject"] = user.issued_for_subject;
  object["redeemed"] = user.redeemed;
  object["attributes"] = parsed(user.attributes);
  return object;
}

OrderedJson holder_json(const UserFacts& user) {
  OrderedJson object;
  put(object, "id", user.id);
  object["attributes"] = parsed(user.attributes);
  return object;
}

OrderedJson to_json(const StackedCoupon& coupon) {
  OrderedJson object;
  object["code"] = coupon.code;
  object["campaign"] = {{"id", coupon.campaign_id}, {"metadata", parsed(coupon.metadata)}};
  object["group"] = stacking_group(coupon.metadata);
  object["issued_at"] = instant(coupon.issued_at);
  put_instant(object, "expires_at", coupon.expires_at);
  object["discount"] = coupon.discount;
  return object;
}

OrderedJson to_json(const CouponFacts& coupon) {
  OrderedJson object;
  object["code"] = coupon.code;
  object["created_at"] = instant(coupon.created_at);
  put_instant(object, "issued_at", coupon.issued_at);
  put_instant(object, "expires_at", coupon.expires_at);
  put_instant(object, "redeemed_at", coupon.redeemed_at);
  put(object, "discount", coupon.discount);
  put(object, "currency", coupon.currency);
  put_instant(object, "counted_at", coupon.counted_at);
  put_instant(object, "held_until", coupon.held_until);
  if (!coupon.counted.empty()) object["counted"] = to_json(coupon.counted);
  return object;
}

OrderedJson to_json(const Order& order) {
  OrderedJson object;
  put(object, "id", order.id);
  object["amount"] = order.amount;
  object["currency"] = order.currency;
  put(object, "most_discount", order.most_discount);
  OrderedJson items = OrderedJson::array();
  for (const OrderItem& item : order.items) {
    items.push_back({{"sku", item.sku}, {"quantity", item.quantity}, {"amount", item.amount}, {"tags", item.tags}});
  }
  object["items"] = std::move(items);
  return object;
}

}  // namespace

OrderedJson to_json(const std::vector<TraceEntry>& trace) {
  OrderedJson array = OrderedJson::array();
  for (const TraceEntry& entry : trace) array.push_back(to_json(entry));
  return array;
}

OrderedJson to_json(const Verdict& verdict) {
  OrderedJson object;
  object["result"] = name(verdict.kind);
  put(object, "code", verdict.code);
  put(object, "sentence", verdict.sentence);
  if (!verdict.detail.empty()) object["detail"] = parsed(verdict.detail);
  put_instant(object, "expires_at", verdict.expires_at);
  put(object, "discount", verdict.discount);
  if (!verdict.counts.empty()) object["count"] = to_json(verdict.counts);
  put(object, verdict.stack);
  if (verdict.unstable) object["unstable"] = true;
  object["trace"] = to_json(verdict.trace);
  return object;
}

OrderedJson to_json(const Facts& facts) {
  OrderedJson object;
  object["now"] = instant(facts.now);
  put_instant(object, "hold_until", facts.hold_until);
  // An order of several coupons is of no one campaign.
  const bool stacked = !facts.coupons.empty();
  if (!stacked) object["campaign"] = campaign_json(facts);
  object["user"] = stacked ? holder_json(facts.user) : to_json(facts.user);
  put(object, "subject", facts.subject);
  if (facts.coupon) object["coupon"] = to_json(*facts.coupon);
  if (facts.order) object["order"] = to_json(*facts.order);
  if (!facts.counters.empty()) object["counter"] = to_json(facts.counters);
  if (stacked) {
    OrderedJson coupons = OrderedJson::array();
    for (const StackedCoupon& coupon : facts.coupons) coupons.push_back(to_json(coupon));
    object["coupons"] = std::move(coupons);
  }
  return object;
}

std::string dump(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string facts_json(const Facts& facts) {
  return dump(to_json(facts));
}
std::string verdict_json(const Verdict& verdict) {
  return dump(to_json(verdict));
}

}  // namespace scrip
