#include "server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace scrip::postgres_test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(60);  // a machine that is busy with building
constexpr auto nap = std::chrono::milliseconds(20);

// Debian keeps those of each major version apart, and out of PATH.
std::string program(const std::string& name) {
  for (const char* const folder : {"/usr/lib/postgresql/15/bin/", "/usr/bin/", "/usr/local/bin/"}) {
    const std::string path = folder + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  throw std::runtime_error(name + " is missing: install the package postgresql-15");
}

struct Identity {
  uid_t user = 0;
  gid_t group = 0;
};

Identity server_user() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid()};
  for (const char* const name : {"postgres", "nobody"}) {
    if (const passwd* const entry = ::getpwnam(name)) return {entry->pw_uid, entry->pw_gid};
  }
  throw std::runtime_error("no user to run PostgreSQL as: it refuses root");
}

std::string end_of(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  constexpr std::size_t enough = 2'000;
  return all.size() > enough ? all.substr(all.size() - enough) : all;
}

// Starts a program of PostgreSQL's as the server's user; what it says goes to `log`.
pid_t start(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const Identity identity = server_user();
  const bool change = identity.user != ::geteuid();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork: out of processes");
  if (child > 0) return child;
  // Nothing but system calls from here on: other threads of the parent may have held locks.
  const int null = ::open("/dev/null", O_RDONLY);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (null < 0 || out < 0) ::_exit(126);
  ::dup2(null, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  ::close_range(3, ~0U, 0);
  if (change && (::setgroups(0, nullptr) != 0 || ::setgid(identity.group) != 0 || ::setuid(identity.user) != 0)) {
    ::_exit(126);
  }
  // After the change of user, which would undo it.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent) ::_exit(126);
  if (::chdir("/") != 0) ::_exit(126);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

// Its exit status, or nothing when it still runs.
bool has_ended(pid_t child, int& status) {
  pid_t ended = 0;
  do {
    ended = ::waitpid(child, &status, WNOHANG);
  } while (ended < 0 && errno == EINTR);
  return ended != 0;
}

bool ends_in_time(pid_t child, int& status) {
  for (const auto until = Clock::now() + patience; !has_ended(child, status);) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(nap);
  }
  return true;
}

// PostgreSQL's own word on it: the eighth line of postmaster.pid.
bool is_ready(const std::string& folder) {
  std::ifstream file(folder + "/data/postmaster.pid");
  std::string line;
  for (int i = 0; i < 8; ++i) {
    if (!std::getline(file, line)) return false;
  }
  return line.starts_with("ready");
}

}  // namespace

std::string make_server_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "scrip-postgres-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name + " can be made");
  const Identity identity = server_user();
  if (::chown(name.c_str(), identity.user, identity.group) != 0) {
    throw std::runtime_error("the folder " + name + " cannot be given to the server's user");
  }
  return name;
}

void Server::make_cluster(const std::string& folder) {
  const std::string log = folder + "/initdb.log";
  const pid_t child = start({program("initdb"), "--pgdata=" + folder + "/data", "--username=scrip", "--auth=trust",
                             "--encoding=UTF8", "--locale=C", "--no-sync"},
                            log);
  int status = 0;
  if (!ends_in_time(child, status) || status != 0) {
    throw std::runtime_error("initdb failed (status " + std::to_string(status) + "): " + end_of(log));
  }
}

void Server::make_standby(const std::string& folder, const std::string& primary) {
  const std::string log = folder + "/pg_basebackup.log";
  const pid_t child =
      start({program("pg_basebackup"), "--host=" + primary, "--username=scrip", "--pgdata=" + folder + "/data",
             "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"},
            log);
  int status = 0;
  if (!ends_in_time(child, status) || status != 0) {
    throw std::runtime_error("pg_basebackup failed (status " + std::to_string(status) + "): " + end_of(log));
  }
}

Server::Server(std::string folder, const std::vector<std::string>& settings) : folder_(std::move(folder)) {
  // Of a server that was killed, which said that it was ready.
  std::filesystem::remove(folder_ + "/data/postmaster.pid");
  std::vector<std::string> words{program("postgres"), "-D", folder_ + "/data", "-k", folder_};
  const std::vector<std::string> usual{"listen_addresses=", "max_connections=200", "shared_buffers=64MB"};
  for (const auto& list : {usual, settings}) {
    for (const std::string& setting : list) {
      words.emplace_back("-c");
      words.push_back(setting);
    }
  }
  const std::string log = log_of(folder_);
  pid_ = start(words, log);
  for (const auto until = Clock::now() + patience; !is_ready(folder_);) {
    if (!runs()) throw std::runtime_error("PostgreSQL did not start: " + end_of(log));
    if (Clock::now() > until) {
      kill();
      throw std::runtime_error("PostgreSQL did not start in time: " + end_of(log));
    }
    std::this_thread::sleep_for(nap);
  }
}

Server::~Server() {
  kill();
}

std::string Server::url_of(const std::string& folder, const std::string& database) {
  return url_of(std::vector<std::string>{folder}, database);
}

std::string Server::url_of(const std::vector<std::string>& folders, const std::string& database) {
  std::string hosts;
  for (const std::string& folder : folders) {
    if (!hosts.empty()) hosts += ',';
    for (const char c : folder) hosts += c == '/' ? "%2F" : std::string(1, c);
  }
  return "postgresql://scrip@" + hosts + "/" + database;
}

bool Server::runs() {
  int status = 0;
  if (pid_ > 0 && has_ended(pid_, status)) pid_ = 0;
  return pid_ > 0;
}

void Server::stop() {
  end(SIGINT);
}

void Server::kill() {
  end(SIGQUIT);
}

void Server::end(int signal) {
  if (!runs()) return;
  ::kill(pid_, signal);
  int status = 0;
  if (!ends_in_time(pid_, status)) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
  }
  pid_ = 0;
}

}  // namespace scrip::postgres_test
