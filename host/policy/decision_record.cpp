#include "policy/decision_record.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "policy/byte_codec.h"

// A record: the version; a number of flags; the facts; the verdict. What is absent or has its usual
// value is a bit that is not set. Instants are differences from `now`.
namespace scrip {
namespace {

constexpr std::uint64_t record_version = 1;

// Names that most records repeat; a name is written as its place here. Part of the format: names
// may be added at the end, with records of this version still readable.
constexpr std::array<std::string_view, 26> usual_names{
    "host",
    "event_window",
    "expiry",
    "discount",
    "per_user_limit",
    "total_limit",
    "daily_cap",
    "budget",
    "first_order_only",
    "product_filter",
    "segment",
    "cancel_window",
    "policy_error",
    "policy_quarantined",
    "already_issued",
    "sold_out",
    "window_sold_out",
    "coupon_expired",
    "outside_event_window",
    "already_redeemed",
    "not_redeemed",
    "not_issued",
    "campaign_not_active",
    "budget_exhausted",
    "daily_cap_reached",
    "total_below_issued",
};

namespace flag {
constexpr std::uint64_t user_id = 1 << 4, user_counts = 1 << 5, attributes = 1 << 6, coupon = 1 << 7, subject = 1 << 8,
                        order = 1 << 9, counters = 1 << 10, unstable = 1 << 11, explicit_verdict = 1 << 12,
                        all = (1 << 13) - 1;
}  // namespace flag

namespace coupon_flag {
constexpr std::uint64_t issued_at = 1, expires_at = 2, redeemed_at = 4, discount = 8, currency = 16, all = 31;
}  // namespace coupon_flag

namespace trace_flag {
constexpr std::uint64_t expires_at = 1 << 2, discount = 1 << 3, counts = 1 << 4, note = 1 << 5, code = 1 << 6,
                        sentence = 1 << 7, detail = 1 << 8, all = (1 << 9) - 1;
}  // namespace trace_flag

std::uint64_t when(bool present, std::uint64_t bit) {
  return present ? bit : 0;
}

// Differences wrap around, so that every pair of instants can be written.
std::int64_t difference(Micros value, Micros now) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(now));
}
Micros sum(std::int64_t difference, Micros now) {
  return static_cast<Micros>(static_cast<std::uint64_t>(difference) + static_cast<std::uint64_t>(now));
}

// The verdict that follows from a trace by the rules of composition.h. Nearly always this is the
// verdict, which then need not be written.
Verdict implied(Verdict::Kind kind, bool unstable, std::vector<TraceEntry> trace, const std::optional<Order>& order) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.unstable = unstable;
  if (kind == Verdict::Kind::denied && !trace.empty()) {
    verdict.code = trace.back().code;
    verdict.sentence = trace.back().sentence;
    verdict.detail = trace.back().detail;
  }
  if (kind == Verdict::Kind::failed) verdict.code = failed_code;
  if (kind == Verdict::Kind::quarantined) verdict.code = quarantined_code;
  if (kind == Verdict::Kind::allowed) {
    for (const TraceEntry& entry : trace) {
      if (entry.expires_at)
        verdict.expires_at = std::min(verdict.expires_at.value_or(*entry.expires_at), *entry.expires_at);
      if (entry.discount && order) {
        std::int64_t total = 0;
        if (__builtin_add_overflow(verdict.discount.value_or(0), *entry.discount, &total)) total = order->amount;
        verdict.discount = std::min(total, order->amount);
      }
      for (const auto& [name, change] : entry.counts) {
        const auto at = std::find_if(verdict.counts.begin(), verdict.counts.end(),
                                     [&counter = name](const auto& count) { return count.first == counter; });
        if (at == verdict.counts.end()) {
          verdict.counts.emplace_back(name, change);
        } else if (__builtin_add_overflow(at->second, change, &at->second)) {
          at->second = 0;
        }
      }
    }
    std::erase_if(verdict.counts, [](const auto& count) { return count.second == 0; });
  }
  verdict.trace = std::move(trace);
  return verdict;
}

class Encoder {
 public:
  explicit Encoder(Micros now) : now_(now) {}

