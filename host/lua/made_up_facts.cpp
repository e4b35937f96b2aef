#include "lua/made_up_facts.h"

#include <algorithm>
#include <bit>
#include <string>

#include "coupon/time.h"

namespace scrip {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t most_amount = 10'000'000;
constexpr std::int64_t most_issued = 1'000'000;
constexpr std::int64_t most_held = 5;
constexpr Micros first_instant = 1'704'067'200 * second;  // 2024-01-01T00:00:00Z
constexpr Micros last_instant = 1'925'078'400 * second;   // 2031-01-02T00:00:00Z

std::int64_t integer(std::int64_t first, std::int64_t last, Choices& choices) {
  // A range of one number takes a choice too, so that one fact does not move the choices of others.
  if (last < first) last = first;
  // The simplest of a range around 0 is 0.
  if (first < 0 && last >= 0) {
    const bool negative = choices.draw(1) == 1;
    return negative ? -integer(1, -first, choices) : integer(0, last, choices);
  }
  return first + static_cast<std::int64_t>(choices.draw(static_cast<std::uint64_t>(last - first)));
}

// By day, second and fraction, so that small choices are early days, midnights and whole seconds.
Micros instant(Micros first, Micros last, Choices& choices) {
  const Micros days = integer(0, (last - first) / day, choices) * day;
  const Micros seconds = integer(0, day / second - 1, choices) * second;
  const bool whole = choices.draw(3) < 3;
  const Micros fraction = integer(0, second - 1, choices);
  return std::min(first + days + seconds + (whole ? 0 : fraction), last);
}

Json between(const Json& range, Choices& choices) {
  if (range[0].is_string()) {
    return instant(parse_instant(range[0].get<std::string>()).value_or(0),
                   parse_instant(range[1].get<std::string>()).value_or(0), choices);
  }
  return integer(range[0].get<std::int64_t>(), range[1].get<std::int64_t>(), choices);
}

Json instance(const Json& pattern, Choices& choices) {
  if (pattern.is_array()) {
    Json list = Json::array();
    for (const Json& each : pattern) list.push_back(instance(each, choices));
    return list;
  }
  if (!pattern.is_object()) return pattern;
  if (pattern.contains("$between")) return between(pattern["$between"], choices);
  if (pattern.contains("$one_of")) {
    const Json& all = pattern["$one_of"];
    return instance(all[static_cast<std::size_t>(choices.draw(all.size() - 1))], choices);
  }
  if (pattern.contains("$list_of")) {
    // As many choices however long it is, so that a shorter list does not move the choices behind it.
    Json list = Json::array();
    const auto most = pattern["$list_of"][1].get<std::uint64_t>();
    const auto size = choices.draw(most);
    for (std::uint64_t i = 0; i < most; ++i) {
      Json item = instance(pattern["$list_of"][0], choices);
      if (i < size) list.push_back(std::move(item));
    }
    return list;
  }
  Json object = Json::object();
  for (const auto& [name, member] : pattern.items()) object[name] = instance(member, choices);
  return object;
}

// The member of an object, which is made when it is missing; null when somebody said that there is none.
Json* object_member(Json& facts, const char* name) {
  if (!facts.contains(name) || (facts[name].is_array() && facts[name].empty())) facts[name] = Json::object();
  return facts[name].is_object() ? &facts[name] : nullptr;
}

void fill_user(Json& user, Choices& choices) {
  const auto held = [&user](const char* name) {
    return user.contains(name) && user[name].is_number_integer() ? user[name].get<std::int64_t>() : most_held;
  };
  if (!user.contains("issued")) user["issued"] = integer(0, most_held, choices);
  for (const char* part : {"issued_for_subject", "redeemed"}) {
    if (!user.contains(part)) user[part] = integer(0, held("issued"), choices);
  }
}

void fill_campaign(Json& campaign, Choices& choices) {
  if (!campaign.contains("issued") && !campaign.contains("remaining")) {
    const bool limited = campaign.contains("total") && campaign["total"].is_number_integer();
    campaign["issued"] = integer(0, limited ? campaign["total"].get<std::int64_t>() : most_issued, choices);
  }
  if (!campaign.contains("redeemed") && campaign.contains("issued") && campaign["issued"].is_number_integer()) {
    campaign["redeemed"] = integer(0, campaign["issued"].get<std::int64_t>(), choices);
  }
}

void fill_order(Json& order, Choices& choices) {
  if (!order.contains("amount")) order["amount"] = integer(0, most_amount, choices);
  if (order.contains("items") || !order["amount"].is_number_integer()) return;
  std::int64_t left = order["amount"].get<std::int64_t>();
  constexpr std::uint64_t most_items = 3;
  Json items = Json::array();
  const auto size = choices.draw(most_items);
  for (std::uint64_t i = 0; i < most_items; ++i) {
    const std::int64_t amount = integer(0, left, choices);
    const std::string sku = "SKU-" + std::to_string(1 + choices.draw(4));
    const std::uint64_t quantity = 1 + choices.draw(4);
    if (i >= size) continue;
    left -= amount;
    items.push_back({{"sku", sku}, {"quantity", quantity}, {"amount", amount}});
  }
  order["items"] = std::move(items);
}

void fill_coupons(Json& facts, Choices& choices) {
  if (facts.contains("coupons")) return;
  constexpr std::uint64_t most_coupons = 5;
  const std::int64_t amount = facts["order"].is_object() && facts["order"]["amount"].is_number_integer()
                                  ? facts["order"]["amount"].get<std::int64_t>()
                                  : 0;
  const auto size = 1 + choices.draw(most_coupons - 1);
  Json coupons = Json::array();
  for (std::uint64_t i = 0; i < most_coupons; ++i) {
    Json coupon{{"group", "group-" + std::to_string(1 + choices.draw(2))}, {"discount", integer(0, amount, choices)}};
    const bool expires = choices.draw(1) == 1;
    const std::int64_t days = integer(1, 365, choices);
    if (expires && facts["now"].is_number_integer()) coupon["expires_at"] = facts["now"].get<Micros>() + days * day;
    if (i < size) coupons.push_back(std::move(coupon));
  }
  facts["coupons"] = std::move(coupons);
}

}  // namespace

