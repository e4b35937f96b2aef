#include "jobs/migration.h"

#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/open_store.h"
#include "cli/output.h"
#include "cli/progress_line.h"
#include "db/sqlite/sqlite_inventory.h"

namespace scrip::cli {
namespace {

Result<jobs::Migrated> move_house(const std::filesystem::path& from, const std::string& to) {
  const auto data = DataDirectory::open(from);
  if (!data) return data.error();
  // What a server at work adds meanwhile would be left behind.
  const auto lock = data->lock();
  if (!lock) return lock.error();
  const auto source = open_store(sqlite_store, data->database(), {.create = false});
  if (!source) return source.error();
  const auto inventory = open_sqlite_inventory(data->database());
  if (!inventory) return inventory.error();
  const auto target = open_store(to, data->database());
  if (!target) return target.error();
  ProgressLine line("rows");
  return jobs::migrate({.store = **source, .inventory = **inventory}, **target,
                       [&](std::int64_t done, std::int64_t total) { line.show(done, total); });
}

std::string check_target(const std::string& text) {
  if (is_store(text) && text != sqlite_store) return {};
  return "'" + text + "' is no database that nodes share; write postgresql://...";
}

}  // namespace

int migrate(int argc, char** argv) {
  CLI::App command("Move the data of a stopped server into a database that nodes share", "scrip migrate");
  std::filesystem::path from;
  std::string to;
  bool json = false;
  command.add_option("--from", from, "The server's data directory; it is left as it is")->type_name("DIR")->required();
  command.add_option("--to", to, "Where to; an empty database, or one in which this broke off")
      ->check(CLI::Validator(check_target, ""))
      ->type_name("postgresql://...")
      ->required();
  add_json(command, json);
  command.footer(
      "Begin it again when it broke off: it goes on where it was. Nodes on the database need the secret of\n"
      "the data directory (serve --secret-file), or tokens and sessions are no good any more.");
  if (const auto status = parse(command, argc, argv)) return *status;

  const auto moved = move_house(from, to);
  if (!moved) return fail(moved.error());
  if (json) {
    return print(nlohmann::ordered_json{{"campaigns", moved->campaigns},
                                        {"coupons", moved->coupons},
                                        {"decisions", moved->decisions},
                                        {"users", moved->users},
                                        {"counters", moved->counters}}
                     .dump() +
                 "\n");
  }
  return print("copied " + std::to_string(moved->campaigns) + " campaigns, " + std::to_string(moved->coupons) +
               " coupons, " + std::to_string(moved->decisions) + " decisions\n");
}

}  // namespace scrip::cli
