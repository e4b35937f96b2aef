// The manifest of a plugin: what plugin {...} was given, checked.
#pragma once

#include <string>
#include <vector>

#include "lua/program.h"

namespace scrip {

// Reads the manifest table at an index. Everything that is wrong is added to `errors`; the plugin
// is of use only when nothing was, except that a good name is always read.
Plugin read_manifest(lua_State* L, int index, std::vector<std::string>& errors);

}  // namespace scrip
