// The reading half of decision_record.h.
#include "coupon/byte_codec.h"
#include "policy/decision_record.h"
#include "policy/record_format.h"

namespace scrip {
namespace {

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : in_(bytes) {}

  Result<DecodedDecision> decision() {
    DecodedDecision decoded;
    if (in_.number() != record::version) return corrupt();
    const std::uint64_t flags = flag_set(record::all_flags);
    decoded.hook = record::hook_of(flags);
    if ((flags & record::is_stack) != 0 && (flags & 3) != 0) in_.fail();
    const std::uint64_t step = (flags >> record::step_shift) & record::step_mask;
    if (step > record::last_step) return corrupt();
    decoded.facts.step = static_cast<HoldStep>(step);
    facts(decoded, flags);
    verdict(decoded.verdict, flags, decoded.facts);
    if (!in_.ok() || !in_.at_end()) return corrupt();
    return decoded;
  }

 private:
  static Error corrupt() { return {.code = Code::internal, .message = "the record of a decision cannot be read"}; }

  std::uint64_t flag_set(std::uint64_t known) {
    const std::uint64_t flags = in_.number();
    if (flags & ~known) in_.fail();
    return in_.ok() ? flags : 0;
  }

  std::string text() { return std::string(in_.text()); }

  Micros instant() {
    return static_cast<Micros>(static_cast<std::uint64_t>(in_.signed_number()) + static_cast<std::uint64_t>(now_));
  }

  std::string name() {
    const std::uint64_t value = in_.number();
    if ((value & 1) == 0) return std::string(in_.raw(value >> 1));
    if (value >> 1 >= record::usual_names.size()) {
      in_.fail();
      return {};
    }
    return std::string(record::usual_names[value >> 1]);
  }

  Counters counters() {
    Counters counters(in_.count());
    for (auto& [counter, value] : counters) {
      counter = text();
      value = in_.signed_number();
    }
    return counters;
  }

  Counters counts(const Facts& facts) {
    Counters counts(in_.count());
    for (auto& [counter, change] : counts) {
      const std::uint64_t value = in_.number();
      if ((value & 1) == 0) {
        counter = in_.raw(value >> 1);
      } else if (value >> 1 < facts.counters.size()) {
        counter = facts.counters[value >> 1].first;
      } else {
        in_.fail();
      }
      change = in_.signed_number();
    }
    return counts;
  }

  void facts(DecodedDecision& decoded, std::uint64_t flags) {
    Facts& facts = decoded.facts;
    facts.now = now_ = in_.signed_number();
    decoded.campaign = in_.signed_number();
    decoded.campaign_version = in_.signed_number();
    facts.tally.issued = in_.signed_number();
    facts.tally.redeemed = in_.signed_number();
    if (flags & record::has_user_id) facts.user.id = text();
    if (flags & record::has_user_counts) {
      facts.user.issued = in_.signed_number();
      facts.user.issued_for_subject = in_.signed_number();
      facts.user.redeemed = in_.signed_number();
    }
    if (flags & record::has_attributes) facts.user.attributes = text();
    if (flags & record::has_coupon) facts.coupon = coupon();
    if (flags & record::has_subject) facts.subject = text();
    if (flags & record::has_order) facts.order = order();
    if (flags & record::has_counters) facts.counters = counters();
    if (facts.step == HoldStep::hold) facts.hold_until = instant();
    if (flags & record::is_stack) facts.coupons = coupons();
  }

  std::vector<std::size_t> places() {
    std::vector<std::size_t> order(in_.count());
    for (std::size_t& place : order) place = in_.number();
    return order;
  }

  std::vector<StackedCoupon> coupons() {
    std::vector<StackedCoupon> coupons(in_.count());
    for (StackedCoupon& coupon : coupons) {
      const std::uint64_t flags = flag_set(record::of_stacked::all);
      coupon.code = text();
      coupon.campaign_id = text();
      coupon.issued_at = instant();
      if (flags & record::of_stacked::metadata) coupon.metadata = text();
      if (flags & record::of_stacked::expires_at) coupon.expires_at = instant();
      if (flags & record::of_stacked::discount) coupon.discount = in_.signed_number();
    }
    return coupons;
  }

