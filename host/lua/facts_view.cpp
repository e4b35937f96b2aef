#include "lua/facts_view.h"

#include <algorithm>

#include "lua/facts_members.h"
#include "lua/json_value.h"
#include "lua/numbers.h"
#include "lua/view.h"
#include "lua/vm.h"

namespace scrip {
namespace {

using namespace facts_members;

void push_ref(lua_State* L, int ref) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
}

void push_text(lua_State* L, std::string_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

void push_free_form(lua_State* L, const std::string& text, const char* title) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) raise(L, "%s are not a JSON object", title);
  push_json(L, json, PushAs::view);
}

void push_items(lua_State* L, const std::vector<OrderItem>& items) {
  lua_createtable(L, static_cast<int>(items.size()), 0);
  int at = 0;
  for (const OrderItem& item : items) {
    if (!is_exact(item.quantity) || !is_exact(item.amount)) raise(L, "an item of facts.order is beyond 2^53");
    lua_createtable(L, 0, 4);
    push_text(L, item.sku);
    lua_setfield(L, -2, "sku");
    lua_pushnumber(L, static_cast<lua_Number>(item.quantity));
    lua_setfield(L, -2, "quantity");
    lua_pushnumber(L, static_cast<lua_Number>(item.amount));
    lua_setfield(L, -2, "amount");
    lua_createtable(L, static_cast<int>(item.tags.size()), 0);
    int tag_at = 0;
    for (const std::string& tag : item.tags) {
      push_text(L, tag);
      lua_rawseti(L, -2, ++tag_at);
    }
    to_view(L);
    lua_setfield(L, -2, "tags");
    to_view(L);
    lua_rawseti(L, -2, ++at);
  }
  to_view(L);
}

void set_text(lua_State* L, const char* member, std::string_view text) {
  push_text(L, text);
  lua_setfield(L, -2, member);
}

void set_number(lua_State* L, const char* member, std::int64_t value) {
  if (!is_exact(value)) raise(L, "facts.coupons: %s is beyond 2^53", member);
  lua_pushnumber(L, static_cast<lua_Number>(value));
  lua_setfield(L, -2, member);
}

void push_stacked(lua_State* L, const StackedCoupon& coupon) {
  lua_createtable(L, 0, 6);
  set_text(L, "code", coupon.code);
  set_text(L, "group", stacking_group(coupon.metadata));
  set_number(L, "issued_at", coupon.issued_at);
  if (coupon.expires_at) set_number(L, "expires_at", std::min(*coupon.expires_at, max_exact));
  set_number(L, "discount", coupon.discount);
  lua_createtable(L, 0, 2);
  set_text(L, "id", coupon.campaign_id);
  push_free_form(L, coupon.metadata, "the metadata of the campaign");
  lua_setfield(L, -2, "metadata");
  to_view(L);
  lua_setfield(L, -2, "campaign");
  to_view(L);
}

void push_coupons(lua_State* L, const std::vector<StackedCoupon>& coupons) {
  lua_createtable(L, static_cast<int>(coupons.size()), 0);
  int at = 0;
  for (const StackedCoupon& coupon : coupons) {
    push_stacked(L, coupon);
    lua_rawseti(L, -2, ++at);
  }
  to_view(L);
}

// A counter that is not there was not declared, and would be 0 for ever.
int absent_counter(lua_State* L) {
  const char* name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
  raise(L, "facts.counter has no '%s'; a rule declares what it reads in `counters`", name);
}

// A campaign may end in the year 9999. To a rule that is the last instant that is exact, in 2255:
// what it compares it with is now.
std::optional<Micros> held_inside(const std::optional<Micros>& instant) {
  return instant ? std::optional(std::min(*instant, max_exact)) : std::nullopt;
}

}  // namespace

void FactsView::open(lua_State* L) {
  static_assert(members == places);
  for (std::size_t i = 0; i < all_members.size(); ++i) {
    lua_pushstring(L, all_members[i].name);
    names_[i] = luaL_ref(L, LUA_REGISTRYINDEX);
  }
  for (std::size_t section = 0; section < sections; ++section) {
    lua_createtable(L, 0, 16);
    // Every member gets its slot now, so that writing one never makes the table grow.
    lua_createtable(L, 0, 0);
    int names = 0;
    for (std::size_t i = 0; i < all_members.size(); ++i) {
      if (all_members[i].section != section) continue;
      push_ref(L, names_[i]);
      lua_pushboolean(L, 0);
      lua_rawset(L, -4);
      push_ref(L, names_[i]);
      lua_insert(L, -2);
      add_member_name(L, lua_gettop(L) - 1, ++names);
      lua_remove(L, -2);
    }
    if (names == 0) {
      lua_pop(L, 1);
      lua_pushnil(L);
    }
    lua_pushvalue(L, -2);
    tables_[section] = luaL_ref(L, LUA_REGISTRYINDEX);
    to_named_view(L, section == in_counter ? &absent_counter : &FactsView::absent);
    views_[section] = luaL_ref(L, LUA_REGISTRYINDEX);
  }
  for (std::size_t i = 0; i < all_members.size(); ++i) {
    push_ref(L, tables_[all_members[i].section]);
    set_nil(L, i);
    lua_pop(L, 1);
  }
}

