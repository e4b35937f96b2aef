// The writing half of decision_record.h.
#include <algorithm>
#include <cassert>

#include "coupon/byte_codec.h"
#include "policy/decision_record.h"
#include "policy/record_format.h"

namespace scrip {
namespace {

std::uint64_t when(bool present, std::uint64_t bit) {
  return present ? bit : 0;
}

bool follows(const Verdict& verdict, const std::optional<Order>& order) {
  const record::Summary summary = record::implied(verdict.kind, verdict.trace, order);
  return verdict.code == summary.code && verdict.sentence == summary.sentence && verdict.detail == summary.detail &&
         verdict.expires_at == summary.expires_at && verdict.discount == summary.discount &&
         verdict.counts == summary.counts;
}

class Encoder {
 public:
  explicit Encoder(const Facts& facts) : facts_(facts), now_(facts.now) {}

  void facts(std::uint64_t flags) {
    const Facts& facts = facts_;
    out_.signed_number(now_);
    out_.signed_number(facts.campaign->number);
    out_.signed_number(facts.campaign->version);
    out_.signed_number(facts.tally.issued);
    out_.signed_number(facts.tally.redeemed);
    if (flags & record::has_user_id) out_.text(*facts.user.id);
    if (flags & record::has_user_counts) {
      out_.signed_number(facts.user.issued);
      out_.signed_number(facts.user.issued_for_subject);
      out_.signed_number(facts.user.redeemed);
    }
    if (flags & record::has_attributes) out_.text(facts.user.attributes);
    if (flags & record::has_coupon) coupon(*facts.coupon);
    if (flags & record::has_subject) out_.text(*facts.subject);
    if (flags & record::has_order) order(*facts.order);
    if (flags & record::has_counters) counters(facts.counters);
    if (facts.step == HoldStep::hold) instant(facts.hold_until.value_or(now_));
    if (flags & record::is_stack) coupons();
  }

  void trace(const std::vector<TraceEntry>& entries) {
    out_.number(entries.size());
    for (const TraceEntry& entry : entries) {
      out_.number(
          static_cast<std::uint64_t>(entry.kind) | when(entry.expires_at.has_value(), record::of_entry::expires_at) |
          when(entry.discount.has_value(), record::of_entry::discount) |
          when(!entry.counts.empty(), record::of_entry::counts) | when(!entry.note.empty(), record::of_entry::note) |
          when(!entry.code.empty(), record::of_entry::code) |
          when(!entry.sentence.empty(), record::of_entry::sentence) |
          when(!entry.detail.empty(), record::of_entry::detail) | when(!entry.once.empty(), record::of_entry::once) |
          when(entry.stack.cap.has_value(), record::of_entry::cap) |
          when(entry.stack.base.has_value(), record::of_entry::base) |
          when(entry.stack.base == StackBase::original, record::of_entry::is_original) |
          when(!entry.stack.order.empty(), record::of_entry::order));
      name(entry.rule);
      if (entry.expires_at) instant(*entry.expires_at);
      if (entry.discount) out_.signed_number(*entry.discount);
      if (!entry.counts.empty()) counts(entry.counts);
      if (!entry.note.empty()) out_.text(entry.note);
      if (!entry.code.empty()) name(entry.code);
      if (!entry.sentence.empty()) out_.text(entry.sentence);
      if (!entry.detail.empty()) out_.text(entry.detail);
      if (!entry.once.empty()) out_.text(entry.once);
      if (entry.stack.cap) out_.signed_number(*entry.stack.cap);
      if (!entry.stack.order.empty()) places(entry.stack.order);
    }
  }

  void verdict(const Verdict& verdict) {
    name(verdict.code);
    out_.text(verdict.sentence);
    out_.text(verdict.detail);
    out_.number(when(verdict.expires_at.has_value(), record::of_verdict::expires_at) |
                when(verdict.discount.has_value(), record::of_verdict::discount));
    if (verdict.expires_at) instant(*verdict.expires_at);
    if (verdict.discount) out_.signed_number(*verdict.discount);
    counts(verdict.counts);
  }

  void number(std::uint64_t value) { out_.number(value); }
  std::string take() { return out_.take(); }

 private:
  // Wraps around, so that every pair of instants can be written.
  void instant(Micros value) {
    out_.signed_number(static_cast<std::int64_t>(static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(now_)));
  }

  // Odd: a place among the usual names; even: twice the length, and the name.
  void name(std::string_view value) {
    const auto usual = std::find(record::usual_names.begin(), record::usual_names.end(), value);
    if (usual != record::usual_names.end()) {
      out_.number(static_cast<std::uint64_t>(usual - record::usual_names.begin()) << 1 | 1);
    } else {
      out_.number(value.size() << 1);
      out_.raw(value);
    }
  }

  void counters(const Counters& counters) {
    out_.number(counters.size());
    for (const auto& [counter, value] : counters) {
      out_.text(counter);
      out_.signed_number(value);
    }
  }

