#include "lua/answers.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "coupon/text.h"
#include "lua/json_value.h"
#include "lua/numbers.h"
#include "lua/view.h"

namespace scrip {
namespace {

constexpr std::size_t longest_sentence = 500;
constexpr std::size_t longest_note = 500;
constexpr std::size_t longest_once = 64;
constexpr JsonLimits detail_limits{.depth = 4, .bytes = 2048};
constexpr std::size_t most_counters = 32;

// Boxes are collected without a destructor being run, so they hold sizes and the bytes behind them.
struct DenialBox : Box {
  static constexpr Tag kind = Tag::denial;
  std::uint32_t code = 0, sentence = 0, detail = 0;
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
};

// The counts are behind it, each as a double, the name's size in one byte, the name; then the note, what
// it is called, and the places of an order, a byte each.
struct EffectBox : Box {
  static constexpr Tag kind = Tag::effect;
  bool has_expiry = false, has_discount = false, has_cap = false, has_base = false, is_original = false;
  std::uint16_t counts = 0, note = 0, once = 0, order = 0;
  std::int64_t expires_at = 0, discount = 0, cap = 0;
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
};

std::string_view check_text(lua_State* L, int index, const char* function, const char* what, std::size_t longest) {
  std::size_t size = 0;
  const char* text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &size) : nullptr;
  if (!text) raise(L, "%s: the %s is a %s, not a string", function, what, luaL_typename(L, index));
  if (size == 0 || size > longest) {
    raise(L, "%s: the %s has 1 to %d bytes", function, what, static_cast<int>(longest));
  }
  if (!is_utf8({text, size})) raise(L, "%s: the %s is not UTF-8", function, what);
  return {text, size};
}

double check_integer(lua_State* L, const char* what) {
  const auto integer = lua_type(L, -1) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, -1)) : std::nullopt;
  if (!integer) {
    if (lua_type(L, -1) != LUA_TNUMBER) {
      raise(L, "effect: %s is a %s, not a whole number", what, luaL_typename(L, -1));
    }
    raise(L, "effect: %s is %f, not a whole number up to 2^53", what, lua_tonumber(L, -1));
  }
  return static_cast<double>(*integer);
}

// The table of counts on top, by name: the order in which a table is walked differs between VMs.
std::vector<std::pair<std::string_view, double>> check_counts(lua_State* L) {
  if (!lua_istable(L, -1)) raise(L, "effect: count is a %s, not { NAME = n }", luaL_typename(L, -1));
  std::vector<std::pair<std::string_view, double>> counts;
  const int table = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    std::size_t size = 0;
    const char* name = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &size) : nullptr;
    if (!name || !is_counter_name({name, size})) {
      raise(L, "effect: the name of a counter is a string of 1 to 64 bytes without control characters");
    }
    counts.emplace_back(std::string_view(name, size), check_integer(L, "the change of a counter"));
    if (counts.size() > most_counters) raise(L, "effect: more than %d counters", static_cast<int>(most_counters));
    lua_pop(L, 1);
  }
  std::sort(counts.begin(), counts.end());
  return counts;
}

// As the bytes behind an EffectBox.
std::string bytes_of(const std::vector<std::pair<std::string_view, double>>& counts) {
  std::string bytes;
  for (const auto& [name, change] : counts) {
    char number[sizeof change];
    std::memcpy(number, &change, sizeof change);
    bytes.append(number, sizeof change);
    bytes += static_cast<char>(name.size());
    bytes += name;
  }
  return bytes;
}

// The list on top: the places of facts.coupons, from 1, in the order in which they are applied.
std::string check_order(lua_State* L) {
  if (!lua_istable(L, -1)) raise(L, "effect: order is a %s, not a list of places", luaL_typename(L, -1));
  const std::size_t size = lua_objlen(L, -1);
  if (size == 0 || size > most_stacked) raise(L, "effect: order is not each place of facts.coupons once");
  std::string places;
  for (std::size_t i = 1; i <= size; ++i) {
    lua_rawgeti(L, -1, static_cast<int>(i));
    const double place = check_integer(L, "a place in order");
    if (place < 1 || place > static_cast<double>(size)) {
      raise(L, "effect: order is not each place of facts.coupons once");
    }
    places += static_cast<char>(static_cast<unsigned char>(place));
    lua_pop(L, 1);
  }
  return places;
}

StackBase check_base(lua_State* L) {
  const std::string_view text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  const auto base = parse_stack_base(text);
  if (!base) raise(L, "effect: base is not \"remaining\" or \"original\"");
  return *base;
}

Denial denial_of(const DenialBox& box) {
  const char* const bytes = box.bytes();
  return {.code = std::string(bytes, box.code),
          .sentence = std::string(bytes + box.code, box.sentence),
          .detail = std::string(bytes + box.code + box.sentence, box.detail)};
}

