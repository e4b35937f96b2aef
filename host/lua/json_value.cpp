#include "lua/json_value.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "coupon/text.h"
#include "lua/numbers.h"
#include "lua/view.h"

namespace scrip {
namespace {

// Deeper than any body that the API accepts.
constexpr int deepest = 64;

class Reader {
 public:
  Reader(lua_State* L, const JsonLimits& limits) : L_(L), limits_(limits) {}

  JsonFault fault() { return {std::move(path_), std::move(what_)}; }

  bool read(int index, int depth, Json& into) {
    luaL_checkstack(L_, 6, "reading a value");
    switch (lua_type(L_, index)) {
      case LUA_TBOOLEAN:
        into = lua_toboolean(L_, index) != 0;
        return spend(5);
      case LUA_TNUMBER:
        return number(lua_tonumber(L_, index), into);
      case LUA_TSTRING:
        return text(index, into);
      case LUA_TTABLE:
        return table(index, depth, into);
      case LUA_TUSERDATA:
        if (to_box<View>(L_, index)) {
          push_backing(L_, index);
          const bool done = table(lua_gettop(L_), depth, into);
          lua_pop(L_, 1);
          return done;
        }
        [[fallthrough]];
      default:
        return fail(std::string("is a ") + luaL_typename(L_, index));
    }
  }

 private:
  bool fail(std::string what) {
    what_ = std::move(what);
    return false;
  }

  bool spend(std::size_t bytes) {
    spent_ += bytes;
    return spent_ <= limits_.bytes || fail("is larger than " + std::to_string(limits_.bytes) + " bytes as JSON");
  }

  bool number(double value, Json& into) {
    if (const auto integer = exact_integer(value)) {
      into = *integer;
    } else if (std::isfinite(value)) {
      into = value;
    } else {
      return fail("is a number that is not finite");
    }
    return spend(1);
  }

  bool text(int index, Json& into) {
    std::size_t size = 0;
    const char* bytes = lua_tolstring(L_, index, &size);
    if (!spend(size + 2)) return false;
    if (!is_utf8({bytes, size})) return fail("is not UTF-8");
    into = std::string(bytes, size);
    return true;
  }

  bool table(int index, int depth, Json& into) {
    if (depth >= limits_.depth) return fail("is nested deeper than " + std::to_string(limits_.depth) + " tables");
    const std::size_t length = lua_objlen(L_, index);
    std::vector<std::string> names;
    std::size_t others = 0;
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      lua_pop(L_, 1);
      if (!spend(1)) return false;
      if (lua_type(L_, -1) == LUA_TSTRING) {
        std::size_t size = 0;
        const char* name = lua_tolstring(L_, -1, &size);
        if (!spend(size + 3)) return false;
        names.emplace_back(name, size);
      } else {
        ++others;
      }
    }
    if (!names.empty() && others > 0) return fail("mixes names and positions");
    if (names.empty()) {
      // lua_objlen finds some border; only 1 to n without a hole have n keys and no other.
      if (others != length) return fail("is neither a list nor has names");
      return list(index, depth, static_cast<int>(length), into);
    }
    // In order, so that of several faults it is always the same that is reported.
    std::sort(names.begin(), names.end());
    return object(index, depth, names, into);
  }

  bool list(int index, int depth, int length, Json& into) {
    into = Json::array();
    for (int i = 1; i <= length; ++i) {
      const std::size_t here = path_.size();
      path_ += '[' + std::to_string(i) + ']';
      lua_rawgeti(L_, index, i);
      if (lua_isnil(L_, -1)) return fail("is missing; a list has no holes");
      if (!read(lua_gettop(L_), depth + 1, into.emplace_back())) return false;
      lua_pop(L_, 1);
      path_.resize(here);
    }
    return true;
  }

  bool object(int index, int depth, const std::vector<std::string>& names, Json& into) {
    into = Json::object();
    for (const std::string& name : names) {
      if (!is_utf8(name)) return fail("has a name that is not UTF-8");
      const std::size_t here = path_.size();
      path_ += path_.empty() ? name : '.' + name;
      lua_pushlstring(L_, name.data(), name.size());
      lua_rawget(L_, index);
      if (!read(lua_gettop(L_), depth + 1, into[name])) return false;
      lua_pop(L_, 1);
      path_.resize(here);
    }
    return true;
  }

  lua_State* L_;
  const JsonLimits& limits_;
  std::string path_;
  std::string what_;
  std::size_t spent_ = 0;
};

void push(lua_State* L, const Json& value, PushAs as, int depth) {
  if (depth > deepest) raise(L, "JSON is nested deeper than %d", deepest);
  luaL_checkstack(L, 4, "pushing a value");
  switch (value.type()) {
    case Json::value_t::boolean:
      lua_pushboolean(L, value.get<bool>());
      return;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      lua_pushnumber(L, value.get<double>());
      return;
    case Json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      lua_pushlstring(L, text.data(), text.size());
      return;
    }
    case Json::value_t::array: {
      lua_createtable(L, static_cast<int>(value.size()), 0);
      int at = 0;
      for (const Json& element : value) {
        push(L, element, as, depth + 1);
        lua_rawseti(L, -2, ++at);
      }
      break;
    }
    case Json::value_t::object:
      lua_createtable(L, 0, static_cast<int>(value.size()));
      for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
        lua_pushlstring(L, name.data(), name.size());
        push(L, member, as, depth + 1);
        lua_rawset(L, -3);
      }
      break;
    default:
      lua_pushnil(L);
      return;
  }
  if (as == PushAs::view) to_view(L);
  if (as == PushAs::lasting_view) to_lasting_view(L);
}

}  // namespace

std::optional<JsonFault> read_json(lua_State* L, int index, const JsonLimits& limits, Json& into) {
  const int top = lua_gettop(L);
  const int absolute = index < 0 ? top + index + 1 : index;
  Reader reader(L, limits);
  const bool done = reader.read(absolute, 0, into);
  lua_settop(L, top);
  return done ? std::nullopt : std::optional(reader.fault());
}

void push_json(lua_State* L, const Json& value, PushAs as) {
  push(L, value, as, 0);
}

}  // namespace scrip
