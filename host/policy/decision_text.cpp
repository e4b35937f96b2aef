#include "policy/decision_text.h"

#include "policy/decision_json.h"

namespace scrip {
namespace {

std::string plain(const OrderedJson& value) {
  return value.is_string() ? value.get<std::string>() : dump(value);
}

// Objects by their members, everything else on a line of its own.
void add_lines(const OrderedJson& value, const std::string& path, std::string_view indent, std::string& text) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, member] : value.items()) {
      add_lines(member, path.empty() ? name : path + "." + name, indent, text);
    }
    return;
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      text += std::string(indent) + path + "[" + std::to_string(i + 1) + "] = " + dump(value[i]) + "\n";
    }
    return;
  }
  text += std::string(indent) + path + " = " + plain(value) + "\n";
}

// "denied already_issued, sentence = ..., detail = {...}": the members of a rule's answer or a verdict.
std::string answer_text(const OrderedJson& answer) {
  std::string text = answer["result"].get<std::string>();
  if (answer.contains("code")) text += " " + plain(answer["code"]);
  for (const auto& [name, value] : answer.items()) {
    if (name == "rule" || name == "result" || name == "code" || name == "trace") continue;
    text += ", " + name + " = " + plain(value);
  }
  return text;
}

}  // namespace

std::string facts_text(const Facts& facts, std::string_view indent) {
  std::string text;
  add_lines(to_json(facts), "", indent, text);
  return text;
}

std::string rules_text(const std::vector<RuleInfo>& rules, std::string_view indent) {
  std::string text;
  for (const RuleInfo& rule : rules) {
    const std::string plugin = rule.plugin == rule.name ? "" : " (" + rule.plugin + ")";
    text += std::string(indent) + rule.name + plugin + " " + rule.params + "\n";
  }
  return text.empty() ? std::string(indent) + "no rule\n" : text;
}

std::string trace_text(const std::vector<TraceEntry>& trace, std::string_view indent) {
  std::string text;
  int at = 0;
  for (const OrderedJson& entry : to_json(trace)) {
    text += std::string(indent) + std::to_string(++at) + ". " + plain(entry["rule"]) + ": " + answer_text(entry) + "\n";
  }
  return text.empty() ? std::string(indent) + "no rule ran\n" : text;
}

std::string verdict_text(const Verdict& verdict) {
  return answer_text(to_json(verdict));
}

}  // namespace scrip
