// scrip explain: one decision, the rules that made it, and whether they make it again.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/policy_answer.h"
#include "cli/remote.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

// Each line of a text, indented.
std::string indented(const std::string& text) {
  std::string lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines += "  " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return lines;
}

const Json& member(const Json& object, const char* name) {
  static const Json none = Json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : none;
}

std::string text_of(const Json& answer) {
  const Json& decision = member(answer, "decision");
  const auto or_dash = [&](const char* name) {
    const std::string text = text_member(decision, name);
    return text.empty() ? std::string("-") : text;
  };
  const Json& then = member(answer, "then");
  std::string text = "decision " + or_dash("id") + ", " + or_dash("at") + "\n";
  text += "campaign " + or_dash("campaign_id") + ", policy " + text_member(answer, "policy") + ", user " +
          or_dash("user_id") + ", coupon " + or_dash("coupon") + "\n";
  text += "revision " + or_dash("revision") + (answer.value("active", false) ? " (in force)" : "") + "\n";
  text += hook_text(decision) + ": " + text_member(then, "verdict_text") + "\n";
  text += "\nrules\n";
  const auto rules = answer.find("rules");
  if (rules == answer.end() || rules->empty()) {
    text += "  none that are known\n";
  } else {
    for (const Json& rule : *rules) {
      const std::string name = text_member(rule, "name");
      const std::string plugin = text_member(rule, "plugin");
      text += "  " + name + (plugin == name ? "" : " (" + plugin + ")") + " " + member(rule, "params").dump() + "\n";
    }
  }
  text += "\nfacts\n" + indented(text_member(answer, "facts_text"));
  text += "\ntrace\n" + indented(text_member(then, "trace_text"));
  if (answer.value("same", false)) return text + "\nThe same rules make the same decision again, byte for byte.\n";
  text += "\nNot the same: " + text_member(answer, "why") + "\n";
  const Json& again = member(answer, "again");
  if (!again.empty()) text += "\ntrace now\n" + indented(text_member(again, "trace_text"));
  return text;
}

}  // namespace

int explain(int argc, char** argv) {
  CLI::App command("Show a decision with its rules, and make it again", "scrip explain");
  RemoteArguments remote;
  std::string decision;
  bool json = false;
  command.add_option("DECISION", decision, "Its number: a coupon's decision_id, or what scrip decisions lists")
      ->required();
  add_remote(command, remote);
  add_json(command, json);
  if (const auto status = parse(command, argc, argv)) return *status;

  auto client = connect(remote);
  if (!client) return fail(client.error());
  const auto answer = object_of(client->get("/api/v1/decisions/" + http::percent_encode(decision) + "/explain"));
  if (!answer) return fail(answer.error());
  const int printed = print(json ? answer->dump() + "\n" : text_of(*answer));
  if (printed != done) return printed;
  return answer->value("same", false) ? done : failed;
}

}  // namespace scrip::cli
