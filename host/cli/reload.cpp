#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/remote.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

template <class T>
T member(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return T{};
  if constexpr (std::is_same_v<T, std::string>) {
    return found->is_string() ? found->template get<T>() : T{};
  } else {
    return found->is_number_integer() ? found->template get<T>() : T{};
  }
}

// The errors of a 422; none when the answer is something else.
std::vector<PolicyError> policy_errors(const http::Answer& answer) {
  constexpr int unprocessable = 422;
  std::vector<PolicyError> errors;
  const Json problem = Json::parse(answer.body, nullptr, false);
  if (answer.status != unprocessable || !problem.is_object() || !problem.contains("errors")) return errors;
  for (const Json& error : problem["errors"]) {
    if (!error.is_object()) continue;
    errors.push_back(
        {member<std::string>(error, "file"), member<int>(error, "line"), member<std::string>(error, "message")});
  }
  return errors;
}

}  // namespace

int reload(int argc, char** argv) {
  CLI::App command("Put the policies on disk in force in a running server", "scrip reload");
  RemoteArguments remote;
  bool json = false;
  add_remote(command, remote);
  add_json(command, json);
  if (const auto status = parse(command, argc, argv)) return *status;

  auto client = connect(remote);
  if (!client) return fail(client.error());
  const auto answer = client->post("/api/v1/policies/reload", "");
  if (!answer) return fail(answer.error());
  if (!answer->ok()) {
    const auto errors = policy_errors(*answer);
    if (errors.empty()) return fail(answer->error());
    if (json) print("{\"errors\":" + errors_json(errors) + "}\n");
    return fail(errors);
  }
  const Json body = Json::parse(answer->body, nullptr, false);
  const std::string revision = body.is_object() ? member<std::string>(body, "revision") : "";
  if (revision.empty()) return fail("the server's answer names no revision");
  return print((json ? body.dump() : revision) + "\n");
}

}  // namespace scrip::cli
