#include "db/postgres/verify_schema.h"

#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "db/postgres/migrate.h"
#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

using Names = std::set<std::string>;

Result<Names> names(Connection& db, const char* sql) {
  auto rows = query(db, sql);
  if (!rows) return rows.error();
  Names found;
  for (int row = 0; row < rows->size(); ++row) {
    std::string name;
    rows->read(row, name);
    found.insert(std::move(name));
  }
  return found;
}

// "table coupon", "index coupon_by_user": what the migrations make. Later ones may drop what earlier ones made.
Names made_by_migrations() {
  Names made;
  for (const Migration& migration : migrations()) {
    std::istringstream words(migration.sql);
    std::string before;
    for (std::string word; words >> word;) {
      if (word == "UNIQUE" || (word != "TABLE" && word != "INDEX")) {
        if (word != "UNIQUE") before = word;
        continue;
      }
      std::string name;
      words >> name;
      if (name.ends_with(';')) name.pop_back();
      const std::string object = (word == "TABLE" ? "table " : "index ") + name;
      if (before == "CREATE") made.insert(object);
      if (before == "DROP") made.erase(object);
      before = name;
    }
  }
  return made;
}

}  // namespace

Result<void> verify_schema(Connection& db, Findings& findings) {
  const auto tables =
      names(db, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()");
  if (!tables) return tables.error();
  const auto indexes = names(db, "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()");
  if (!indexes) return indexes.error();
  for (const std::string& object : made_by_migrations()) {
    const std::string name = object.substr(object.find(' ') + 1);
    if (!(object.starts_with("table") ? *tables : *indexes).contains(name)) {
      findings.add("schema: " + object + " is missing", 0, 1);
    }
  }
  const auto triggers =
      names(db, "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = current_schema()");
  if (!triggers) return triggers.error();
  for (const std::string& name : *triggers) findings.add("schema: trigger " + name + " is not Scrip's", 1, 0);
  return {};
}

}  // namespace scrip::postgres