// SplitMix64 (Steele, Lea, Flood 2014): the same on every machine.
std::uint64_t Choices::random() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31U);
}

std::uint64_t Choices::pick(std::uint64_t most) {
  constexpr std::uint64_t few = 10;
  const auto up_to = [this](std::uint64_t last) { return last == UINT64_MAX ? random() : random() % (last + 1); };
  switch (random() % 8) {
    case 0:
      return 0;
    case 1:
      return most;
    case 2:
      return up_to(std::min(most, few));
    case 3:
      return up_to(most);
    default: {
      // As likely of any number of digits.
      const auto bits = static_cast<unsigned>(up_to(static_cast<std::uint64_t>(std::bit_width(most))));
      return std::min(most, bits == 0 ? 0 : random() >> (64U - bits));
    }
  }
}

std::uint64_t Choices::draw(std::uint64_t most) {
  if (repeating_) {
    if (at_ >= made_.size()) made_.push_back(0);
    made_[at_] = std::min(made_[at_], most);
    return made_[at_++];
  }
  made_.push_back(most == 0 ? 0 : pick(most));
  return made_.back();
}

std::vector<std::uint64_t> Choices::made() const {
  if (!repeating_) return made_;
  return {made_.begin(), made_.begin() + static_cast<std::ptrdiff_t>(at_)};
}

Json make_up_facts(const Json& pattern, Hook hook, Choices& choices) {
  Json facts = pattern.is_object() ? instance(pattern, choices) : Json::object();
  if (!facts.contains("now")) facts["now"] = instant(first_instant, last_instant, choices);
  if (Json* user = object_member(facts, "user")) fill_user(*user, choices);
  if (Json* campaign = object_member(facts, "campaign")) fill_campaign(*campaign, choices);
  if (hook == Hook::redeem || hook == Hook::stack) {
    if (Json* order = object_member(facts, "order")) fill_order(*order, choices);
  }
  if (hook == Hook::stack) fill_coupons(facts, choices);
  return facts;
}

}  // namespace scrip