  void places(const std::vector<std::size_t>& order) {
    out_.number(order.size());
    for (const std::size_t place : order) out_.number(place);
  }

  void coupons() {
    out_.number(facts_.coupons.size());
    for (const StackedCoupon& coupon : facts_.coupons) {
      out_.number(when(coupon.metadata != "{}", record::of_stacked::metadata) |
                  when(coupon.expires_at.has_value(), record::of_stacked::expires_at) |
                  when(coupon.discount != 0, record::of_stacked::discount));
      out_.text(coupon.code);
      out_.text(coupon.campaign_id);
      instant(coupon.issued_at);
      if (coupon.metadata != "{}") out_.text(coupon.metadata);
      if (coupon.expires_at) instant(*coupon.expires_at);
      if (coupon.discount != 0) out_.signed_number(coupon.discount);
    }
  }

  // A rule nearly always changes a counter that it read. Odd: the counter's place among the facts;
  // even: twice the length, and the name.
  void counts(const Counters& counts) {
    out_.number(counts.size());
    for (const auto& [counter, change] : counts) {
      const auto read = std::find_if(facts_.counters.begin(), facts_.counters.end(),
                                     [&name = counter](const auto& known) { return known.first == name; });
      if (read != facts_.counters.end()) {
        out_.number(static_cast<std::uint64_t>(read - facts_.counters.begin()) << 1 | 1);
      } else {
        out_.number(counter.size() << 1);
        out_.raw(counter);
      }
      out_.signed_number(change);
    }
  }

  void coupon(const CouponFacts& coupon) {
    out_.number(when(coupon.issued_at.has_value(), record::of_coupon::issued_at) |
                when(coupon.expires_at.has_value(), record::of_coupon::expires_at) |
                when(coupon.redeemed_at.has_value(), record::of_coupon::redeemed_at) |
                when(coupon.discount.has_value(), record::of_coupon::discount) |
                when(!coupon.currency.empty(), record::of_coupon::currency) |
                when(coupon.counted_at.has_value(), record::of_coupon::counted_at) |
                when(coupon.held_until.has_value(), record::of_coupon::held_until) |
                when(!coupon.counted.empty(), record::of_coupon::counted));
    out_.text(coupon.code);
    instant(coupon.created_at);
    if (coupon.issued_at) instant(*coupon.issued_at);
    if (coupon.expires_at) instant(*coupon.expires_at);
    if (coupon.redeemed_at) instant(*coupon.redeemed_at);
    if (coupon.discount) out_.signed_number(*coupon.discount);
    if (!coupon.currency.empty()) out_.text(coupon.currency);
    if (coupon.counted_at) instant(*coupon.counted_at);
    if (coupon.held_until) instant(*coupon.held_until);
    if (!coupon.counted.empty()) counters(coupon.counted);
  }

  void order(const Order& order) {
    out_.number(when(order.id.has_value(), record::of_order::id) |
                when(order.most_discount.has_value(), record::of_order::most_discount));
    if (order.id) out_.text(*order.id);
    if (order.most_discount) out_.signed_number(*order.most_discount);
    out_.signed_number(order.amount);
    out_.text(order.currency);
    out_.number(order.items.size());
    for (const OrderItem& item : order.items) {
      out_.text(item.sku);
      out_.signed_number(item.quantity);
      out_.signed_number(item.amount);
      out_.number(item.tags.size());
      for (const std::string& tag : item.tags) out_.text(tag);
    }
  }

  const Facts& facts_;
  const Micros now_;
  ByteWriter out_;
};

}  // namespace

std::string encode_decision(Hook hook, const Facts& facts, const Verdict& verdict) {
  assert(facts.campaign);
  const UserFacts& user = facts.user;
  const bool is_implied = follows(verdict, facts.order);
  const std::uint64_t flags =
      record::hook_bits(hook) | static_cast<std::uint64_t>(verdict.kind) << 2 |
      when(user.id.has_value(), record::has_user_id) |
      when(user.issued != 0 || user.issued_for_subject != 0 || user.redeemed != 0, record::has_user_counts) |
      when(user.attributes != "{}", record::has_attributes) | when(facts.coupon.has_value(), record::has_coupon) |
      when(facts.subject.has_value(), record::has_subject) | when(facts.order.has_value(), record::has_order) |
      when(!facts.counters.empty(), record::has_counters) | when(verdict.unstable, record::is_unstable) |
      when(!is_implied, record::has_verdict) | static_cast<std::uint64_t>(facts.step) << record::step_shift;
  Encoder encoder(facts);
  encoder.number(record::version);
  encoder.number(flags);
  encoder.facts(flags);
  encoder.trace(verdict.trace);
  if (!is_implied) encoder.verdict(verdict);
  return encoder.take();
}

}  // namespace scrip
