#include "lua/short_text.h"

#include <string>
#include <string_view>

#include "policy/sha256.h"

namespace scrip {
namespace {

// A UUID stays what it is.
constexpr std::size_t longest_kept = 36;
constexpr char digest_sign = '#';
constexpr std::size_t digest_length = 32;  // 128 bits

}  // namespace

// One that looks like a digest is replaced as well: nobody can choose a text that comes out as
// another's.
int lua_short(lua_State* L) {
  std::size_t size = 0;
  const char* bytes = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &size) : nullptr;
  if (!bytes) raise(L, "short: the text is a %s, not a string", luaL_typename(L, 1));
  const std::string_view text(bytes, size);
  if (size <= longest_kept && !text.starts_with(digest_sign)) {
    lua_settop(L, 1);
    return 1;
  }
  const std::string digest = digest_sign + sha256_of(text).substr(0, digest_length);
  lua_pushlstring(L, digest.data(), digest.size());
  return 1;
}

}  // namespace scrip
