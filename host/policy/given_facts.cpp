#include "policy/given_facts.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <memory>
#include <utility>

#include "coupon/money.h"
#include "coupon/time.h"
#include "policy/composition.h"

namespace scrip {
namespace {

using Json = nlohmann::json;

constexpr Micros usual_now = 1'767'225'600 * second;  // 2026-01-01T00:00:00Z

class FactsReader {
 public:
  FactsReader(Hook hook, Unsaid unsaid) : hook_(hook), unsaid_(unsaid) {}

  GivenFacts read(const Json& given) {
    GivenFacts read;
    Facts& facts = read.facts;
    facts.now = usual_now;
    if (given.is_object() && given.contains("now")) {
      instant(given["now"], "facts.now", facts.now);
    } else if (unsaid_ == Unsaid::absent) {
      fail("facts.now is missing");
    }
    // Later than that rules cannot count.
    if (facts.now > max_exact) fail("facts.now is after the year 2255");
    now_ = facts.now;
    prepare(facts);
    members(given, "facts",
            {{"now", [](const Json&, const std::string&) {}},
             {"hold_until", instant_into(facts.hold_until)},
             {"campaign", [&](const Json& json, const std::string& path) { campaign(json, path, facts.tally); }},
             {"user", [&](const Json& json, const std::string& path) { user(json, path, facts.user); }},
             {"subject", [&](const Json& json, const std::string& path) { text(json, path, facts.subject); }},
             {"coupon", [&](const Json& json, const std::string& path) { coupon(json, path, facts.coupon); }},
             {"order", [&](const Json& json, const std::string& path) { order(json, path, facts.order); }},
             {"counter", [&](const Json& json, const std::string& path) { counters(json, path, read.counters); }},
             {"coupons", [&](const Json& json, const std::string& path) { coupons(json, path, facts.coupons); }}});
    if (hook_ == Hook::stack && !facts.order) fail("facts.order is missing");
    if (hook_ == Hook::stack && facts.coupons.empty()) fail("facts.coupons is missing");
    if (hook_ != Hook::stack && !facts.coupons.empty()) fail("facts.coupons is for the hook stack");
    facts.campaign = std::make_shared<const Campaign>(campaign_);
    read.error = error_;
    return read;
  }

 private:
  using Read = std::function<void(const Json&, const std::string&)>;

  void prepare(Facts& facts) {
    campaign_.number = 1;
    campaign_.id = "test";
    campaign_.name = "test";
    if (unsaid_ == Unsaid::absent) return;
    facts.user.id = "user-1";
    if (hook_ == Hook::stack) return;
    facts.coupon = CouponFacts{.code = "TEST-CODE", .created_at = facts.now};
    if (hook_ != Hook::issue) facts.coupon->issued_at = facts.now;
    if (hook_ == Hook::cancel) facts.coupon->redeemed_at = facts.now;
  }

  void fail(const std::string& what) {
    if (error_.empty()) error_ = what;
  }

  // Each member of an object by its reader; others are an error.
  void members(const Json& json, const std::string& path, std::initializer_list<std::pair<const char*, Read>> readers) {
    if (json.is_array() && json.empty()) return;  // {} in Lua
    if (!json.is_object()) return fail(path + " is not a table with names");
    for (const auto& [name, value] : json.items()) {
      const Read* read = nullptr;
      std::string known;
      for (const auto& [member, reader] : readers) {
        if (name == member) read = &reader;
        known += (known.empty() ? "" : ", ") + std::string(member);
      }
      if (read) {
        (*read)(value, path + "." + name);
      } else {
        fail(path + " has no member '" + name + "'; it has " + known);
      }
    }
  }

  static bool absent(const Json& json) { return json.is_null() || (json.is_boolean() && !json.get<bool>()); }

