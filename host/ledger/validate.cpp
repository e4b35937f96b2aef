#include "ledger/validate.h"

#include "ledger/claim_facts.h"
#include "policy/host_rules.h"

namespace scrip {

Result<Validation> validate(Reader& reader, const Catalog& catalog, Judges& judges,
                            const std::shared_ptr<const ActivePolicies>& active, const Actor& actor, CouponKey key,
                            const std::optional<Order>& order, Micros now) {
  const auto campaign = catalog.campaign(key.campaign);
  auto row = reader.coupon(key);
  if (!row) return row.error();
  const Coupon coupon = row->value_or(Coupon{.key = key});
  if (!campaign || !may_see(actor, coupon)) return coupon_not_found();

  auto read = read_facts(reader, catalog.book(), campaign, coupon, now);
  if (!read) return read.error();
  Facts& facts = *read;
  facts.order = order;
  Validation validation;
  if (auto objection = host_objection(Hook::redeem, facts)) {
    validation.trace = trace_json(host_verdict(*objection).trace);
    validation.objection = std::move(objection);
    return validation;
  }
  auto verdict = judges.lend(active)->decide(Hook::redeem, facts, [&](const std::string& counter) {
    return reader.counter({campaign->number, counter});
  });
  if (!verdict) return verdict.error();
  validation.trace = trace_json(verdict->trace);
  if (!verdict->allowed()) {
    validation.objection = refusal(*verdict);
  } else if (verdict->discount && order) {
    validation.discount = Money{*verdict->discount, order->currency};
  }
  return validation;
}

}  // namespace scrip