void FactsView::set(lua_State* L, std::size_t member, std::int64_t value) const {
  if (integers_[member] == value) return;
  if (!is_exact(value)) raise(L, "%s.%s is beyond 2^53", titles[all_members[member].section], all_members[member].name);
  push_ref(L, names_[member]);
  lua_pushnumber(L, static_cast<lua_Number>(value));
  lua_rawset(L, -3);
  integers_[member] = value;
}

void FactsView::set(lua_State* L, std::size_t member, const std::optional<std::int64_t>& value) const {
  if (value) {
    set(L, member, *value);
  } else {
    set_nil(L, member);
  }
}

void FactsView::set(lua_State* L, std::size_t member, std::string_view text) const {
  push_ref(L, names_[member]);
  push_text(L, text);
  lua_rawset(L, -3);
}

void FactsView::set_nil(lua_State* L, std::size_t member) const {
  push_ref(L, names_[member]);
  lua_pushnil(L);
  lua_rawset(L, -3);
  integers_[member].reset();
}

void FactsView::set_changing(lua_State* L, std::size_t member, const std::optional<std::int64_t>& value) const {
  if (watching_) {
    set_nil(L, member);
  } else {
    set(L, member, value);
  }
}

void FactsView::set_view(lua_State* L, std::size_t member, std::size_t section, bool present) const {
  push_ref(L, names_[member]);
  if (present) {
    push_ref(L, views_[section]);
  } else {
    lua_pushnil(L);
  }
  lua_rawset(L, -3);
}

void FactsView::show(lua_State* L, Hook hook, const Facts& facts) {
  shown_ = &facts;
  push_ref(L, tables_[in_facts]);
  set(L, now, facts.now);
  const bool stacked = hook == Hook::stack;
  set_view(L, campaign, in_campaign, !stacked);
  set_view(L, user, in_user, true);
  set_view(L, counter, in_counter, true);
  set_view(L, coupon, in_coupon, facts.coupon.has_value());
  set_view(L, order, in_order, facts.order.has_value());
  if (facts.subject) {
    set(L, subject, *facts.subject);
  } else {
    set_nil(L, subject);
  }
  if (hook_ != hook) set(L, current_hook, name(hook));
  hook_ = hook;
  if (coupons_made_) set_nil(L, coupons);
  coupons_made_ = false;
  lua_pop(L, 1);
  show_discount(L, 0);
  if (stacked) {
    show_holder(L, facts.user);
  } else {
    show_campaign(L, facts);
    show_user(L, facts);
  }
  if (facts.coupon) show_coupon(L, *facts.coupon);
  if (facts.order) show_order(L, *facts.order);
  show_counters(L, facts.counters);
}

void FactsView::show_discount(lua_State* L, std::int64_t discount) {
  if (discount_ == discount) return;
  push_ref(L, tables_[in_facts]);
  set(L, granted, discount);
  lua_pop(L, 1);
  discount_ = discount;
}

void FactsView::show_campaign(lua_State* L, const Facts& facts) {
  const Campaign& definition = *facts.campaign;
  push_ref(L, tables_[in_campaign]);
  if (campaign_ != facts.campaign) {
    // Only when all of it is written is it the one that is.
    campaign_.reset();
    set(L, campaign_id, definition.id);
    set(L, campaign_total, definition.total);
    set(L, campaign_starts_at, held_inside(definition.starts_at));
    set(L, campaign_ends_at, held_inside(definition.ends_at));
    set(L, campaign_timezone, definition.timezone);
    set_nil(L, campaign_metadata);
    campaign_ = facts.campaign;
  }
  set_changing(L, campaign_issued, facts.tally.issued);
  set_changing(L, campaign_redeemed, facts.tally.redeemed);
  set_changing(L, campaign_remaining, facts.tally.remaining(definition));
  lua_pop(L, 1);
}

void FactsView::show_user(lua_State* L, const Facts& facts) {
  push_ref(L, tables_[in_user]);
  if (facts.user.id) {
    set(L, user_id, *facts.user.id);
  } else {
    set_nil(L, user_id);
  }
  set_changing(L, user_issued, facts.user.issued);
  set_changing(L, user_issued_for_subject, facts.user.issued_for_subject);
  set_changing(L, user_redeemed, facts.user.redeemed);
  if (attributes_made_) set_nil(L, user_attributes);
  attributes_made_ = false;
  lua_pop(L, 1);
}

