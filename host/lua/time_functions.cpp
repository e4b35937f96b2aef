#include "lua/time_functions.h"

#include <string_view>

#include "coupon/money.h"
#include "coupon/time.h"
#include "lua/numbers.h"
#include "lua/param_check.h"

namespace scrip {
namespace {

std::string_view check_zone(lua_State* L, const char* function) {
  std::size_t size = 0;
  const char* zone = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &size) : nullptr;
  if (!zone) raise(L, "%s: the zone is a %s, not a name such as \"Asia/Seoul\"", function, luaL_typename(L, 1));
  if (!is_zone({zone, size})) raise(L, "%s: '%s' is not an IANA time zone", function, zone);
  return {zone, size};
}

Micros check_instant(lua_State* L, const char* function) {
  const auto instant = lua_type(L, 2) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, 2)) : std::nullopt;
  if (!instant || *instant < earliest_instant || *instant > latest_instant) {
    raise(L, "%s: the instant is not a whole number of microseconds since 1970", function);
  }
  return *instant;
}

void push_instant(lua_State* L, const char* function, Micros instant) {
  if (!is_exact(instant)) raise(L, "%s: the instant is beyond 2^53 microseconds", function);
  lua_pushnumber(L, static_cast<lua_Number>(instant));
}

void set(lua_State* L, const char* name, int value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

// A field of a local time; out of its range it runs over into the next larger one, within reason.
int field(lua_State* L, const char* name, bool required) {
  constexpr std::int64_t largest = 10'000'000;
  lua_getfield(L, 2, name);
  if (lua_isnil(L, -1) && !required) {
    lua_pop(L, 1);
    return 0;
  }
  const auto value = lua_type(L, -1) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, -1)) : std::nullopt;
  if (!value || *value < -largest || *value > largest) raise(L, "instant_of: '%s' is not a whole number", name);
  lua_pop(L, 1);
  return static_cast<int>(*value);
}

}  // namespace

int lua_local_time(lua_State* L) {
  const std::string_view zone = check_zone(L, "local_time");
  const LocalTime local = local_time(zone, check_instant(L, "local_time"));
  lua_createtable(L, 0, 12);
  set(L, "year", local.year);
  set(L, "month", local.month);
  set(L, "day", local.day);
  set(L, "hour", local.hour);
  set(L, "minute", local.minute);
  set(L, "second", local.second);
  set(L, "microsecond", local.microsecond);
  set(L, "weekday", local.weekday);
  set(L, "yearday", local.yearday);
  set(L, "offset", local.offset_s);
  lua_pushboolean(L, local.dst);
  lua_setfield(L, -2, "dst");
  lua_pushlstring(L, local.abbreviation.data(), local.abbreviation.size());
  lua_setfield(L, -2, "zone");
  return 1;
}

int lua_instant_of(lua_State* L) {
  const std::string_view zone = check_zone(L, "instant_of");
  if (!lua_istable(L, 2)) raise(L, "instant_of: a table with year, month and day is wanted");
  LocalTime local;
  local.year = field(L, "year", true);
  local.month = field(L, "month", true);
  local.day = field(L, "day", true);
  local.hour = field(L, "hour", false);
  local.minute = field(L, "minute", false);
  local.second = field(L, "second", false);
  if (local.year < 1970 || local.year > 9999) raise(L, "instant_of: the year is not one from 1970 to 9999");
  push_instant(L, "instant_of", instant_of(zone, local));
  return 1;
}

int lua_local_day(lua_State* L) {
  const std::string_view zone = check_zone(L, "local_day");
  const Interval whole = local_day(zone, check_instant(L, "local_day"));
  push_instant(L, "local_day", whole.first);
  push_instant(L, "local_day", whole.last);
  return 2;
}

// The same time of day, so many days of the zone's calendar later.
int lua_days_later(lua_State* L) {
  constexpr std::int64_t most = 4'000'000;
  const std::string_view zone = check_zone(L, "days_later");
  const Micros from = check_instant(L, "days_later");
  const auto days = lua_type(L, 3) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, 3)) : std::nullopt;
  if (!days || *days < -most || *days > most) raise(L, "days_later: the number of days is not a whole number");
  LocalTime local = local_time(zone, from);
  local.day += static_cast<int>(*days);
  const Micros later = instant_of(zone, local);
  if (later < earliest_instant || later > latest_instant) raise(L, "days_later: that is not in the years 1970 to 9999");
  push_instant(L, "days_later", later);
  return 1;
}

int lua_percent_of(lua_State* L) {
  const auto amount = lua_type(L, 1) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, 1)) : std::nullopt;
  if (!amount || *amount < 0 || *amount > max_amount) {
    raise(L, "percent_of: the amount is not a whole number of minor units");
  }
  std::optional<Decimal> percent;
  if (lua_type(L, 2) == LUA_TSTRING) {
    percent = parse_decimal(lua_tostring(L, 2));
  } else if (lua_type(L, 2) == LUA_TNUMBER) {
    const auto whole = exact_integer(lua_tonumber(L, 2));
    if (whole && *whole >= 0) percent = Decimal{.digits = *whole};
  }
  if (!percent || compare(*percent, Decimal{.digits = 1'000'000}) > 0) {
    raise(L, "percent_of: the percentage is not a whole number or a decimal such as \"12.5\"");
  }
  const auto rounding = lua_type(L, 3) == LUA_TSTRING ? parse_rounding(lua_tostring(L, 3)) : std::nullopt;
  if (!rounding) raise(L, "percent_of: the rounding is not \"floor\", \"half_up\" or \"half_even\"");
  const std::int64_t part = percent_of(*amount, *percent, *rounding);
  if (!is_exact(part)) raise(L, "percent_of: the result is beyond 2^53");
  lua_pushnumber(L, static_cast<lua_Number>(part));
  return 1;
}

}  // namespace scrip
