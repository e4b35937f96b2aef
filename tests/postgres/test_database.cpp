#include "test_database.h"

#include <unistd.h>

#include <atomic>
#include <stdexcept>

#include "db/postgres/migrate.h"
#include "raw_postgres.h"
#include "shared_server.h"

namespace scrip::postgres_test {
namespace {

// With the migrations that this program has: a server may outlive a build.
std::string template_name() {
  std::string all;
  for (const auto& migration : postgres::migrations()) all += migration.sql;
  return "template_" + std::to_string(std::hash<std::string>()(all));
}

bool exists(RawPostgres& server, const std::string& database) {
  return !server.text("SELECT 1 FROM pg_database WHERE datname = '" + database + "'").empty();
}

// A copy of a database with the tables in it takes a tenth of the time of making them.
std::string ready_template(RawPostgres& server) {
  const std::string name = template_name();
  if (exists(server, name)) return name;
  const StartLock alone;
  if (exists(server, name)) return name;
  server.execute("DROP DATABASE IF EXISTS half_made");
  server.execute("CREATE DATABASE half_made");
  {
    auto connection = postgres::Connection::open(shared_url("half_made"), postgres::Connection::Use::writing);
    if (!connection) throw std::runtime_error(connection.error().message);
    const auto migrated = postgres::migrate(**connection, postgres::migrations());
    if (!migrated) throw std::runtime_error(migrated.error().message);
  }
  server.execute("ALTER DATABASE half_made RENAME TO " + name);
  return name;
}

std::string next_name() {
  static std::atomic<int> count = 0;
  return "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

}  // namespace

TestDatabase::TestDatabase() : name_(next_name()), url_(shared_url(name_)) {
  RawPostgres server(shared_url("postgres"));
  server.execute("CREATE DATABASE " + name_ + " TEMPLATE " + ready_template(server));
}

TestDatabase::~TestDatabase() {
  try {
    RawPostgres(shared_url("postgres")).execute("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // It goes with the server.
  }
}

}  // namespace scrip::postgres_test
