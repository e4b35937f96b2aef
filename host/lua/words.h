// The words a policy file begins with: plugin {...}, policy {...}, test "title" {...}, and the one
// that a test's tables are made of: case "name" {...}. They only note what they are given and where; the loaders check
// it when the file has run to its end.
#pragma once

#include "lua/lua_api.h"
#include "lua/view.h"

namespace scrip {

int lua_plugin(lua_State* L);  // (manifest) -> box
int lua_policy(lua_State* L);  // (definition) -> box
int lua_test(lua_State* L);    // (title) -> function (cases) -> box
int lua_case(lua_State* L);    // (name) -> function (members) -> box

// The table that was given is the box's env. For a test: { title = ..., cases = ... }.
struct PluginBox : Box {
  static constexpr Tag kind = Tag::plugin;
  int line = 0;
};
struct PolicyBox : Box {
  static constexpr Tag kind = Tag::policy;
  int line = 0;
};
struct TestBox : Box {
  static constexpr Tag kind = Tag::test;
  int line = 0;
};
// Its env is { name = ..., members = ... }.
struct CaseBox : Box {
  static constexpr Tag kind = Tag::test_case;
  int line = 0;
};

}  // namespace scrip
