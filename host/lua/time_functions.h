// The host's clocks and arithmetic for rules: zones, local days, percentages. What they work out
// depends on their arguments alone.
#pragma once

#include "lua/lua_api.h"

namespace scrip {

int lua_local_time(lua_State* L);  // (zone, instant) -> {year, month, ... offset, dst, zone}
int lua_instant_of(lua_State* L);  // (zone, {year, month, day, hour?, minute?, second?}) -> instant
int lua_local_day(lua_State* L);   // (zone, instant) -> first, last
int lua_days_later(lua_State* L);  // (zone, instant, days) -> instant
int lua_percent_of(lua_State* L);  // (amount, percent, rounding) -> amount

}  // namespace scrip
