#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/policy_answer.h"
#include "cli/remote.h"

namespace scrip::cli {

int reload(int argc, char** argv) {
  using Json = nlohmann::json;
  CLI::App command("Put the policies on disk in force in a running server", "scrip reload");
  RemoteArguments remote;
  std::string notes;
  bool json = false;
  add_remote(command, remote);
  add_notes(command, notes);
  add_json(command, json);
  if (const auto status = parse(command, argc, argv)) return *status;

  auto client = connect(remote);
  if (!client) return fail(client.error());
  const auto answer = client->post("/api/v1/policies/reload", notes.empty() ? "" : notes_json(notes));
  if (!answer) return fail(answer.error());
  if (!answer->ok()) return refuse(*answer, json);
  const Json body = Json::parse(answer->body, nullptr, false);
  const std::string revision = text_member(body, "revision");
  if (revision.empty()) return fail("the server's answer names no revision");
  return print((json ? body.dump() : revision) + "\n");
}

}  // namespace scrip::cli
