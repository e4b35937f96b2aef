#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace scrip::cli {

int version(int argc, char** argv) {
  CLI::App command("Say which Scrip this is", "scrip version");
  bool json = false;
  add_json(command, json);
  if (const auto status = parse(command, argc, argv)) return *status;
  return print(json ? nlohmann::json{{"version", SCRIP_VERSION}}.dump() + "\n" : "scrip " SCRIP_VERSION "\n");
}

}  // namespace scrip::cli
