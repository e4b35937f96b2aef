#include "cli/cli.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/output.h"

namespace scrip::cli {
namespace {

struct Command {
  std::string_view name;
  int (*run)(int argc, char** argv);
  std::string_view summary;
};

constexpr std::array commands{
    Command{"serve", serve, "Serve coupons over HTTP"},
    Command{"reload", reload, "Put the policies on disk in force in a running server"},
    Command{"policy", policy, "List, check, test, try, compare or roll back policies"},
    Command{"audit", audit, "Show what operators did"},
    Command{"decisions", decisions, "Show what was decided, and why"},
    Command{"explain", explain, "Show one decision with its rules, and make it again"},
    Command{"user", user, "Add or list accounts, or set a password"},
    Command{"token", token, "Make a token for the API"},
    Command{"import", import, "Import a file of codes into a campaign"},
    Command{"export", export_, "Export a campaign's coupons as a file"},
    Command{"verify", verify, "Recount everything in the database"},
    Command{"migrate", migrate, "Move a stopped server's data into PostgreSQL"},
    Command{"load", load, "Put a server under load, and check what it gives out"},
    Command{"bench", bench, "Measure this machine"},
    Command{"version", version, "Say which Scrip this is"},
};

std::string usage() {
  std::string text = "Scrip, a coupon engine\nUsage: scrip COMMAND [OPTIONS]\n\nCommands:\n";
  for (const Command& command : commands) {
    text += "  " + std::string(command.name) + std::string(10 - command.name.size(), ' ');
    text += std::string(command.summary) + "\n";
  }
  return text + "\nscrip COMMAND --help says more.\n";
}

int dispatch(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h" || name == "help") return print(usage());
  if (name == "--version") return version(1, argv);
  const auto* const command =
      std::find_if(commands.begin(), commands.end(), [&](const Command& each) { return each.name == name; });
  if (command != commands.end()) return command->run(argc - 1, argv + 1);
  if (name.empty()) return wrong_usage("a command is needed; scrip --help lists them");
  return wrong_usage("there is no command '" + std::string(name) + "'; scrip --help lists them");
}

}  // namespace

int run(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const std::exception& unexpected) {
    return fail(unexpected.what());
  }
}

}  // namespace scrip::cli
