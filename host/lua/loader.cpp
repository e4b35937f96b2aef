#include "lua/loader.h"

#include <algorithm>
#include <map>

#include "lua/manifest.h"
#include "lua/sandbox.h"
#include "lua/words.h"

namespace scrip {
namespace {

constexpr const char* no_vm = "no Lua VM can be made on this machine: LuaJIT does not take our allocator";

// "expiry" of "plugins/expiry.lua".
std::string stem(const std::string& file) {
  const std::size_t begin = file.find('/') + 1;
  return file.substr(begin, file.size() - begin - std::string_view(".lua").size());
}

std::optional<Plugin> load_plugin(const Sources& sources, std::size_t source, const PolicyLimits& limits,
                                  LineCoverage* coverage, PluginShelf& shelf, std::vector<PolicyError>& errors) {
  const PolicyFile& file = (*sources)[source];
  const auto vm = Vm::create(sources, coverage);
  if (!vm) {
    errors.push_back({file.name, 0, no_vm});
    return std::nullopt;
  }
  std::optional<Plugin> plugin;
  std::vector<std::string> wrong;
  int line = 0;
  const bool ran = vm->run(load_budget(limits), [&](lua_State* L) {
    push_sandbox(L, PolicyFileKind::plugin, &raise_unknown_name);
    vm->push_chunk(L, source);
    lua_call(L, 0, 1);
    const auto* box = to_box<PluginBox>(L, -1);
    if (!box) {
      wrong.push_back(lua_isnil(L, -1) ? "the file returns nothing; it ends with: return plugin { ... }"
                                       : std::string("the file returns a ") + luaL_typename(L, -1) +
                                             "; it ends with: return plugin { ... }");
      return;
    }
    line = box->line;
    lua_getfenv(L, -1);
    plugin = read_manifest(L, lua_gettop(L), wrong);
    plugin->source = source;
    plugin->line = line;
  });
  if (!ran) errors.push_back(to_error(vm->failure(), file));
  const bool named = plugin && !plugin->name.empty();
  for (const std::string& what : wrong) {
    errors.push_back({file.name, line, named ? "plugin '" + plugin->name + "': " + what : what});
  }
  if (ran && plugin && wrong.empty()) return plugin;
  // Scripts that use it are not to be blamed for it.
  shelf.broken.insert(named ? plugin->name : stem(file.name));
  return std::nullopt;
}

}  // namespace

PolicyError to_error(const Vm::Failure& failure, const PolicyFile& file) {
  if (failure.file.empty()) return {file.name, 0, failure.message};
  return {failure.file, failure.line, failure.message};
}

PluginShelf load_plugins(const Sources& sources, const PolicyLimits& limits, LineCoverage* coverage,
                         std::vector<PolicyError>& errors) {
  PluginShelf shelf;
  std::map<std::string, Plugin> by_name;
  for (std::size_t i = 0; i < sources->size(); ++i) {
    if (kind_of((*sources)[i]) != PolicyFileKind::plugin) continue;
    auto plugin = load_plugin(sources, i, limits, coverage, shelf, errors);
    if (!plugin) continue;
    const auto [first, added] = by_name.try_emplace(plugin->name, *plugin);
    if (!added) {
      const std::string there = (*sources)[first->second.source].name + ":" + std::to_string(first->second.line);
      errors.push_back(
          {(*sources)[i].name, plugin->line, "plugin '" + plugin->name + "' is already defined in " + there});
    }
  }
  for (auto& [name, plugin] : by_name) shelf.plugins.push_back(std::move(plugin));
  return shelf;
}

std::vector<Policy> load_policies(const Sources& sources, const PluginShelf& shelf, const PolicyLimits& limits,
                                  LineCoverage* coverage, std::vector<PolicyError>& errors) {
  std::map<std::string, Policy> by_name;
  for (std::size_t i = 0; i < sources->size(); ++i) {
    const PolicyFile& file = (*sources)[i];
    if (kind_of(file) != PolicyFileKind::script) continue;
    const auto vm = Vm::create(sources, coverage);
    if (!vm) {
      errors.push_back({file.name, 0, no_vm});
      continue;
    }
    RuleBench bench(shelf, i, &errors);
    vm->context = &bench;
    std::vector<std::string> wrong;
    Policy policy;
    bool usable = false;
    const bool ran = vm->run(load_budget(limits), [&](lua_State* L) {
      bench.open(L, PolicyFileKind::script);
      vm->push_chunk(L, i);
      lua_call(L, 0, 1);
      const auto* box = to_box<PolicyBox>(L, -1);
      if (!box) {
        wrong.push_back(lua_isnil(L, -1) ? "the file returns nothing; it ends with: return policy { ... }"
                                         : std::string("the file returns a ") + luaL_typename(L, -1) +
                                               "; it ends with: return policy { ... }");
        return;
      }
      policy.line = box->line;
      lua_getfenv(L, -1);
      const int line = policy.line;
      policy = bench.policy(L, lua_gettop(L), usable, wrong);
      policy.line = line;
      policy.source = i;
    });
    if (!ran) errors.push_back(to_error(vm->failure(), file));
    for (const std::string& what : wrong) {
      errors.push_back({file.name, policy.line, policy.name.empty() ? what : "policy '" + policy.name + "': " + what});
    }
    if (!ran || !usable) continue;
    const auto [first, added] = by_name.try_emplace(policy.name, policy);
    if (!added) {
      const std::string there = (*sources)[first->second.source].name + ":" + std::to_string(first->second.line);
      errors.push_back({file.name, policy.line, "policy '" + policy.name + "' is already defined in " + there});
    }
  }
  std::vector<Policy> policies;
  for (auto& [name, policy] : by_name) policies.push_back(std::move(policy));
  return policies;
}

}  // namespace scrip
