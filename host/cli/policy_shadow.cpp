// scrip policy shadow: a set of files beside the one in force, evaluated on live traffic and not enforced;
// and what shadows have seen so far.
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/output.h"
#include "cli/policy_commands.h"
#include "cli/remote.h"
#include "cli/replay_text.h"
#include "policy/policy_files.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

const std::string path = "/api/v1/policies/shadow";

struct ShadowArguments {
  std::string what = "show";
  PolicyFolders folders;
  RemoteArguments remote;
  bool json = false;
};

std::string text_of(const Json& shadow, const std::string& title) {
  const auto number = [&](const char* name) { return shadow.value(name, std::int64_t{0}); };
  const Json by = shadow.value("by", Json());
  std::string text = title + ", since " + shadow.value("since", std::string()) +
                     (by.is_string() ? ", cast by " + by.get<std::string>() : std::string()) + "\n" +
                     replay_text(shadow.value("report", Json::object()), "looked at");
  if (number("missed") > 0)
    text += std::to_string(number("missed")) + " decisions passed it by: it could not keep up\n";
  if (number("forgotten") > 0) text += "what would be otherwise was begun anew, as it had grown too large\n";
  return text;
}

int show(const Json& body, bool json) {
  if (json) return print(body.dump() + "\n");
  std::string text;
  if (const Json rules = body.value("rules", Json()); rules.is_object()) text += text_of(rules, "shadow rules");
  if (const Json candidate = body.value("candidate", Json()); candidate.is_object()) {
    text += (text.empty() ? "" : "\n") + text_of(candidate, "candidate set");
  }
  return print(text.empty() ? "no shadow\n" : text);
}

int shadow(const ShadowArguments& given) {
  Json files = Json::array();
  if (given.what == "start") {
    const TestedSet compiled = compile_folders(given.folders, {.run = false});
    if (!compiled.set) return refuse(compiled.errors, given.json);
    for (const PolicyFile& file : compiled.set->files()) files.push_back({{"name", file.name}, {"text", file.text}});
  }
  auto client = connect(given.remote);
  if (!client) return fail(client.error());
  const auto answer = given.what == "start"  ? client->post(path, Json{{"base", "none"}, {"files", files}}.dump())
                      : given.what == "stop" ? client->remove(path)
                                             : client->get(path);
  const auto body = object_of(answer);
  return body ? show(Json(*body), given.json) : fail(body.error());
}

}  // namespace

PolicyCommand add_policy_shadow(CLI::App& policy) {
  const auto given = std::make_shared<ShadowArguments>();
  CLI::App& command = *policy.add_subcommand("shadow", "What rules that are not enforced would make of live traffic");
  command
      .add_option("WHAT", given->what,
                  "start: cast the shadow of the files; stop: end it; show: what shadows have seen so far")
      ->check(CLI::IsMember({"start", "stop", "show"}))
      ->type_name("")
      ->capture_default_str();
  add_policy_folders(command, given->folders);
  add_remote(command, given->remote);
  add_json(command, given->json);
  command.footer(
      "Rules with shadow = true in the files in force cast a shadow by themselves. What a shadow has counted\n"
      "is kept until it is stopped, replaced or the server ends; a replay counts it again.");
  return {&command, [given] { return shadow(*given); }};
}

}  // namespace scrip::cli
