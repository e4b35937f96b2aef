#include <catch2/catch.hpp>

#include "arrows.h"
#include "source_tree.h"

using namespace scrip::house;

namespace {

// Where a quoted include leads, from the top of the tree; empty when nowhere.
std::string path_of(const std::string& target) {
  for (const std::string& folder : {std::string("host/"), std::string()}) {
    if (exists(folder + target)) return folder + target;
  }
  return {};
}

std::string at(const Source& source, const Include& include) {
  return source.path + ":" + std::to_string(include.line) + " includes " + include.target;
}

std::string own_header(const Source& source) {
  return source.path.substr(0, source.path.size() - 4) + ".h";
}

}  // namespace

TEST_CASE("an include line is found however it is spaced") {
  const auto found =
      includes_of("#include \"coupon/money.h\"\n  #  include <lua.h>\n// #include <no.h>\nint include;\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].target == "coupon/money.h");
  CHECK(found[0].quoted);
  CHECK(found[1].target == "lua.h");
  CHECK_FALSE(found[1].quoted);
  CHECK(found[1].line == 2);
}

TEST_CASE("arrows of the architecture point one way") {
  struct Row {
    const char* from;
    const char* to;
    bool allowed;
  };
  const std::vector<Row> rows{
      {"host/api/issue.cpp", "host/ledger/ledger.h", true},    {"host/ledger/ledger.h", "host/api/service.h", false},
      {"host/ledger/batch.cpp", "db/store.h", true},           {"host/ledger/batch.cpp", "db/sqlite/load.h", false},
      {"host/lua/compile.cpp", "host/policy/verdict.h", true}, {"host/policy/verdict.h", "host/lua/compile.h", false},
      {"host/coupon/ff1.cpp", "host/ops/log.h", false},        {"db/sqlite/load.cpp", "host/policy/facts.h", false},
      {"host/http/server.h", "host/ledger/ledger.h", false},   {"host/api/issue.cpp", "host/lua/compile.h", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.from, row.to);
    CHECK(may_include(*room_of(row.from), *room_of(row.to)) == row.allowed);
  }
  CHECK_FALSE(room_of("host/attic/old.h").has_value());
}

TEST_CASE("no file of the program includes what its room may not know") {
  const auto sources = read_sources({"host", "db"});
  REQUIRE(sources.size() > 100);
  for (const Source& source : sources) {
    const auto room = room_of(source.path);
    INFO(source.path << " is in no room of arrows.cpp");
    REQUIRE(room.has_value());
    for (const Include& include : source.includes) {
      if (!include.quoted) continue;
      INFO(at(source, include));
      const std::string path = path_of(include.target);
      REQUIRE(!path.empty());
      REQUIRE(room_of(path).has_value());
      CHECK(may_include(*room, *room_of(path)));
      // Of the store the rooms above know the interface alone.
      if (*room == "ledger" || *room == "api" || *room == "compat" || *room == "web" || *room == "jobs")
        CHECK((room_of(path) != "db" || path == "db/store.h" || path == "db/inventory.h"));
    }
  }
}

TEST_CASE("a library's header is included from the one folder that is for it") {
  CHECK(only_folder("luajit-2.1/lua.h") == "host/lua");
  for (const Source& source : read_sources({"host", "db"})) {
    for (const Include& include : source.includes) {
      const auto folder = only_folder(include.target);
      INFO(at(source, include));
      if (!include.quoted && folder) CHECK(source.path.starts_with(*folder + "/"));
    }
  }
}

// Then every header that has a source compiles on its own.
TEST_CASE("a source includes its own header before any other") {
  for (const Source& source : read_sources({"host", "db"})) {
    if (!source.path.ends_with(".cpp") || !exists(own_header(source))) continue;
    INFO(source.path);
    REQUIRE(!source.includes.empty());
    CHECK(path_of(source.includes.front().target) == own_header(source));
  }
}

TEST_CASE("no file is longer than 600 lines") {
  for (const Source& source : read_sources({"host", "db", "tests"})) {
    INFO(source.path);
    CHECK(source.lines <= 600);
  }
}
