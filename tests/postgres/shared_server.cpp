#include "shared_server.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "server.h"

namespace scrip::postgres_test {
namespace {

namespace files = std::filesystem;

const std::string folder = SCRIP_POSTGRES_FOLDER;

int open_lock(const std::string& name) {
  files::create_directories(folder);
  const int file = ::open((folder + "/" + name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) throw std::runtime_error(folder + "/" + name + " cannot be opened: " + std::strerror(errno));
  return file;
}

bool answers(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX};
  const std::string name = path + "/.s.PGSQL.5432";
  if (name.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

std::string running_server() {
  std::ifstream file(folder + "/server");
  std::string path;
  std::getline(file, path);
  if (path.empty() || answers(path)) return path;
  // Its keeper was killed, and the server with it.
  files::remove(folder + "/server");
  std::error_code ignored;
  if (path.find("/scrip-postgres-") != std::string::npos) files::remove_all(path, ignored);
  return "";
}

void start_server() {
  std::FILE* const keeper = ::popen("'" SCRIP_POSTGRES_KEEPER "' '" SCRIP_POSTGRES_FOLDER "' 2>&1 &", "r");
  if (keeper == nullptr) throw std::runtime_error("the keeper of the test server cannot be started");
  std::string said;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), keeper) != nullptr) said += line.data();
  ::pclose(keeper);
  if (!said.starts_with("ready")) throw std::runtime_error("no test server: " + said);
}

std::string find_or_start() {
  const StartLock alone;
  // Held until this process ends, in whatever way: by it the keeper sees that somebody is there.
  static const int in_use = open_lock("use.lock");
  ::flock(in_use, LOCK_SH);
  std::string server = running_server();
  if (server.empty()) {
    start_server();
    server = running_server();
  }
  if (server.empty()) throw std::runtime_error("the test server has stopped at once");
  return server;
}

const std::string& shared_server() {
  static const std::string server = find_or_start();
  return server;
}

}  // namespace

StartLock::StartLock() : file_(open_lock("start.lock")) {
  ::flock(file_, LOCK_EX);
}

StartLock::~StartLock() {
  ::close(file_);
}

std::string shared_url(const std::string& database) {
  return Server::url_of(shared_server(), database);
}

std::string shared_log() {
  return Server::log_of(shared_server());
}

}  // namespace scrip::postgres_test
