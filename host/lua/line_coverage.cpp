#include "lua/line_coverage.h"

#include <memory>

#include "policy/policy_files.h"

namespace scrip {
namespace {

// Gets jit.util, gives a function from a chunk to the list of its lines. The functions within a chunk
// are its constants; they are numbered from -1 downwards.
constexpr const char* walker = R"(
  local util = ...
  return function(chunk)
    local seen, lines = {}, {}
    local function walk(prototype)
      local info = util.funcinfo(prototype)
      for pc = 1, info.bytecodes - 1 do
        local line = util.funcinfo(prototype, pc).currentline
        if line and line > 0 and not seen[line] then
          seen[line] = true
          lines[#lines + 1] = line
        end
      end
      if not info.children then return end
      for i = -1, -info.gcconsts, -1 do
        local constant = util.funck(prototype, i)
        if type(constant) == "proto" then walk(constant) end
      end
    end
    walk(chunk)
    table.sort(lines)
    return lines
  end
)";

struct Close {
  void operator()(lua_State* L) const { lua_close(L); }
};

// Pushes the module jit.util, which LuaJIT keeps for `require` to open; false when there is none.
bool push_jit_util(lua_State* L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "_PRELOAD");
  if (!lua_istable(L, -1)) return false;
  lua_getfield(L, -1, "jit.util");
  if (!lua_isfunction(L, -1)) return false;
  return lua_pcall(L, 0, 1, 0) == 0 && lua_istable(L, -1);
}

}  // namespace

std::vector<int> runnable_lines(const std::string& text) {
  std::vector<int> lines;
  // A state of its own, in which nothing of the text is run.
  const std::unique_ptr<lua_State, Close> state(luaL_newstate());
  lua_State* const L = state.get();
  if (!L) return lines;
  luaL_openlibs(L);
  if (luaL_loadstring(L, walker) != 0 || !push_jit_util(L)) return lines;
  lua_replace(L, 2);  // jit.util, above the walker
  lua_settop(L, 2);
  if (lua_pcall(L, 1, 1, 0) != 0) return lines;
  if (luaL_loadbufferx(L, text.data(), text.size(), "=file", "t") != 0 || lua_pcall(L, 1, 1, 0) != 0) return lines;
  const auto size = static_cast<int>(lua_objlen(L, -1));
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(L, -1, i);
    lines.push_back(static_cast<int>(lua_tointeger(L, -1)));
    lua_pop(L, 1);
  }
  return lines;
}

void LineCoverage::ran(std::size_t source, int line) {
  if (source >= ran_.size() || line < 1) return;
  std::vector<bool>& lines = ran_[source];
  const auto at = static_cast<std::size_t>(line);
  if (lines.size() <= at) lines.resize(at + 64);
  lines[at] = true;
}

std::vector<FileCoverage> LineCoverage::report() const {
  std::vector<FileCoverage> report;
  for (std::size_t i = 0; i < sources_->size(); ++i) {
    const PolicyFile& file = (*sources_)[i];
    const auto kind = kind_of(file);
    if (kind != PolicyFileKind::plugin && kind != PolicyFileKind::script) continue;
    const std::vector<int> lines = runnable_lines(file.text);
    if (lines.empty()) continue;
    FileCoverage& covered = report.emplace_back();
    covered.file = file.name;
    covered.lines = static_cast<int>(lines.size());
    for (const int line : lines) {
      const auto at = static_cast<std::size_t>(line);
      if (at >= ran_[i].size() || !ran_[i][at]) covered.missed.push_back(line);
    }
  }
  return report;
}

}  // namespace scrip