  CouponFacts coupon() {
    CouponFacts coupon;
    const std::uint64_t flags = flag_set(record::of_coupon::all);
    coupon.code = text();
    coupon.created_at = instant();
    if (flags & record::of_coupon::issued_at) coupon.issued_at = instant();
    if (flags & record::of_coupon::expires_at) coupon.expires_at = instant();
    if (flags & record::of_coupon::redeemed_at) coupon.redeemed_at = instant();
    if (flags & record::of_coupon::discount) coupon.discount = in_.signed_number();
    if (flags & record::of_coupon::currency) coupon.currency = text();
    if (flags & record::of_coupon::counted_at) coupon.counted_at = instant();
    if (flags & record::of_coupon::held_until) coupon.held_until = instant();
    if (flags & record::of_coupon::counted) coupon.counted = counters();
    return coupon;
  }

  Order order() {
    Order order;
    const std::uint64_t flags = flag_set(record::of_order::all);
    if (flags & record::of_order::id) order.id = text();
    if (flags & record::of_order::most_discount) order.most_discount = in_.signed_number();
    order.amount = in_.signed_number();
    order.currency = text();
    order.items.resize(in_.count());
    for (OrderItem& item : order.items) {
      item.sku = text();
      item.quantity = in_.signed_number();
      item.amount = in_.signed_number();
      item.tags.resize(in_.count());
      for (std::string& tag : item.tags) tag = text();
    }
    return order;
  }

  std::vector<TraceEntry> trace(const Facts& facts) {
    std::vector<TraceEntry> entries(in_.count());
    for (TraceEntry& entry : entries) {
      const std::uint64_t flags = flag_set(record::of_entry::all);
      entry.kind = static_cast<TraceEntry::Kind>(flags & 3);
      entry.rule = name();
      if (flags & record::of_entry::expires_at) entry.expires_at = instant();
      if (flags & record::of_entry::discount) entry.discount = in_.signed_number();
      if (flags & record::of_entry::counts) entry.counts = counts(facts);
      if (flags & record::of_entry::note) entry.note = text();
      if (flags & record::of_entry::code) entry.code = name();
      if (flags & record::of_entry::sentence) entry.sentence = text();
      if (flags & record::of_entry::detail) entry.detail = text();
      if (flags & record::of_entry::once) entry.once = text();
      if (flags & record::of_entry::cap) entry.stack.cap = in_.signed_number();
      if (flags & record::of_entry::base) {
        entry.stack.base = flags & record::of_entry::is_original ? StackBase::original : StackBase::remaining;
      } else if (flags & record::of_entry::is_original) {
        in_.fail();
      }
      if (flags & record::of_entry::order) entry.stack.order = places();
    }
    return entries;
  }

  void verdict(Verdict& verdict, std::uint64_t flags, const Facts& facts) {
    verdict.kind = static_cast<Verdict::Kind>(flags >> 2 & 3);
    verdict.unstable = (flags & record::is_unstable) != 0;
    verdict.trace = trace(facts);
    verdict.stack = record::implied_plan(verdict.kind, verdict.trace);
    if (flags & record::has_verdict) {
      verdict.code = name();
      verdict.sentence = text();
      verdict.detail = text();
      const std::uint64_t present = flag_set(record::of_verdict::all);
      if (present & record::of_verdict::expires_at) verdict.expires_at = instant();
      if (present & record::of_verdict::discount) verdict.discount = in_.signed_number();
      verdict.counts = counts(facts);
      return;
    }
    record::Summary summary = record::implied(verdict.kind, verdict.trace, facts.order);
    verdict.code = summary.code;
    verdict.sentence = summary.sentence;
    verdict.detail = summary.detail;
    verdict.expires_at = summary.expires_at;
    verdict.discount = summary.discount;
    verdict.counts = std::move(summary.counts);
  }

  ByteReader in_;
  Micros now_ = 0;
};

}  // namespace

Result<DecodedDecision> decode_decision(std::string_view record) {
  return Decoder(record).decision();
}

std::optional<Hook> hook_of(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.number() != record::version) return std::nullopt;
  const std::uint64_t flags = in.number();
  return in.ok() ? std::optional(record::hook_of(flags)) : std::nullopt;
}

}  // namespace scrip
