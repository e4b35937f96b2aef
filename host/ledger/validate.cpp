#include "ledger/validate.h"

#include <utility>

#include "ledger/claim_facts.h"
#include "policy/decision_record.h"
#include "policy/host_rules.h"

namespace scrip {
namespace {

// How many rows are looked at to find the coupon that comes next.
constexpr int reach = 1'000;

// The coupon that an issue would give, as far as its rules can tell: when it was made and when it ends
// anyway. Of more imported or hand-picked coupons than `reach` in a row some later one is taken.
Result<Coupon> next_coupon(Reader& reader, const CodeBook& book, std::int64_t campaign, Micros now) {
  const auto tally = reader.tally(campaign);
  if (!tally) return tally.error();
  Coupon next{.key = {campaign, -1}, .created_at = now};
  if (tally->pooled > 0) {
    const auto imported = reader.imported_coupons(campaign, 0, reach);
    if (!imported) return imported.error();
    for (const Coupon& coupon : *imported) {
      if (coupon.state != CouponState::available) continue;
      next.created_at = coupon.created_at;
      next.expires_at = coupon.expires_at;
      return next;
    }
  }
  std::int64_t serial = tally->next_serial;
  if (tally->by_hand > 0) {
    const auto taken = reader.coupons(campaign, serial, reach);
    if (!taken) return taken.error();
    for (const Coupon& coupon : *taken) {
      if (coupon.key.serial != serial) break;
      ++serial;
    }
  }
  if (const CodeBatch* batch = book.batch({campaign, serial})) next.created_at = batch->created_at;
  return next;
}

std::optional<Error> impossible(const Supposition& supposition, const Campaign& campaign) {
  if (!campaign.total || !supposition.campaign_issued || *supposition.campaign_issued <= *campaign.total) {
    return std::nullopt;
  }
  return invalid_field("facts.campaign.issued",
                       "must be at most the campaign's total, " + std::to_string(*campaign.total));
}

Result<Verdict> ask(const Inquiry& inquiry, Hook hook, Facts& facts) {
  if (auto decided = decided_by_host(hook, facts)) return std::move(*decided);
  const Supposition& supposition = inquiry.supposition;
  const auto read = [&](const std::string& counter) -> Result<std::int64_t> {
    if (const auto supposed = supposition.counter(counter)) return *supposed;
    return inquiry.reader.counter({facts.campaign->number, counter});
  };
  auto verdict = inquiry.judges.lend(inquiry.active)
                     ->decide(hook, facts, read, supposition.empty() ? Judge::About::facts : Judge::About::supposition);
  if (!verdict || !verdict->allowed() || hook != Hook::issue) return verdict;
  if (const auto objection = sold_out_objection(facts)) return host_verdict(*objection);
  return verdict;
}

Result<Validation> validate(const Inquiry& inquiry, Hook hook, Facts& facts) {
  if (auto wrong = impossible(inquiry.supposition, *facts.campaign)) return std::move(*wrong);
  inquiry.supposition.put_into(facts);
  auto verdict = ask(inquiry, hook, facts);
  if (!verdict) return verdict.error();
  Validation validation;
  validation.trace = trace_json(verdict->trace);
  if (!inquiry.supposition.empty()) validation.facts = facts_json(facts);
  if (!verdict->allowed()) {
    validation.objection = refusal(*verdict);
  } else if (hook == Hook::issue) {
    validation.expires_at = verdict->expires_at ? verdict->expires_at : facts.coupon->expires_at;
  } else if (verdict->discount && facts.order) {
    validation.discount = Money{*verdict->discount, facts.order->currency};
  }
  return validation;
}

}  // namespace

Result<Validation> validate_redeem(const Inquiry& inquiry, const Actor& actor, CouponKey key,
                                   const std::optional<Order>& order, const std::optional<std::string>& hold_key) {
  const auto campaign = inquiry.catalog.campaign(key.campaign);
  auto row = inquiry.reader.coupon(key);
  if (!row) return row.error();
  const Coupon coupon = row->value_or(Coupon{.key = key});
  if (!campaign || !may_see(actor, coupon)) return coupon_not_found();
  const auto held = inquiry.reader.hold(key);
  if (!held) return held.error();
  const bool stands =
      *held && ((*held)->redeemed || (*held)->in_force_at(inquiry.supposition.now.value_or(inquiry.now)));
  const Hold* const hold = stands ? &**held : nullptr;
  auto facts = read_facts(inquiry.reader, inquiry.catalog.book(), campaign, coupon, hold, inquiry.now);
  if (!facts) return facts.error();
  facts->order = order;
  if (hold_key && coupon.state != CouponState::redeemed) {
    facts->step = HoldStep::redeem_held;
    if (!hold || hold->key != *hold_key) {
      facts->coupon->held_until.reset();  // another's
    } else if (auto wrong = other_order(*hold, order)) {
      return std::move(*wrong);
    } else if (!order) {
      facts->order = held_order(*hold);
    }
  }
  return validate(inquiry, Hook::redeem, *facts);
}

Result<Validation> validate_issue(const Inquiry& inquiry, const Issue& issue) {
  const auto campaign = inquiry.catalog.campaign(issue.campaign);
  if (!campaign) return campaign_not_found();
  const Micros now = inquiry.supposition.now.value_or(inquiry.now);
  auto next = next_coupon(inquiry.reader, inquiry.catalog.book(), issue.campaign, now);
  if (!next) return next.error();
  next->user_id = issue.user_id;
  next->subject = issue.subject;
  auto facts = read_facts(inquiry.reader, inquiry.catalog.book(), campaign, *next, nullptr, now);
  if (!facts) return facts.error();
  return validate(inquiry, Hook::issue, *facts);
}

}  // namespace scrip
