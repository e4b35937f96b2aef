#include "ledger/verify.h"

#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/open_store.h"
#include "cli/output.h"
#include "cli/progress_line.h"

namespace scrip::cli {
namespace {

Result<std::vector<Drift>> recount(const std::filesystem::path& path, const std::string& where) {
  // What nodes share is in none of their directories.
  std::string file;
  if (where == sqlite_store) {
    const auto data = DataDirectory::open(path);
    if (!data) return data.error();
    file = data->database();
  }
  // Damage is what this command is asked about, so it is found here and not refused when opening.
  const auto store = open_store(where, file, {.create = false, .check_below_bytes = 0});
  if (!store) return store.error();
  ProgressLine line("rows");
  return scrip::verify(**store, [&](std::int64_t done, std::int64_t total) { line.show(done, total); });
}

std::string as_json(const std::vector<Drift>& drift) {
  auto list = nlohmann::ordered_json::array();
  for (const Drift& each : drift) {
    list.push_back({{"what", each.what}, {"stored", each.stored}, {"counted", each.counted}});
  }
  return nlohmann::ordered_json{{"ok", drift.empty()}, {"drift", std::move(list)}}.dump() + "\n";
}

std::string as_lines(const std::vector<Drift>& drift) {
  if (drift.empty()) return "no drift\n";
  std::string text;
  for (const Drift& each : drift) {
    text += each.what;
    // Damage of the file itself has no two numbers to compare.
    if (each.stored != each.counted) {
      text += ": stored " + std::to_string(each.stored) + ", counted " + std::to_string(each.counted);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

int verify(int argc, char** argv) {
  CLI::App command("Recount everything in the database", "scrip verify");
  std::filesystem::path data;
  std::string store;
  bool json = false;
  add_data(command, data);
  add_store(command, store);
  add_json(command, json);
  if (const auto status = parse(command, argc, argv)) return *status;

  const auto drift = recount(data, store);
  if (!drift) return fail(drift.error());
  const int printed = print(json ? as_json(*drift) : as_lines(*drift));
  return drift->empty() ? printed : fail(std::to_string(drift->size()) + " differences");
}

}  // namespace scrip::cli
