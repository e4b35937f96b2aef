// Keeps one PostgreSQL server for all test programs of a build, which ctest starts by the hundred, one for
// each test case. The first that needs it starts this program; it stops when nobody has used the server for
// a while, or at once when the file that says where the server is has gone.
//
//   keep_server FOLDER       starts one; prints "ready" when it takes connections
//   keep_server --stop FOLDER  stops it, when nobody uses it
//
// In FOLDER: `use.lock`, on which users hold a shared lock for as long as they live, and `server`, the
// folder of the running server.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "server.h"

namespace {

namespace files = std::filesystem;
using Clock = std::chrono::steady_clock;
using scrip::postgres_test::Server;

constexpr auto unused_for = std::chrono::seconds(60);
constexpr auto nap = std::chrono::milliseconds(200);

int open_lock(const std::string& folder) {
  return ::open((folder + "/use.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
}

std::string server_of(const std::string& folder) {
  std::ifstream file(folder + "/server");
  std::string path;
  std::getline(file, path);
  return path;
}

int stop(const std::string& folder) {
  const std::string server = server_of(folder);
  const int lock = open_lock(folder);
  if (server.empty() || ::flock(lock, LOCK_EX | LOCK_NB) != 0) return 0;
  files::remove(folder + "/server");
  for (const auto until = Clock::now() + std::chrono::seconds(20); files::exists(server);) {
    if (Clock::now() > until) {
      std::cerr << "the server in " << server << " does not stop\n";
      return 1;
    }
    std::this_thread::sleep_for(nap);
  }
  return 0;
}

// Returns with the lock, so that nobody begins to use what is about to stop.
void wait_until_unused(Server& server, const std::string& folder, const std::string& path, int lock) {
  for (auto last_use = Clock::now(); server.runs() && server_of(folder) == path;) {
    std::this_thread::sleep_for(nap);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
      last_use = Clock::now();
      continue;
    }
    if (Clock::now() - last_use > unused_for) return;
    ::flock(lock, LOCK_UN);
  }
}

int keep(const std::string& folder) {
  // Of its own, so that Ctrl-C ends the tests first.
  ::setsid();
  std::signal(SIGPIPE, SIG_IGN);
  const std::string path = scrip::postgres_test::make_server_folder();
  int status = 0;
  try {
    Server::make_cluster(path);
    // What the tests ask of it is behaviour; that it keeps what it was given when the power goes is asked of
    // servers of their own.
    // Each line of the log begins with the database's name, for tests that read there what their own did.
    Server server(path, {"fsync=off", "full_page_writes=off", "max_wal_size=4GB", "log_line_prefix=%d "});
    std::ofstream(folder + "/server") << path << "\n";
    std::puts("ready");
    std::fflush(stdout);
    // Who waits for the end of what the first user prints shall not wait for this.
    const int null = ::open("/dev/null", O_RDWR);
    for (int stream = 0; stream < 3; ++stream) ::dup2(null, stream);
    ::close_range(3, ~0U, 0);
    wait_until_unused(server, folder, path, open_lock(folder));
    if (server_of(folder) == path) files::remove(folder + "/server");
    server.kill();
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    status = 1;
  }
  std::error_code ignored;
  files::remove_all(path, ignored);
  return status;
}

}  // namespace

int main(int count, char** words) {
  if (count == 3 && std::string(words[1]) == "--stop") return stop(words[2]);
  if (count == 2) return keep(words[1]);
  std::cerr << "usage: keep_server [--stop] FOLDER\n";
  return 2;
}
