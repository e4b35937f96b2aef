#include "cli/golden.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>

#include "policy/decision_record.h"
#include "policy/decision_text.h"
#include "policy/given_facts.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 18> members{
    "name", "hook", "policy",  "params",           "campaign", "facts",       "verdict", "trace",    "id",
    "at",   "code", "allowed", "campaign_version", "coupon",   "campaign_id", "user_id", "revision", "step"};

// Of a verdict; its trace names rules, which may be put differently and still decide the same.
constexpr std::array<const char*, 7> compared{"result",     "code",     "sentence", "detail",
                                              "expires_at", "discount", "count"};

struct Question {
  Hook hook = Hook::issue;
  std::string policy;
  std::string params = "{}";
  Facts facts;
  GivenFacts given;
};

// A member of the line itself, or else of its campaign.
const Json* find(const Json& entry, const char* member) {
  if (entry.contains(member)) return &entry[member];
  const auto campaign = entry.find("campaign");
  return campaign != entry.end() && campaign->is_object() && campaign->contains(member) ? &(*campaign)[member]
                                                                                        : nullptr;
}

// The facts with what the line's `campaign` says of the campaign.
nlohmann::json facts_of(const Json& entry) {
  nlohmann::json facts = entry.contains("facts") ? nlohmann::json(entry["facts"]) : nlohmann::json::object();
  if (!facts.is_object() || !entry.contains("campaign") || !entry["campaign"].is_object()) return facts;
  if (!facts.contains("campaign")) facts["campaign"] = nlohmann::json::object();
  for (const char* member : {"id", "total", "starts_at", "ends_at", "timezone", "metadata"}) {
    const Json& campaign = entry["campaign"];
    if (campaign.contains(member) && !facts["campaign"].contains(member)) facts["campaign"][member] = campaign[member];
  }
  return facts;
}

Result<Question> read_question(const Json& entry) {
  const auto wrong = [](const std::string& what) { return Error{.code = Code::invalid_request, .message = what}; };
  if (!entry.is_object()) return wrong("is no JSON object");
  for (const auto& [name, value] : entry.items()) {
    if (std::find(members.begin(), members.end(), name) == members.end()) return wrong("has no member '" + name + "'");
  }
  Question question;
  const auto hook = entry.contains("hook") && entry["hook"].is_string()
                        ? parse_hook(entry["hook"].get_ref<const std::string&>())
                        : std::nullopt;
  if (!hook) return wrong("hook is not one of " + std::string(hook_list));
  question.hook = *hook;
  const auto step = entry.contains("step") && entry["step"].is_string()
                        ? parse_hold_step(entry["step"].get_ref<const std::string&>())
                        : std::optional(HoldStep::whole);
  if (!step || follows_hold(*step)) return wrong("step is one at which no rule is asked");
  const Json* const policy = find(entry, "policy");
  if (!policy || !policy->is_string()) return wrong("policy is not the name of one");
  question.policy = policy->get<std::string>();
  if (const Json* const params = find(entry, "params"); params && !params->is_null()) {
    if (!params->is_object()) return wrong("params is no object");
    question.params = params->dump();
  }
  question.given = read_given_facts(facts_of(entry), *hook, Unsaid::absent);
  if (!question.given.error.empty()) return wrong(question.given.error);
  question.facts = question.given.facts;
  return question;
}

Result<AskedDecision> decide(const PolicySet& set, Evaluator& evaluator, Question question) {
  const auto binding = set.bind(question.policy, question.params);
  if (!binding) {
    Error error = binding.error();
    for (const FieldError& field : error.fields) error.message += " " + field.field + ": " + field.message + ".";
    return error;
  }
  AskedDecision decision{.hook = question.hook, .policy = question.policy, .rules = {}, .facts = {}, .verdict = {}};
  for (std::string& counter : evaluator.counters(**binding, question.hook, question.facts)) {
    const std::int64_t value = given_counter(question.given, counter);
    question.facts.counters.emplace_back(std::move(counter), value);
  }
  decision.facts = std::move(question.facts);
  decision.verdict = evaluator.decide(**binding, question.hook, decision.facts);
  return decision;
}

Json without_trace(const Verdict& verdict) {
  Json json = Json::parse(verdict_json(verdict));
  json.erase("trace");
  json.erase("unstable");
  return json;
}

std::vector<std::string> differences(const Json& wanted, const Json& got) {
  const auto shown = [](const Json& verdict, const char* member) {
    return verdict.contains(member) ? verdict[member].dump() : std::string("nothing");
  };
  // Not as ordered objects: the order of members says nothing.
  const auto value = [](const Json& verdict, const char* member) {
    return verdict.contains(member) ? nlohmann::json(verdict[member]) : nlohmann::json();
  };
  std::vector<std::string> text;
  for (const char* member : compared) {
    if (value(wanted, member) == value(got, member)) continue;
    text.push_back(std::string(member) + " was " + shown(wanted, member) + ", is " + shown(got, member));
  }
  return text;
}

