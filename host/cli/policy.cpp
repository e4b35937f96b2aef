#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/output.h"
#include "cli/policy_commands.h"
#include "cli/policy_revisions.h"
#include "ledger/fitting.h"
#include "lua/tested_set.h"
#include "policy/policy_files.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PolicyArguments {
  PolicyFolders folders;
  std::filesystem::path data;
  bool json = false;
};

int check(const PolicyArguments& given) {
  const TestedSet compiled = compile_folders(given.folders);
  if (!compiled.set || !compiled.errors.empty()) return refuse(compiled.errors, given.json);
  if (!given.data.empty()) {
    const auto data = DataDirectory::open(given.data);
    if (!data) return fail(data.error());
    auto database = Database::open(*data);
    if (!database) return fail(database.error());
    const auto errors = misfits(*compiled.set, database->store());
    if (!errors) return fail(errors.error());
    if (!errors->empty()) return refuse(*errors, given.json);
  }
  const std::string& revision = compiled.set->revision();
  return print((given.json ? Json{{"revision", revision}}.dump() : revision) + "\n");
}

std::string list_json(const PolicySet& set) {
  Json policies = Json::array();
  for (const PolicyInfo& policy : set.policies()) {
    Json rules = Json::array();
    for (const RuleInfo& rule : policy.rules) {
      rules.push_back({{"name", rule.name}, {"plugin", rule.plugin}, {"params", Json::parse(rule.params)}});
      if (rule.shadow) rules.back()["shadow"] = true;
    }
    policies.push_back({{"name", policy.name}, {"file", policy.file}, {"rules", std::move(rules)}});
  }
  Json plugins = Json::array();
  for (const PluginInfo& plugin : set.plugins()) {
    plugins.push_back({{"name", plugin.name},
                       {"version", plugin.version},
                       {"file", plugin.file},
                       {"doc", plugin.doc},
                       {"params", Json::parse(plugin.params)}});
  }
  return Json{{"revision", set.revision()}, {"policies", std::move(policies)}, {"plugins", std::move(plugins)}}.dump() +
         "\n";
}

std::string list_lines(const PolicySet& set) {
  std::string text = "revision " + set.revision() + "\n\npolicies\n";
  for (const PolicyInfo& policy : set.policies()) {
    text += "  " + policy.name + " (" + policy.file + ")\n";
    for (const RuleInfo& rule : policy.rules) {
      const std::string plugin = rule.name == rule.plugin ? "" : " (" + rule.plugin + ")";
      text += "    " + rule.name + plugin + " " + rule.params + (rule.shadow ? " shadow" : "") + "\n";
    }
  }
  text += "\nplugins\n";
  for (const PluginInfo& plugin : set.plugins()) {
    text += "  " + plugin.name + " " + plugin.version + ": " + plugin.doc + "\n";
  }
  return text;
}

int list(const PolicyArguments& given) {
  const TestedSet compiled = compile_folders(given.folders);
  if (!compiled.set) return refuse(compiled.errors, given.json);
  return print(given.json ? list_json(*compiled.set) : list_lines(*compiled.set));
}

}  // namespace

TestedSet compile_folders(const PolicyFolders& folders, const TestOptions& options, const PolicyLimits& limits) {
  PolicyFiles read = read_policy_files(folders.scripts, folders.plugins);
  TestedSet compiled = compile_with(std::move(read.files), limits, options);
  if (!read.errors.empty()) compiled.set.reset();
  compiled.errors.insert(compiled.errors.begin(), read.errors.begin(), read.errors.end());
  return compiled;
}

Result<std::vector<PolicyError>> misfits(const PolicySet& set, Store& store) {
  const auto definitions = store.definitions();
  if (!definitions) return definitions.error();
  return campaigns_that_do_not_fit(set, *Catalog::from(*definitions));
}

int refuse(const std::vector<PolicyError>& errors, bool json) {
  if (json) print("{\"errors\":" + errors_json(errors) + "}\n");
  return fail(errors);
}

int policy(int argc, char** argv) {
  CLI::App command("List, check, test, try or replay policy files; list, show, compare or roll back what was in force",
                   "scrip policy");
  command.require_subcommand(1);
  PolicyArguments given;
  CLI::App& listing = *command.add_subcommand(
      "list", "Show the policies of the files, or, with --data or --server, every set that was in force");
  CLI::App& checking = *command.add_subcommand("check", "Say everything that is wrong with the files");
  for (CLI::App* each : {&listing, &checking}) {
    add_policy_folders(*each, given.folders);
    add_json(*each, given.json);
  }
  checking.add_option("--data", given.data, "Check the campaigns of this data directory, too")->type_name("DIR");
  PolicyRevisions revisions(command, listing);
  const std::vector<PolicyCommand> commands{{&listing, [&] { return list(given); }},
                                            {&checking, [&] { return check(given); }},
                                            add_policy_test(command),
                                            add_policy_try(command),
                                            add_policy_windows(command),
                                            add_policy_record(command),
                                            add_policy_replay(command),
                                            add_policy_shadow(command)};
  if (const auto status = parse(command, argc, argv)) return *status;
  if (revisions.wanted()) return revisions.run(given.json);
  for (const PolicyCommand& each : commands) {
    if (each.app->parsed()) return each.run();
  }
  return misused;
}

}  // namespace scrip::cli
