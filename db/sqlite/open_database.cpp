#include "db/sqlite/open_database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

#include "db/sqlite/migrate.h"

namespace scrip::sqlite {
namespace {

namespace fs = std::filesystem;

Error unusable(std::string message) {
  return Error{.code = Code::storage_unavailable, .message = std::move(message)};
}

Error damaged(const std::string& path, const std::string& why) {
  return Error{.code = Code::internal,
               .message = "The database " + path + " is damaged or no database: " + why +
                          ". `scrip verify` lists what is wrong with it; otherwise restore a backup."};
}

// SQLite's own message for each of these is "unable to open database file".
Result<void> check_place(const std::string& path, bool create) {
  // SQLite would take these for a database in memory, or a temporary one.
  if (path.empty() || path.front() == ':') return unusable("\"" + path + "\" is no name for a database file.");
  std::error_code error;
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  if (!fs::is_directory(folder, error)) {
    return unusable("cannot open " + path + ": there is no directory " + folder.string() + ".");
  }
  // Even readers need to write there: the log and its index stand beside the database.
  if (faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return unusable("cannot open " + path + ": the directory " + folder.string() +
                    " may not be written: " + std::strerror(errno) + ".");
  }
  const fs::file_status found = fs::status(path, error);
  if (fs::exists(found)) {
    if (!fs::is_regular_file(found)) return unusable("cannot open " + path + ": it is not a file.");
    return {};
  }
  if (!create) return unusable("There is no database " + path + ".");
  const int made = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (made < 0 && errno != EEXIST) return unusable("cannot create " + path + ": " + std::strerror(errno) + ".");
  if (made >= 0) ::close(made);
  return {};
}

// Changes nothing in the file.
Result<void> check_content(Connection& db, const SqliteOptions& options) {
  const Snapshot snapshot(db);
  if (!snapshot.begun()) return snapshot.begun();
  // A file that is cut short fails here too: the first page says how long it has to be.
  const auto version = schema_version(db, migrations());
  if (!version) {
    const int code = sqlite3_errcode(db.handle());
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) return damaged(db.path(), sqlite3_errmsg(db.handle()));
    return version.error();
  }
  std::error_code unknown;
  if (*version == 0 || fs::file_size(db.path(), unknown) >= options.check_below_bytes) return {};
  const auto found = db.text("PRAGMA quick_check(1)");
  if (!found && found.error().code != Code::internal) return found.error();
  if (!found) return damaged(db.path(), sqlite3_errmsg(db.handle()));
  if (*found != "ok") return damaged(db.path(), *found);
  return {};
}

Result<void> set_cache(Connection& db, std::int64_t bytes) {
  return db.execute(("PRAGMA cache_size = -" + std::to_string(bytes / 1024)).c_str());
}

// Two processes may meet at a new file. Changing its mode is the one thing for which SQLite does not
// wait by itself, since both could hold what the other needs.
Result<void> set_wal_mode(Connection& db, const SqliteOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.busy_timeout;
  for (;;) {
    const auto mode = db.text("PRAGMA journal_mode = WAL");
    if (mode && *mode == "wal") return {};
    if (mode) return unusable("cannot use " + db.path() + ": its file system does not allow SQLite's WAL mode.");
    const bool busy = (sqlite3_errcode(db.handle()) & 0xff) == SQLITE_BUSY;
    if (!busy || std::chrono::steady_clock::now() > deadline) return mode.error();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

Result<std::unique_ptr<Connection>> open_for_writing(const std::string& path, const SqliteOptions& options) {
  if (auto place = check_place(path, options.create); !place) return place.error();
  auto opened = Connection::open(path, Connection::Access::read_write);
  if (!opened) return opened;
  Connection& db = **opened;
  db.set_busy_timeout(static_cast<int>(options.busy_timeout.count()));
  if (auto content = check_content(db, options); !content) return content.error();
  if (sqlite3_db_readonly(db.handle(), "main") == 1) return unusable("The file " + path + " may not be written.");

  if (auto set = set_wal_mode(db, options); !set) return set.error();
  const std::string log_limit = "PRAGMA journal_size_limit = " + std::to_string(4096LL * options.log_pages_at_most);
  for (const char* pragma : {"PRAGMA synchronous = FULL", log_limit.c_str()}) {
    if (auto set = db.execute(pragma); !set) return set.error();
  }
  if (auto set = set_cache(db, options.writer_cache_bytes); !set) return set.error();
  if (auto done = migrate(db, migrations()); !done) return done.error();
  return opened;
}

Result<std::unique_ptr<Connection>> open_for_reading(const std::string& path, const SqliteOptions& options) {
  auto opened = Connection::open(path, Connection::Access::read_only);
  if (!opened) return opened;
  Connection& db = **opened;
  db.set_busy_timeout(static_cast<int>(options.busy_timeout.count()));
  if (auto set = db.execute("PRAGMA query_only = ON"); !set) return set.error();
  if (auto set = set_cache(db, options.reader_cache_bytes); !set) return set.error();
  return opened;
}

}  // namespace scrip::sqlite
