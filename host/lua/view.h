// Everything that a VM gives to Lua code is sealed: userdata of ours, which Lua code can neither
// make nor change. The first word of a userdata says what it is.
//
// Most are *views*: read-only faces of tables that Lua code never gets hold of. A table with a
// metatable would not do, because table.insert and the like write past metatables.
//
// All functions may raise (out of memory), so they belong inside a run.
#pragma once

#include <cstdint>
#include <new>

#include "lua/lua_api.h"

namespace scrip {

struct Box {
  enum class Tag : std::uint32_t { view, denial, effect, rule, plugin, policy, test, test_case };
  Tag tag;
};

// The box of a kind at an index, or null.
template <class B>
B* to_box(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return nullptr;
  auto* const box = static_cast<Box*>(lua_touserdata(L, index));
  return box->tag == B::kind ? static_cast<B*>(box) : nullptr;
}

// Gives the userdata on top the metatable that refuses everything.
void seal(lua_State* L);

// Pushes a sealed box with `extra` bytes behind it. B has no destructor that does anything.
template <class B>
B* push_box(lua_State* L, std::size_t extra = 0) {
  auto* const box = new (lua_newuserdata(L, sizeof(B) + extra)) B();
  box->tag = B::kind;
  seal(L);
  return box;
}

struct View : Box {
  static constexpr Tag kind = Tag::view;
};

// Replaces the table on top by a view of it; a member that is missing is nil. For tables that come
// and go: cheap to make, but reading a member calls into C.
void to_view(lua_State* L);

// The same for tables that stay: members are read at the speed of a table's.
void to_lasting_view(lua_State* L);

// Replaces the table on top, and the table of its members' names above it (an array, and a set as
// well; nil: they differ from time to time), by a lasting view that knows these names. For a member that is not there
// `absent`(table, name) is called, which returns the value or raises: see raise_unknown_member.
void to_named_view(lua_State* L, lua_CFunction absent);

// For `absent`: whether its second argument is one of the names.
bool is_known_member(lua_State* L);

// Raises "TITLE has no member 'x'; it has a, b, c".
[[noreturn]] void raise_unknown_member(lua_State* L, const char* title);

// For the table of names on top: adds the name at an index, as the nth.
void add_member_name(lua_State* L, int name, int nth);

// Pushes the table behind the view at an index.
void push_backing(lua_State* L, int index);

// Pushes the array of a named view's names; false (and nothing pushed) for other views.
bool push_member_names(lua_State* L, int index);

}  // namespace scrip
