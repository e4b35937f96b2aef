#include <string_view>

#include "lua/base_functions.h"
#include "lua/vm.h"

namespace scrip {
namespace {

// What string.rep may make: enough for any text, too little to be a bomb in one call.
constexpr std::size_t longest_repetition = 64 * 1024;

std::string_view check_text(lua_State* L, int argument) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(L, argument, &size);
  return {text, size};
}

// A conversion that prints an address, such as "%-20p".
bool asks_for_address(std::string_view format) {
  for (std::size_t at = format.find('%'); at != std::string_view::npos; at = format.find('%', at)) {
    at = format.find_first_not_of("-+ #0123456789.", at + 1);
    if (at == std::string_view::npos) return false;
    if (format[at] == 'p') return true;
    ++at;
  }
  return false;
}

}  // namespace

int string_contains(lua_State* L) {
  lua_pushboolean(L, check_text(L, 1).find(check_text(L, 2)) != std::string_view::npos);
  return 1;
}

int string_starts_with(lua_State* L) {
  lua_pushboolean(L, check_text(L, 1).starts_with(check_text(L, 2)));
  return 1;
}

int string_split(lua_State* L) {
  std::string_view rest = check_text(L, 1);
  const std::string_view separator = check_text(L, 2);
  if (separator.empty()) raise(L, "string.split: the separator is empty");
  lua_newtable(L);
  for (int piece = 1;; ++piece) {
    if (piece % 4096 == 0) Vm::check_time(L);
    const std::size_t end = rest.find(separator);
    lua_pushlstring(L, rest.data(), end == std::string_view::npos ? rest.size() : end);
    lua_rawseti(L, -2, piece);
    if (end == std::string_view::npos) return 1;
    rest.remove_prefix(end + separator.size());
  }
}

int string_rep(lua_State* L) {
  const std::string_view text = check_text(L, 1);
  const lua_Number times = luaL_checknumber(L, 2);
  std::size_t size = 0;
  const char* between = luaL_optlstring(L, 3, "", &size);
  const std::string_view separator(between, size);
  const auto piece = static_cast<lua_Number>(text.size() + separator.size());
  if (!(times >= 1)) {
    lua_pushliteral(L, "");
    return 1;
  }
  if (times > static_cast<lua_Number>(longest_repetition) ||
      piece * times > static_cast<lua_Number>(longest_repetition)) {
    raise(L, "string.rep: the result would be longer than 64 KiB");
  }
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (auto left = static_cast<std::size_t>(times); left > 0; --left) {
    luaL_addlstring(&buffer, text.data(), text.size());
    if (left > 1) luaL_addlstring(&buffer, separator.data(), separator.size());
  }
  luaL_pushresult(&buffer);
  return 1;
}

int string_format(lua_State* L) {
  if (asks_for_address(check_text(L, 1))) raise(L, "string.format: %%p is not available");
  const int arguments = lua_gettop(L);
  for (int i = 2; i <= arguments; ++i) {
    switch (lua_type(L, i)) {
      case LUA_TTABLE:
      case LUA_TFUNCTION:
      case LUA_TUSERDATA:
        lua_pushstring(L, luaL_typename(L, i));
        lua_replace(L, i);
        break;
      default:
        break;
    }
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, arguments, 1);
  return 1;
}

}  // namespace scrip
