// The names that Lua code can reach, each there because it was looked at. See allow_list.cpp for the
// list itself and for what is missing on purpose.
#pragma once

#include <span>

#include "lua/lua_api.h"
#include "policy/policy_files.h"

namespace scrip {

struct Allowed {
  const char* library;  // "" for a global
  const char* name;
  unsigned kinds;              // of files: bits 1 << PolicyFileKind
  lua_CFunction function;      // null: LuaJIT's own
  bool begins_a_file = false;  // plugin, policy, test: see Vm::word

  bool seen_by(PolicyFileKind kind) const { return (kinds >> static_cast<unsigned>(kind) & 1U) != 0; }
};

std::span<const Allowed> allow_list();

}  // namespace scrip