// Puts the verdict into a line, and into what else a recorded decision says of it.
void put_verdict(Json& entry, const Verdict& verdict) {
  entry["verdict"] = without_trace(verdict);
  if (entry.contains("allowed")) entry["allowed"] = verdict.allowed();
  if (entry.contains("code")) entry["code"] = verdict.allowed() ? "allowed" : verdict.code;
  if (entry.contains("trace")) entry["trace"] = Json::parse(trace_json(verdict.trace));
}

Result<void> write(const std::filesystem::path& file, const std::string& text) {
  const std::filesystem::path beside = file.string() + ".new";
  std::error_code error;
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) return {Code::internal, beside.string() + " cannot be written"};
  }
  std::filesystem::rename(beside, file, error);
  if (error) return {Code::internal, file.string() + " cannot be written: " + error.message()};
  return {};
}

}  // namespace

std::size_t GoldenReport::differences() const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [](const auto& each) { return !each.differences.empty(); }));
}

Result<GoldenReport> compare_golden(const PolicySet& set, const std::filesystem::path& file, bool update) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {Code::invalid_request, file.string() + " cannot be read"};
  const auto evaluator = set.evaluator();
  GoldenReport report{.file = file.string(), .results = {}, .updated = update};
  std::string written;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto wrong = [&](const std::string& what) {
      return Error{.code = Code::invalid_request,
                   .message = file.string() + ":" + std::to_string(number) + ": " + what};
    };
    Json entry = Json::parse(line, nullptr, false);
    if (entry.is_discarded()) return wrong("is no JSON");
    auto question = read_question(entry);
    if (!question) return wrong(question.error().message);
    if (!update && (!entry.contains("verdict") || !entry["verdict"].is_object())) {
      return wrong("has no verdict; --update-golden writes what is decided now");
    }
    auto decision = decide(set, *evaluator, std::move(*question));
    if (!decision) return wrong(decision.error().message);
    GoldenResult& result = report.results.emplace_back();
    result.line = number;
    result.name = entry.contains("name") && entry["name"].is_string()
                      ? entry["name"].get<std::string>()
                      : std::string(name(decision->hook)) + " " + decision->policy;
    const Json before = entry.contains("verdict") ? entry["verdict"] : Json::object();
    result.differences =
        cli::differences(before.is_object() ? before : Json::object(), without_trace(decision->verdict));
    if (update) put_verdict(entry, decision->verdict);
    written += entry.dump() + "\n";
    result.decision = std::make_shared<const AskedDecision>(std::move(*decision));
  }
  if (in.bad()) return {Code::internal, file.string() + " cannot be read to its end"};
  if (report.results.empty()) return {Code::invalid_request, file.string() + " has no decision"};
  if (update) {
    if (auto done = write(file, written); !done) return done.error();
  }
  return report;
}

std::string decision_lines(const AskedDecision& decision, std::string_view indent) {
  const std::string margin(indent);
  const std::string deeper = margin + "  ";
  return margin + "asked: " + std::string(name(decision.hook)) + "\n" +
         (decision.rules.empty() ? "" : margin + "rules\n" + rules_text(decision.rules, deeper)) + margin + "facts\n" +
         facts_text(decision.facts, deeper) + margin + "trace\n" + trace_text(decision.verdict.trace, deeper) + margin +
         "verdict: " + verdict_text(decision.verdict) + "\n";
}

Json decision_json(const AskedDecision& decision) {
  Json rules = Json::array();
  for (const RuleInfo& rule : decision.rules) {
    rules.push_back({{"name", rule.name}, {"plugin", rule.plugin}, {"params", Json::parse(rule.params)}});
  }
  Json json{{"hook", name(decision.hook)}, {"policy", decision.policy}};
  if (!decision.rules.empty()) json["rules"] = std::move(rules);
  json["facts"] = Json::parse(facts_json(decision.facts));
  json["verdict"] = Json::parse(verdict_json(decision.verdict));
  return json;
}

std::string golden_lines(const GoldenReport& report) {
  std::string text;
  for (const GoldenResult& result : report.results) {
    if (result.differences.empty()) continue;
    text += (report.updated ? "new   " : "FAIL  ") + result.name + " (" + report.file + ":" +
            std::to_string(result.line) + ")\n";
    for (const std::string& difference : result.differences) text += "      " + difference + "\n";
    if (!report.updated) text += decision_lines(*result.decision, "      ");
  }
  const std::size_t changed = report.differences();
  return text + "golden: " + std::to_string(report.results.size() - changed) + " the same, " + std::to_string(changed) +
         (report.updated ? " updated\n" : " different\n");
}

Json golden_json(const GoldenReport& report) {
  Json list = Json::array();
  for (const GoldenResult& result : report.results) {
    if (result.differences.empty()) continue;
    list.push_back({{"line", result.line},
                    {"name", result.name},
                    {"differences", result.differences},
                    {"decision", decision_json(*result.decision)}});
  }
  return Json{{"file", report.file},
              {"compared", report.results.size()},
              {"updated", report.updated},
              {"different", std::move(list)}};
}

}  // namespace scrip::cli
