#include "cli/policy_answer.h"

#include <nlohmann/json.hpp>

#include "cli/output.h"
#include "coupon/activation.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

std::string check_notes(const std::string& text) {
  if (is_policy_notes(text)) return {};
  return "notes are at most " + std::to_string(max_policy_notes) + " characters without control characters";
}

int line_of(const Json& error) {
  const auto line = error.find("line");
  return line != error.end() && line->is_number_integer() ? line->get<int>() : 0;
}

// The errors of a 422; none when the answer is something else.
std::vector<PolicyError> policy_errors(const http::Answer& answer) {
  constexpr int unprocessable = 422;
  std::vector<PolicyError> errors;
  const Json problem = Json::parse(answer.body, nullptr, false);
  if (answer.status != unprocessable || !problem.is_object() || !problem.contains("errors")) return errors;
  for (const Json& error : problem["errors"]) {
    if (!error.is_object()) continue;
    errors.push_back({text_member(error, "file"), line_of(error), text_member(error, "message")});
  }
  return errors;
}

}  // namespace

void add_notes(CLI::App& command, std::string& notes) {
  command.add_option("--notes", notes, "Why; kept with the revision and in the audit log")
      ->check(CLI::Validator(check_notes, ""))
      ->type_name("TEXT");
}

std::string notes_json(const std::string& notes) {
  return Json{{"notes", notes}}.dump();
}

std::string text_member(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string hook_text(const nlohmann::json& decision) {
  const std::string step = text_member(decision, "step");
  return text_member(decision, "hook") + (step.empty() ? "" : " (" + step + ")");
}

int refuse(const http::Answer& answer, bool json) {
  const auto errors = policy_errors(answer);
  if (errors.empty()) return fail(answer.error());
  if (json) print("{\"errors\":" + errors_json(errors) + "}\n");
  return fail(errors);
}

}  // namespace scrip::cli
