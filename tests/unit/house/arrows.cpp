#include "arrows.h"

#include <map>
#include <set>

namespace scrip::house {
namespace {

// A room may include itself and the rooms behind it. A room that is not in this table fails the
// test, so that whoever adds one says here what it may know.
const std::map<std::string, std::set<std::string>, std::less<>>& arrows() {
  static const std::map<std::string, std::set<std::string>, std::less<>> table{
      {"coupon", {}},
      {"ops", {"coupon"}},
      {"policy", {"coupon", "ops"}},
      {"lua", {"policy", "coupon", "ops"}},
      {"db", {"coupon", "ops"}},
      {"sqlite", {"db", "coupon", "ops"}},
      {"postgres", {"db", "coupon", "ops"}},
      {"ledger", {"policy", "coupon", "db", "ops"}},
      {"jobs", {"ledger", "replay", "policy", "coupon", "db", "ops"}},
      {"replay", {"policy", "coupon", "db", "ops"}},
      {"http", {"coupon", "ops"}},
      {"api", {"jobs", "ledger", "replay", "policy", "coupon", "http", "db", "ops"}},
      {"compat", {"api", "ledger", "policy", "coupon", "http", "db", "ops"}},
      {"web", {"api", "ledger", "policy", "coupon", "http", "db", "ops"}},
      // The command line puts the program together, so it names the engines.
      {"cli",
       {"api", "compat", "web", "jobs", "ledger", "replay", "policy", "coupon", "http", "lua", "db", "sqlite",
        "postgres", "ops"}},
      {"main", {"cli"}},
  };
  return table;
}

}  // namespace

std::optional<std::string> room_of(std::string_view path) {
  const auto take = [&path](std::string_view prefix) {
    if (!path.starts_with(prefix)) return false;
    path.remove_prefix(prefix.size());
    return true;
  };
  const bool host = take("host/");
  if (!host && !take("db/")) return std::nullopt;
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return host ? "main" : "db";
  std::string room(path.substr(0, slash));
  if (arrows().count(room) == 0) return std::nullopt;
  return room;
}

bool may_include(std::string_view from_room, std::string_view to_room) {
  if (from_room == to_room) return true;
  const auto from = arrows().find(from_room);
  return from != arrows().end() && from->second.count(std::string(to_room)) != 0;
}

std::optional<std::string> only_folder(std::string_view header) {
  static const std::map<std::string, std::string, std::less<>> table{
      {"lua.h", "host/lua"},    {"lua.hpp", "host/lua"},    {"lualib.h", "host/lua"},      {"lauxlib.h", "host/lua"},
      {"luajit.h", "host/lua"}, {"sqlite3.h", "db/sqlite"}, {"libpq-fe.h", "db/postgres"}, {"httplib.h", "host/http"},
      {"csv.h", "host/jobs"},   {"curl.h", "host/jobs"},
  };
  // However it is reached: <luajit-2.1/lua.h> is the same.
  const auto found = table.find(header.substr(header.rfind('/') + 1));
  if (found == table.end()) return std::nullopt;
  return found->second;
}

}  // namespace scrip::house
