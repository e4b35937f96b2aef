// A database file in the hands of somebody with the sqlite3 shell: what a test damages files with,
// and looks at them without Scrip's own code.
#pragma once

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <string>

namespace scrip {

class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path) {
    sqlite3* db = nullptr;
    const int opened = sqlite3_open(path.c_str(), &db);
    db_.reset(db);
    REQUIRE(opened == SQLITE_OK);
    sqlite3_busy_timeout(db, 5'000);
  }

  void execute(const std::string& sql) {
    INFO(sql);
    const int done = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    INFO(sqlite3_errmsg(db_.get()));
    REQUIRE(done == SQLITE_OK);
  }

  // The first column of the first row; empty when there is none.
  std::string text(const std::string& sql) { return first(sql); }
  std::int64_t integer(const std::string& sql) { return std::stoll(first(sql)); }

  // Lets the schema be edited as a table.
  void allow_schema_edits() { sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr); }

  sqlite3* handle() const { return db_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
  };

  std::string first(const std::string& sql) {
    INFO(sql);
    sqlite3_stmt* query = nullptr;
    REQUIRE(sqlite3_prepare_v2(db_.get(), sql.c_str(), -1, &query, nullptr) == SQLITE_OK);
    std::string value;
    if (sqlite3_step(query) == SQLITE_ROW) {
      if (const auto* text = sqlite3_column_text(query, 0)) value = reinterpret_cast<const char*>(text);
    }
    const int ended = sqlite3_finalize(query);
    REQUIRE(ended == SQLITE_OK);
    return value;
  }

  std::unique_ptr<sqlite3, Close> db_;
};

}  // namespace scrip
