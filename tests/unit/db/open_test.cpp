#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "db/sqlite/migrate.h"
#include "raw_database.h"
#include "samples.h"
#include "test_folder.h"

using namespace scrip;

namespace {

namespace fs = std::filesystem;

// The error of opening, which names the file.
Error refusal(const std::string& path, const SqliteOptions& options = {}) {
  const auto opened = open_sqlite(path, options);
  REQUIRE_FALSE(opened);
  INFO(opened.error().message);
  CHECK(opened.error().message.find(path) != std::string::npos);
  return opened.error();
}

bool mentions(const Error& error, const std::string& text) {
  INFO(error.message);
  return error.message.find(text) != std::string::npos;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// A database with some hundred pages, closed.
void make_database(const std::string& path) {
  const auto store = open_shop(path);
  Changes changes;
  for (std::int64_t serial = 0; serial < 900; ++serial) {
    issue_next(changes, issued_coupon(1, serial, "a user with a long name " + std::to_string(serial)));
    changes.decisions.push_back({.id = serial + 1, .at = noon, .campaign = 1, .record = std::string(300, 'r')});
  }
  store_changes(*store, changes);
}

// Acts as a user without privileges, where the tests run as root, whom no permission stops.
class Unprivileged {
 public:
  Unprivileged() { changed_ = ::geteuid() == 0 && ::seteuid(65'534) == 0; }
  ~Unprivileged() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  bool changed_ = false;
};

}  // namespace

TEST_CASE("a new database can be read by its owner alone") {
  const TestFolder folder;
  const auto store = open_store(folder.file("a.db"));
  struct stat status {};
  REQUIRE(::stat(folder.file("a.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a database works with full durability in WAL mode") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  RawDatabase raw(folder.file("a.db"));
  CHECK(raw.text("PRAGMA journal_mode") == "wal");
  CHECK(raw.integer("PRAGMA application_id") == 0x53435250);
  CHECK(raw.integer("PRAGMA user_version") >= 1);
  CHECK(raw.integer("PRAGMA page_size") == 4096);
}

TEST_CASE("an empty file and an empty database become Scrip's") {
  const TestFolder folder;
  write_bytes(folder.file("empty.db"), "");
  store_changes(*open_store(folder.file("empty.db")), sample_definitions());
  RawDatabase(folder.file("fresh.db")).execute("CREATE TABLE t (a); DROP TABLE t");
  store_changes(*open_store(folder.file("fresh.db")), sample_definitions());
}

TEST_CASE("a place where no database can be is refused for its own reason") {
  const TestFolder folder;
  fs::create_directory(folder.file("folder"));
  CHECK(mentions(refusal(folder.file("folder")), "not a file"));
  CHECK(mentions(refusal(folder.file("missing/a.db")), "no directory"));
  write_bytes(folder.file("plain"), "x");
  CHECK(mentions(refusal(folder.file("plain/a.db")), "no directory"));
  CHECK(mentions(refusal(""), "no name"));
  CHECK(mentions(refusal(":memory:"), "no name"));
  SqliteOptions existing;
  existing.create = false;
  CHECK(mentions(refusal(folder.file("a.db"), existing), "no database"));
  CHECK_FALSE(fs::exists(folder.file("a.db")));
}

TEST_CASE("a directory or a file that may not be written is refused for that reason") {
  const TestFolder folder;
  fs::permissions(folder.path(), fs::perms::all);
  fs::create_directory(folder.file("closed"));
  {
    open_shop(folder.file("closed/a.db"));
    open_shop(folder.file("b.db"));
  }
  fs::permissions(folder.file("closed/a.db"), static_cast<fs::perms>(0666));
  fs::permissions(folder.file("closed"), static_cast<fs::perms>(0555));
  fs::permissions(folder.file("b.db"), static_cast<fs::perms>(0444));
  {
    const Unprivileged user;
    CHECK(mentions(refusal(folder.file("closed/a.db")), "may not be written"));
    CHECK(mentions(refusal(folder.file("closed/new.db")), "may not be written"));
    CHECK(mentions(refusal(folder.file("b.db")), "may not be written"));
  }
  fs::permissions(folder.file("closed"), fs::perms::owner_all);
}

TEST_CASE("a database of a newer Scrip is refused by a sentence with both versions") {
  const TestFolder folder;
  make_database(folder.file("a.db"));
  RawDatabase(folder.file("a.db")).execute("PRAGMA user_version = 4711");
  const Error error = refusal(folder.file("a.db"));
  CHECK(error.code == Code::internal);
  CHECK(mentions(error, "newer Scrip"));
  CHECK(mentions(error, "version 4711"));
  CHECK(mentions(error, "versions up to " + std::to_string(sqlite::migrations().size())));
  CHECK(RawDatabase(folder.file("a.db")).integer("PRAGMA user_version") == 4711);
}

TEST_CASE("a database of another program is refused and left as it is") {
  const TestFolder folder;
  RawDatabase(folder.file("notes.db")).execute("CREATE TABLE note (text); INSERT INTO note VALUES ('keep')");
  RawDatabase(folder.file("other.db")).execute("PRAGMA application_id = 7; CREATE TABLE campaign (a)");
  for (const char* name : {"notes.db", "other.db"}) {
    const std::string before = bytes_of(folder.file(name));
    CHECK(mentions(refusal(folder.file(name)), "another program"));
    CHECK(bytes_of(folder.file(name)) == before);
  }
}

TEST_CASE("a damaged file is refused, with SQLite's words and what to do") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  make_database(path);
  const std::string whole = bytes_of(path);
  REQUIRE(whole.size() > 100 * 4096);

  struct Damage {
    const char* name;
    std::string bytes;
    const char* said;
  };
  std::string no_header = whole;
  no_header.replace(0, 16, "something else..");
  std::string garbage_page = whole;
  garbage_page.replace(whole.size() - 20 * 4096, 4096, std::string(4096, '\x55'));
  std::string garbage_schema = whole;
  garbage_schema.replace(100, 200, std::string(200, '\xAA'));
  std::string zeroed = whole;
  zeroed.replace(whole.size() / 2, 3 * 4096, std::string(3 * 4096, '\0'));
  const std::vector<Damage> table{
      {"text", "this is no database, however long it is read\n", "file is not a database"},
      {"other header", no_header, "file is not a database"},
      {"cut in half", whole.substr(0, whole.size() / 2), "malformed"},
      {"last page missing", whole.substr(0, whole.size() - 4096), "malformed"},
      {"only a header", whole.substr(0, 100), ""},
      {"garbage in a page", garbage_page, ""},
      {"garbage in the schema", garbage_schema, ""},
      {"pages of zeros", zeroed, ""},
  };
  for (const Damage& damage : table) {
    CAPTURE(damage.name);
    write_bytes(path, damage.bytes);
    const Error error = refusal(path);
    CHECK(error.code == Code::internal);
    CHECK(mentions(error, "damaged"));
    CHECK(mentions(error, damage.said));
    CHECK(mentions(error, "scrip verify"));
    CHECK(mentions(error, "backup"));
    CHECK(bytes_of(path) == damage.bytes);
  }
  write_bytes(path, whole);
  CHECK(value_of(reader_of(*open_store(path))->tally(1)).issued == 900);
}

TEST_CASE("a damaged file can be opened unchecked, and verify says what is wrong with it") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  make_database(path);
  std::string bytes = bytes_of(path);
  bytes.replace(bytes.size() - 20 * 4096, 4096, std::string(4096, '\x55'));
  write_bytes(path, bytes);
  SqliteOptions unchecked;
  unchecked.check_below_bytes = 0;
  const auto store = open_store(path, unchecked);
  const auto drifts = value_of(store->verify({}, {}, {}));
  REQUIRE_FALSE(drifts.empty());
  CHECK(drifts[0].what.starts_with("file: "));
}