  // Whole, and exact for a rule, which has doubles.
  bool exact(const Json& json, const std::string& path, std::int64_t& into) {
    if (!json.is_number_integer()) {
      fail(path + " is not a whole number");
      return false;
    }
    const bool huge = json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(max_exact);
    if (huge || json.get<std::int64_t>() > max_exact || json.get<std::int64_t>() < -max_exact) {
      fail(path + " is beyond 2^53");
      return false;
    }
    into = json.get<std::int64_t>();
    return true;
  }
  // How many, or how much.
  void integer(const Json& json, const std::string& path, std::int64_t& into) {
    if (exact(json, path, into) && into < 0) fail(path + " is below 0");
  }
  void instant(const Json& json, const std::string& path, Micros& into) {
    if (json.is_number_integer()) {
      if (exact(json, path, into) && into < earliest_instant) fail(path + " is before 1970");
    } else if (const auto parsed = json.is_string() ? parse_instant(json.get<std::string>()) : std::nullopt) {
      into = *parsed;
    } else {
      fail(path + " is not an instant: microseconds, or \"2026-11-21T10:00:00+09:00\"");
    }
  }
  void text(const Json& json, const std::string& path, std::string& into) {
    if (!json.is_string()) return fail(path + " is not a string");
    into = json.get<std::string>();
  }
  void currency(const Json& json, const std::string& path, std::string& into) {
    text(json, path, into);
    if (json.is_string() && !is_currency(into)) fail(path + " is not a currency: three capital letters, \"KRW\"");
  }

  // An optional member, read by the function for its value.
  template <class T, class Reader>
  void optional(const Json& json, std::optional<T>& into, Reader&& reader) {
    into.reset();
    if (!absent(json)) reader(into.emplace());
  }
  void integer(const Json& json, const std::string& path, std::optional<std::int64_t>& into) {
    optional(json, into, [&](std::int64_t& value) { integer(json, path, value); });
  }
  void instant(const Json& json, const std::string& path, std::optional<Micros>& into) {
    optional(json, into, [&](Micros& value) { instant(json, path, value); });
  }
  void text(const Json& json, const std::string& path, std::optional<std::string>& into) {
    optional(json, into, [&](std::string& value) { text(json, path, value); });
  }

  void free_form(const Json& json, const std::string& path, std::string& into) {
    if (json.is_array() && json.empty()) {
      into = "{}";
    } else if (json.is_object()) {
      into = json.dump();
    } else {
      fail(path + " is not a table with names");
    }
  }

  Read integer_into(std::int64_t& into) {
    return [this, &into](const Json& json, const std::string& path) { integer(json, path, into); };
  }
  Read integer_into(std::optional<std::int64_t>& into) {
    return [this, &into](const Json& json, const std::string& path) { integer(json, path, into); };
  }
  Read instant_into(Micros& into) {
    return [this, &into](const Json& json, const std::string& path) { instant(json, path, into); };
  }
  Read instant_into(std::optional<Micros>& into) {
    return [this, &into](const Json& json, const std::string& path) { instant(json, path, into); };
  }
  template <class Text>
  Read text_into(Text& into) {
    return [this, &into](const Json& json, const std::string& path) { text(json, path, into); };
  }
  Read currency_into(std::string& into) {
    return [this, &into](const Json& json, const std::string& path) { currency(json, path, into); };
  }
  Read free_form_into(std::string& into) {
    return [this, &into](const Json& json, const std::string& path) { free_form(json, path, into); };
  }

  void campaign(const Json& json, const std::string& path, CampaignTally& tally) {
    std::optional<std::int64_t> issued;
    std::optional<std::int64_t> remaining;
    members(json, path,
            {{"id", text_into(campaign_.id)},
             {"total", integer_into(campaign_.total)},
             {"issued", integer_into(issued)},
             {"remaining", integer_into(remaining)},
             {"redeemed", integer_into(tally.redeemed)},
             {"starts_at", instant_into(campaign_.starts_at)},
             {"ends_at", instant_into(campaign_.ends_at)},
             {"timezone", text_into(campaign_.timezone)},
             {"metadata", free_form_into(campaign_.metadata)}});
    if (!is_zone(campaign_.timezone)) fail(path + ".timezone is not an IANA time zone");
    // Of total, issued and remaining two say what the third is.
    if (remaining && !campaign_.total) campaign_.total = issued.value_or(0) + *remaining;
    if (remaining && !issued) issued = *campaign_.total - *remaining;
    tally.issued = issued.value_or(0);
    if (tally.issued < 0 || (remaining && tally.remaining(campaign_) != *remaining)) {
      fail(path + ".remaining is not what total and issued leave");
    }
  }

  void user(const Json& json, const std::string& path, UserFacts& into) {
    members(json, path,
            {{"id", text_into(into.id)},
             {"issued", integer_into(into.issued)},
             {"issued_for_subject", integer_into(into.issued_for_subject)},
             {"redeemed", integer_into(into.redeemed)},
             {"attributes", free_form_into(into.attributes)}});
  }

