#include "lua/test_verdict.h"

#include "coupon/time.h"
#include "lua/json_value.h"
#include "policy/decision_record.h"

namespace scrip {
namespace {

void set_text(lua_State* L, const char* member, const std::string& text) {
  if (text.empty()) return;
  lua_pushlstring(L, text.data(), text.size());
  lua_setfield(L, -2, member);
}

void set_number(lua_State* L, const char* member, const std::optional<std::int64_t>& number) {
  if (!number) return;
  lua_pushnumber(L, static_cast<lua_Number>(*number));
  lua_setfield(L, -2, member);
}

void set_counts(lua_State* L, const Counters& counts) {
  lua_createtable(L, 0, static_cast<int>(counts.size()));
  for (const auto& [name, change] : counts) set_number(L, name.c_str(), change);
  lua_setfield(L, -2, "count");
}

void set_plan(lua_State* L, const StackPlan& plan) {
  if (!plan.order.empty()) {
    lua_createtable(L, static_cast<int>(plan.order.size()), 0);
    int at = 0;
    for (const std::size_t place : plan.order) {
      lua_pushinteger(L, static_cast<lua_Integer>(place) + 1);
      lua_rawseti(L, -2, ++at);
    }
    lua_setfield(L, -2, "order");
  }
  if (plan.base) set_text(L, "base", std::string(name(*plan.base)));
  set_number(L, "cap", plan.cap);
}

void set_detail(lua_State* L, const std::string& detail) {
  if (detail.empty()) return;
  push_json(L, Json::parse(detail, nullptr, false), PushAs::table);
  lua_setfield(L, -2, "detail");
}

void push_entry(lua_State* L, const TraceEntry& entry) {
  lua_newtable(L);
  set_text(L, "rule", entry.rule);
  set_text(L, "result", std::string(name(entry.kind)));
  set_text(L, "code", entry.code);
  set_text(L, "sentence", entry.sentence);
  if (entry.kind == TraceEntry::Kind::failed) {
    set_text(L, "error", entry.detail);
  } else {
    set_detail(L, entry.detail);
  }
  set_text(L, "note", entry.note);
  set_text(L, "once", entry.once);
  set_number(L, "expires_at", entry.expires_at);
  set_number(L, "discount", entry.discount);
  set_counts(L, entry.counts);
  set_plan(L, entry.stack);
}

// facts_json writes instants as text.
void to_number(Json& object, const char* member) {
  if (!object.is_object() || !object.contains(member) || !object[member].is_string()) return;
  if (const auto instant = parse_instant(object[member].get<std::string>())) object[member] = *instant;
}

}  // namespace

void push_verdict(lua_State* L, const Verdict& verdict) {
  luaL_checkstack(L, 10, "a verdict");
  lua_newtable(L);
  lua_pushboolean(L, verdict.allowed());
  lua_setfield(L, -2, "allowed");
  lua_pushboolean(L, verdict.kind == Verdict::Kind::failed);
  lua_setfield(L, -2, "failed");
  set_text(L, "code", verdict.code);
  set_text(L, "sentence", verdict.sentence);
  set_detail(L, verdict.detail);
  set_number(L, "expires_at", verdict.expires_at);
  set_number(L, "discount", verdict.discount);
  set_counts(L, verdict.counts);
  set_plan(L, verdict.stack);
  lua_newtable(L);
  lua_newtable(L);
  int at = 0;
  int notes = 0;
  for (const TraceEntry& entry : verdict.trace) {
    push_entry(L, entry);
    lua_rawseti(L, -3, ++at);
    if (entry.note.empty()) continue;
    lua_pushlstring(L, entry.note.data(), entry.note.size());
    lua_rawseti(L, -2, ++notes);
  }
  lua_setfield(L, -3, "notes");
  lua_setfield(L, -2, "trace");
}

void push_facts(lua_State* L, Hook hook, const Facts& facts) {
  Json json = Json::parse(facts_json(facts), nullptr, false);
  json["hook"] = name(hook);
  to_number(json, "now");
  if (json.contains("campaign")) {
    for (const char* member : {"starts_at", "ends_at"}) to_number(json["campaign"], member);
  }
  if (json.contains("coupons")) {
    for (Json& coupon : json["coupons"]) {
      for (const char* member : {"issued_at", "expires_at"}) to_number(coupon, member);
    }
  }
  if (json.contains("coupon")) {
    for (const char* member : {"created_at", "issued_at", "expires_at", "redeemed_at", "counted_at"})
      to_number(json["coupon"], member);
  }
  if (!json.contains("counter")) json["counter"] = Json::object();
  push_json(L, json, PushAs::table);
}

}  // namespace scrip