Effect effect_of(const EffectBox& box) {
  Effect effect;
  if (box.has_expiry) effect.expires_at = box.expires_at;
  if (box.has_discount) effect.discount = box.discount;
  const char* at = box.bytes();
  effect.counts.reserve(box.counts);
  for (int i = 0; i < box.counts; ++i) {
    double change = 0;
    std::memcpy(&change, at, sizeof change);
    at += sizeof change;
    const auto size = static_cast<unsigned char>(*at++);
    effect.counts.emplace_back(std::string(at, size), static_cast<std::int64_t>(change));
    at += size;
  }
  effect.note.assign(at, box.note);
  effect.once.assign(at + box.note, box.once);
  const char* const places = at + box.note + box.once;
  for (int i = 0; i < box.order; ++i) effect.stack.order.push_back(static_cast<unsigned char>(places[i]) - 1U);
  if (box.has_base) effect.stack.base = box.is_original ? StackBase::original : StackBase::remaining;
  if (box.has_cap) effect.stack.cap = box.cap;
  return effect;
}

}  // namespace

int lua_deny(lua_State* L) {
  lua_settop(L, 3);
  const std::string_view code = check_text(L, 1, "deny", "code", 64);
  if (!is_rule_name(code)) {
    raise(L, "deny: the code '%s' is not of small letters, digits and '_'", code.data());
  }
  const std::string_view sentence = check_text(L, 2, "deny", "sentence", longest_sentence);
  std::string detail;
  if (!lua_isnil(L, 3)) {
    Json json;
    if (!lua_istable(L, 3)) raise(L, "deny: the detail is a %s, not a table", luaL_typename(L, 3));
    if (const auto fault = read_json(L, 3, detail_limits, json)) {
      raise(L, "deny: the detail%s%s %s", fault->path.empty() ? "" : " at ", fault->path.c_str(), fault->what.c_str());
    }
    detail = json.is_array() && json.empty() ? "{}" : json.dump();
    if (detail.size() > detail_limits.bytes) raise(L, "deny: the detail is larger than 2 KiB as JSON");
  }
  auto* const box = push_box<DenialBox>(L, code.size() + sentence.size() + detail.size());
  box->code = static_cast<std::uint32_t>(code.size());
  box->sentence = static_cast<std::uint32_t>(sentence.size());
  box->detail = static_cast<std::uint32_t>(detail.size());
  char* const bytes = reinterpret_cast<char*>(box + 1);
  std::memcpy(bytes, code.data(), code.size());
  std::memcpy(bytes + code.size(), sentence.data(), sentence.size());
  std::memcpy(bytes + code.size() + sentence.size(), detail.data(), detail.size());
  return 1;
}

int lua_effect(lua_State* L) {
  lua_settop(L, 1);
  if (!lua_istable(L, 1)) {
    raise(L, "effect: its argument is a %s, not a table; write effect{ ... }", luaL_typename(L, 1));
  }
  EffectBox header;
  std::string counts;
  std::string note;
  std::string once;
  std::string order;
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    const std::string_view member = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (member == "expires_at") {
      header.expires_at = static_cast<Micros>(check_integer(L, "expires_at"));
      header.has_expiry = true;
    } else if (member == "discount") {
      header.discount = static_cast<std::int64_t>(check_integer(L, "the discount"));
      header.has_discount = true;
    } else if (member == "count") {
      const auto sorted = check_counts(L);
      header.counts = static_cast<std::uint16_t>(sorted.size());
      counts = bytes_of(sorted);
    } else if (member == "note") {
      note = check_text(L, 3, "effect", "note", longest_note);
    } else if (member == "once") {
      once = lua_type(L, 3) == LUA_TNUMBER ? std::to_string(static_cast<std::int64_t>(check_integer(L, "once")))
                                           : std::string(check_text(L, 3, "effect", "once", longest_once));
    } else if (member == "order") {
      order = check_order(L);
    } else if (member == "base") {
      header.has_base = true;
      header.is_original = check_base(L) == StackBase::original;
    } else if (member == "cap") {
      header.cap = static_cast<std::int64_t>(check_integer(L, "the cap"));
      header.has_cap = true;
    } else {
      raise(L,
            "effect: there is no '%s'; it has expires_at, discount, count, note, once, and for stack order, base, cap",
            member.empty() ? luaL_typename(L, 2) : member.data());
    }
    lua_settop(L, 2);
  }
  header.note = static_cast<std::uint16_t>(note.size());
  header.once = static_cast<std::uint16_t>(once.size());
  header.order = static_cast<std::uint16_t>(order.size());
  auto* const box = push_box<EffectBox>(L, counts.size() + note.size() + once.size() + order.size());
  *box = header;
  box->tag = EffectBox::kind;
  char* const bytes = reinterpret_cast<char*>(box + 1);
  std::memcpy(bytes, counts.data(), counts.size());
  std::memcpy(bytes + counts.size(), note.data(), note.size());
  std::memcpy(bytes + counts.size() + note.size(), once.data(), once.size());
  std::memcpy(bytes + counts.size() + note.size() + once.size(), order.data(), order.size());
  return 1;
}

bool add_answer(lua_State* L, std::string_view rule, Composition& verdict) {
  if (lua_isnil(L, -1)) return verdict.passed(rule);
  if (const auto* denial = to_box<DenialBox>(L, -1)) return verdict.denied(rule, denial_of(*denial));
  if (const auto* effect = to_box<EffectBox>(L, -1)) return verdict.effect(rule, effect_of(*effect));
  raise(L, "a rule returned a %s; it returns nothing, deny(...) or effect{...}", luaL_typename(L, -1));
}

}  // namespace scrip
