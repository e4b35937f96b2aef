// How scripts and tests make rules: each plugin's name is a function there, its constructor, that
// takes parameters and checks them at once; policy {...} puts rules together.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lua/program.h"
#include "lua/view.h"
#include "policy/policy_files.h"

namespace scrip {

// The plugins that constructors can be made of.
struct PluginShelf {
  std::vector<Plugin> plugins;   // by name
  std::set<std::string> broken;  // names of plugins (or of their files) that have errors
};

// What the constructors of one VM have made. The VM's context while its files run.
class RuleBench {
 public:
  // What is wrong with a rule is added to `errors`, at its line of `source`, and the file goes on:
  // all errors of a script are wanted. Null: it is raised.
  RuleBench(const PluginShelf& shelf, std::size_t source, std::vector<PolicyError>* errors)
      : shelf_(shelf), source_(source), errors_(errors) {}

  // Opens the sandbox for scripts or tests with a constructor for each plugin; the environment is
  // left on the stack.
  void open(lua_State* L, PolicyFileKind kind);

  // A rule, or one that could not be made because of an error that is reported elsewhere.
  struct Draft {
    Rule rule;
    bool usable = false;
  };

  // The drafts in the list of rule boxes at an index of the stack. `wrong` gets what is wrong with
  // the list: not rules, two of a name.
  std::vector<Draft> rules(lua_State* L, int list, std::vector<std::string>& wrong) const;

  // Reads policy {...}, the table at an index. `usable` is false when one of its rules was not, or
  // when something was added to `wrong`.
  Policy policy(lua_State* L, int table, bool& usable, std::vector<std::string>& wrong) const;

  const PluginShelf& shelf() const { return shelf_; }

 private:
  static int construct(lua_State* L);
  static int absent(lua_State* L);
  static RuleBench& of(lua_State* L);

  Draft draft(lua_State* L, const Plugin& plugin, int line, std::vector<std::string>& wrong);
  void report(lua_State* L, int line, const std::string& message);

  const PluginShelf& shelf_;
  const std::size_t source_;
  std::vector<PolicyError>* const errors_;
  std::vector<Draft> drafts_;
};

}  // namespace scrip