  void facts(const Facts& facts, std::uint64_t flags) {
    out_.signed_number(now_);
    out_.signed_number(facts.campaign->number);
    out_.signed_number(facts.campaign->version);
    out_.signed_number(facts.tally.issued);
    out_.signed_number(facts.tally.redeemed);
    if (facts.user.id) out_.text(*facts.user.id);
    if (flags & flag::user_counts) {
      out_.signed_number(facts.user.issued);
      out_.signed_number(facts.user.issued_for_subject);
      out_.signed_number(facts.user.redeemed);
    }
    if (flags & flag::attributes) out_.text(facts.user.attributes);
    if (facts.coupon) coupon(*facts.coupon);
    if (facts.subject) out_.text(*facts.subject);
    if (facts.order) order(*facts.order);
    if (flags & flag::counters) counters(facts.counters);
  }

  void trace(const std::vector<TraceEntry>& entries) {
    out_.number(entries.size());
    for (const TraceEntry& entry : entries) {
      out_.number(static_cast<std::uint64_t>(entry.kind) | when(entry.expires_at.has_value(), trace_flag::expires_at) |
                  when(entry.discount.has_value(), trace_flag::discount) |
                  when(!entry.counts.empty(), trace_flag::counts) | when(!entry.note.empty(), trace_flag::note) |
                  when(!entry.code.empty(), trace_flag::code) | when(!entry.sentence.empty(), trace_flag::sentence) |
                  when(!entry.detail.empty(), trace_flag::detail));
      name(entry.rule);
      if (entry.expires_at) instant(*entry.expires_at);
      if (entry.discount) out_.signed_number(*entry.discount);
      if (!entry.counts.empty()) counters(entry.counts);
      if (!entry.note.empty()) out_.text(entry.note);
      if (!entry.code.empty()) name(entry.code);
      if (!entry.sentence.empty()) out_.text(entry.sentence);
      if (!entry.detail.empty()) out_.text(entry.detail);
    }
  }

  void verdict(const Verdict& verdict) {
    name(verdict.code);
    out_.text(verdict.sentence);
    out_.text(verdict.detail);
    out_.number(when(verdict.expires_at.has_value(), 1) | when(verdict.discount.has_value(), 2));
    if (verdict.expires_at) instant(*verdict.expires_at);
    if (verdict.discount) out_.signed_number(*verdict.discount);
    counters(verdict.counts);
  }

  void number(std::uint64_t value) { out_.number(value); }
  std::string take() { return out_.take(); }

 private:
  void instant(Micros value) { out_.signed_number(difference(value, now_)); }