void FactsView::show_holder(lua_State* L, const UserFacts& user) {
  push_ref(L, tables_[in_user]);
  if (user.id) {
    set(L, user_id, *user.id);
  } else {
    set_nil(L, user_id);
  }
  for (const std::size_t member : {user_issued, user_issued_for_subject, user_redeemed, user_attributes}) {
    set_nil(L, member);
  }
  attributes_made_ = false;
  lua_pop(L, 1);
}

void FactsView::show_coupon(lua_State* L, const CouponFacts& facts) {
  push_ref(L, tables_[in_coupon]);
  set(L, coupon_code, facts.code);
  set(L, coupon_created_at, facts.created_at);
  set(L, coupon_issued_at, facts.issued_at);
  set(L, coupon_expires_at, held_inside(facts.expires_at));
  set(L, coupon_redeemed_at, facts.redeemed_at);
  set(L, coupon_counted_at, facts.counted_at ? facts.counted_at : facts.redeemed_at);
  set(L, coupon_discount, facts.discount);
  if (facts.currency.empty()) {
    set_nil(L, coupon_currency);
  } else {
    set(L, coupon_currency, facts.currency);
  }
  lua_pop(L, 1);
}

void FactsView::show_order(lua_State* L, const Order& facts) {
  push_ref(L, tables_[in_order]);
  if (facts.id) {
    set(L, order_id, *facts.id);
  } else {
    set_nil(L, order_id);
  }
  set(L, order_amount, facts.amount);
  set(L, order_currency, facts.currency);
  set(L, order_most_discount, facts.most_discount);
  if (items_made_) set_nil(L, order_items);
  items_made_ = false;
  lua_pop(L, 1);
}

void FactsView::show_counters(lua_State* L, const Counters& counters) {
  if (counters.empty() && counters_.empty()) return;
  push_ref(L, tables_[in_counter]);
  for (const std::string& name : counters_) {
    push_text(L, name);
    lua_pushnil(L);
    lua_rawset(L, -3);
  }
  counters_.clear();
  for (const auto& [name, value] : counters) {
    if (!is_exact(value)) raise(L, "facts.counter.%s is beyond 2^53", name.c_str());
    counters_.push_back(name);
    push_text(L, name);
    lua_pushnumber(L, static_cast<lua_Number>(value));
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
}

void FactsView::push(lua_State* L) const {
  push_ref(L, views_[in_facts]);
}

bool FactsView::push_watched(lua_State* L, std::size_t section, std::string_view member) {
  if (!watching_ || !shown_ || hook_ == Hook::stack) return false;
  const auto give = [&](std::optional<std::int64_t> value, bool& read) {
    read = true;
    if (!value) return false;
    if (!is_exact(*value)) raise(L, "%s.%s is beyond 2^53", titles[section], std::string(member).c_str());
    lua_pushnumber(L, static_cast<lua_Number>(*value));
    return true;
  };
  if (section == in_campaign) {
    if (member == "issued") return give(shown_->tally.issued, reads_.campaign_issued);
    if (member == "remaining") return give(shown_->tally.remaining(*shown_->campaign), reads_.campaign_issued);
    if (member == "redeemed") return give(shown_->tally.redeemed, reads_.campaign_redeemed);
  }
  if (section == in_user) {
    if (member == "issued") return give(shown_->user.issued, reads_.user_issued);
    if (member == "issued_for_subject") {
      return give(shown_->user.issued_for_subject, reads_.user_issued_for_subject);
    }
    if (member == "redeemed") return give(shown_->user.redeemed, reads_.user_redeemed);
  }
  return false;
}

// (table, name): a member without a value. What is made late is made now and kept in the table.
int FactsView::absent(lua_State* L) {
  auto& view = *static_cast<FactsView*>(Vm::of(L).context);
  std::size_t section = 0;
  for (; section < sections; ++section) {
    push_ref(L, view.tables_[section]);
    const bool found = lua_rawequal(L, -1, 1) != 0;
    lua_pop(L, 1);
    if (found) break;
  }
  const std::string_view member = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (section == in_campaign && member == "metadata" && view.campaign_) {
    push_free_form(L, view.campaign_->metadata, "the metadata of the campaign");
  } else if (section == in_user && member == "attributes" && view.shown_) {
    push_free_form(L, view.shown_->user.attributes, "the attributes of the user");
    view.attributes_made_ = true;
  } else if (section == in_order && member == "items" && view.shown_ && view.shown_->order) {
    push_items(L, view.shown_->order->items);
    view.items_made_ = true;
  } else if (section == in_facts && member == "coupons" && view.shown_ && view.hook_ == Hook::stack) {
    push_coupons(L, view.shown_->coupons);
    view.coupons_made_ = true;
  } else if (!view.push_watched(L, section, member)) {
    if (!is_known_member(L)) raise_unknown_member(L, titles[section]);
    lua_pushnil(L);
    return 1;
  }
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  return 1;
}

}  // namespace scrip