  void coupon(const Json& json, const std::string& path, std::optional<CouponFacts>& into) {
    if (absent(json)) return into.reset();
    if (!into) into.emplace().created_at = now_;
    members(json, path,
            {{"code", text_into(into->code)},
             {"created_at", instant_into(into->created_at)},
             {"issued_at", instant_into(into->issued_at)},
             {"expires_at", instant_into(into->expires_at)},
             {"redeemed_at", instant_into(into->redeemed_at)},
             {"discount", integer_into(into->discount)},
             {"currency", currency_into(into->currency)},
             {"counted_at", instant_into(into->counted_at)},
             {"held_until", instant_into(into->held_until)},
             {"counted", [&](const Json& counted, const std::string& counted_path) {
                counters(counted, counted_path, into->counted);
              }}});
    if (into->discount && into->currency.empty()) into->currency = usual_currency;
  }

  void order(const Json& json, const std::string& path, std::optional<Order>& into) {
    if (absent(json)) return;
    into.emplace().currency = usual_currency;
    members(json, path,
            {{"id", text_into(into->id)},
             {"amount", integer_into(into->amount)},
             {"currency", currency_into(into->currency)},
             {"most_discount", integer_into(into->most_discount)},
             {"items", [&](const Json& items_json, const std::string& items_path) {
                items(items_json, items_path, into->items);
              }}});
  }

  void coupons(const Json& json, const std::string& path, std::vector<StackedCoupon>& into) {
    if (!json.is_array()) return fail(path + " is not a list");
    if (json.size() > most_stacked) return fail(path + " has more than " + std::to_string(most_stacked) + " coupons");
    for (const Json& each : json) {
      StackedCoupon& coupon = into.emplace_back();
      const std::string number = std::to_string(into.size());
      coupon.code = "TEST-CODE-" + number;
      coupon.campaign_id = "test";
      coupon.issued_at = now_;
      // A group that is given beside metadata has to be the one that follows from them.
      std::string group;
      members(each, path + "[" + number + "]",
              {{"code", text_into(coupon.code)},
               {"group", text_into(group)},
               {"campaign",
                [&](const Json& of, const std::string& of_path) {
                  members(of, of_path,
                          {{"id", text_into(coupon.campaign_id)}, {"metadata", free_form_into(coupon.metadata)}});
                }},
               {"issued_at", instant_into(coupon.issued_at)},
               {"expires_at", instant_into(coupon.expires_at)},
               {"discount", integer_into(coupon.discount)}});
      if (group.empty() || group == stacking_group(coupon.metadata)) continue;
      Json metadata = Json::parse(coupon.metadata, nullptr, false);
      if (metadata.contains("stacking_group")) fail(path + "[" + number + "].group is not the one of its metadata");
      metadata["stacking_group"] = group;
      coupon.metadata = metadata.dump();
    }
  }

  void items(const Json& json, const std::string& path, std::vector<OrderItem>& into) {
    if (!json.is_array()) return fail(path + " is not a list");
    for (const Json& item : json) {
      OrderItem& read = into.emplace_back();
      members(item, path + "[" + std::to_string(into.size()) + "]",
              {{"sku", text_into(read.sku)},
               {"quantity", integer_into(read.quantity)},
               {"amount", integer_into(read.amount)},
               {"tags", [&](const Json& tags_json, const std::string& tags_path) {
                  if (!tags_json.is_array()) return fail(tags_path + " is not a list");
                  for (const Json& tag : tags_json) text(tag, tags_path, read.tags.emplace_back());
                }}});
    }
  }

  void counters(const Json& json, const std::string& path, Counters& into) {
    if (json.is_array() && json.empty()) return;
    if (!json.is_object()) return fail(path + " is not a table with names");
    for (const auto& [name, value] : json.items()) {
      if (!is_counter_name(name)) fail(path + " has a name that is not 1 to 64 bytes of text");
      exact(value, path + "." + name, into.emplace_back(name, 0).second);
    }
  }

  static constexpr const char* usual_currency = "KRW";

  const Hook hook_;
  const Unsaid unsaid_;
  Micros now_ = usual_now;
  Campaign campaign_;
  std::string error_;
};

}  // namespace

GivenFacts read_given_facts(const Json& given, Hook hook, Unsaid unsaid) {
  return FactsReader(hook, unsaid).read(given);
}

std::int64_t given_counter(const GivenFacts& given, const std::string& name) {
  const auto found = std::find_if(given.counters.begin(), given.counters.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == given.counters.end() ? 0 : found->second;
}

}  // namespace scrip