  // Odd: a place among the usual names; even: twice the length, and the name.
  void name(std::string_view value) {
    const auto usual = std::find(usual_names.begin(), usual_names.end(), value);
    if (usual != usual_names.end()) {
      out_.number(static_cast<std::uint64_t>(usual - usual_names.begin()) << 1 | 1);
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

  void coupon(const CouponFacts& coupon) {
    out_.number(when(coupon.issued_at.has_value(), coupon_flag::issued_at) |
                when(coupon.expires_at.has_value(), coupon_flag::expires_at) |
                when(coupon.redeemed_at.has_value(), coupon_flag::redeemed_at) |
                when(coupon.discount.has_value(), coupon_flag::discount) |
                when(!coupon.currency.empty(), coupon_flag::currency));
    out_.text(coupon.code);
    instant(coupon.created_at);
    if (coupon.issued_at) instant(*coupon.issued_at);
    if (coupon.expires_at) instant(*coupon.expires_at);
    if (coupon.redeemed_at) instant(*coupon.redeemed_at);
    if (coupon.discount) out_.signed_number(*coupon.discount);
    if (!coupon.currency.empty()) out_.text(coupon.currency);
  }

  void order(const Order& order) {
    out_.number(when(order.id.has_value(), 1));
    if (order.id) out_.text(*order.id);
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

  ByteWriter out_;
  const Micros now_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view record) : in_(record) {}

  Result<DecodedDecision> decision() {
    DecodedDecision decoded;
    if (in_.number() != record_version) return corrupt();
    const std::uint64_t flags = flag_set(flag::all);
    decoded.hook = static_cast<Hook>(flags & 3);
    facts(decoded, flags);
    std::vector<TraceEntry> entries = trace();
    const auto kind = static_cast<Verdict::Kind>(flags >> 2 & 3);
    decoded.verdict = implied(kind, (flags & flag::unstable) != 0, std::move(entries), decoded.facts.order);
    if (flags & flag::explicit_verdict) verdict(decoded.verdict);
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
  Micros instant() { return sum(in_.signed_number(), now_); }

  std::string name() {
    const std::uint64_t value = in_.number();
    if (!(value & 1)) return std::string(in_.raw(value >> 1));
    if (value >> 1 >= usual_names.size()) {
      in_.fail();
      return {};
    }
    return std::string(usual_names[value >> 1]);
  }

  Counters counters() {
    Counters counters(in_.count());
    for (auto& [counter, value] : counters) {
      counter = text();
      value = in_.signed_number();
    }
    return counters;
  }

  void facts(DecodedDecision& decoded, std::uint64_t flags) {
    Facts& facts = decoded.facts;
    facts.now = now_ = in_.signed_number();
    decoded.campaign = in_.signed_number();
    decoded.campaign_version = in_.signed_number();
    facts.tally.issued = in_.signed_number();
    facts.tally.redeemed = in_.signed_number();
    if (flags & flag::user_id) facts.user.id = text();
    if (flags & flag::user_counts) {
      facts.user.issued = in_.signed_number();
      facts.user.issued_for_subject = in_.signed_number();
      facts.user.redeemed = in_.signed_number();
    }
    if (flags & flag::attributes) facts.user.attributes = text();
    if (flags & flag::coupon) facts.coupon = coupon();
    if (flags & flag::subject) facts.subject = text();
    if (flags & flag::order) facts.order = order();
    if (flags & flag::counters) facts.counters = counters();
  }

  CouponFacts coupon() {
    CouponFacts coupon;
    const std::uint64_t flags = flag_set(coupon_flag::all);
    coupon.code = text();
    coupon.created_at = instant();
    if (flags & coupon_flag::issued_at) coupon.issued_at = instant();
    if (flags & coupon_flag::expires_at) coupon.expires_at = instant();
    if (flags & coupon_flag::redeemed_at) coupon.redeemed_at = instant();
    if (flags & coupon_flag::discount) coupon.discount = in_.signed_number();
    if (flags & coupon_flag::currency) coupon.currency = text();
    return coupon;
  }

  Order order() {
    Order order;
    if (flag_set(1)) order.id = text();
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

  std::vector<TraceEntry> trace() {
    std::vector<TraceEntry> entries(in_.count());
    for (TraceEntry& entry : entries) {
      const std::uint64_t flags = flag_set(trace_flag::all);
      entry.kind = static_cast<TraceEntry::Kind>(flags & 3);
      entry.rule = name();
      if (flags & trace_flag::expires_at) entry.expires_at = instant();
      if (flags & trace_flag::discount) entry.discount = in_.signed_number();
      if (flags & trace_flag::counts) entry.counts = counters();
      if (flags & trace_flag::note) entry.note = text();
      if (flags & trace_flag::code) entry.code = name();
      if (flags & trace_flag::sentence) entry.sentence = text();
      if (flags & trace_flag::detail) entry.detail = text();
    }
    return entries;
  }

  void verdict(Verdict& verdict) {
    verdict.code = name();
    verdict.sentence = text();
    verdict.detail = text();
    const std::uint64_t flags = flag_set(3);
    verdict.expires_at = flags & 1 ? std::optional(instant()) : std::nullopt;
    verdict.discount = flags & 2 ? std::optional(in_.signed_number()) : std::nullopt;
    verdict.counts = counters();
  }

  ByteReader in_;
  Micros now_ = 0;
};

}  // namespace

std::string encode_decision(Hook hook, const Facts& facts, const Verdict& verdict) {
  assert(facts.campaign);
  const UserFacts& user = facts.user;
  const bool follows = implied(verdict.kind, verdict.unstable, verdict.trace, facts.order) == verdict;
  const std::uint64_t flags =
      static_cast<std::uint64_t>(hook) | static_cast<std::uint64_t>(verdict.kind) << 2 |
      when(user.id.has_value(), flag::user_id) |
      when(user.issued != 0 || user.issued_for_subject != 0 || user.redeemed != 0, flag::user_counts) |
      when(user.attributes != "{}", flag::attributes) | when(facts.coupon.has_value(), flag::coupon) |
      when(facts.subject.has_value(), flag::subject) | when(facts.order.has_value(), flag::order) |
      when(!facts.counters.empty(), flag::counters) | when(verdict.unstable, flag::unstable) |
      when(!follows, flag::explicit_verdict);
  Encoder encoder(facts.now);
  encoder.number(record_version);
  encoder.number(flags);
  encoder.facts(facts, flags);
  encoder.trace(verdict.trace);
  if (!follows) encoder.verdict(verdict);
  return encoder.take();
}

Result<DecodedDecision> decode_decision(std::string_view record) {
  return Decoder(record).decision();
}

}  // namespace scrip
