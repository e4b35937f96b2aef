#include "cli/data_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

namespace scrip::cli {
namespace {

namespace fs = std::filesystem;

Error failure(const fs::path& path, const std::string& why) {
  return {.code = Code::internal, .message = path.string() + ": " + why};
}

Error failure(const fs::path& path) {
  return failure(path, std::strerror(errno));
}

// An open file description lock: unlike one of the process it keeps out a second server of the same
// process, too (the tests have some), and unlike flock() it can be asked about without taking it.
struct flock whole_file() {
  struct flock all {};
  all.l_type = F_WRLCK;
  all.l_whence = SEEK_SET;
  return all;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string holder(const fs::path& lock_file) {
  std::string pid = text_of(lock_file);
  while (pid.ends_with('\n')) pid.pop_back();
  return pid.empty() ? "" : " (pid " + pid + ")";
}

}  // namespace

Result<DataDirectory> DataDirectory::make(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    const fs::path parent = fs::absolute(path).parent_path();
    fs::create_directories(parent, error);
    if (error) return failure(parent, error.message());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failure(path);
    if (!fs::is_directory(path, error)) return failure(path, "is not a directory");
  }
  return DataDirectory(path);
}

Result<DataDirectory> DataDirectory::open(const fs::path& path) {
  DataDirectory opened(path);
  std::error_code error;
  if (!fs::exists(opened.database(), error)) {
    return failure(path, error ? error.message() : "there is no Scrip database in this directory");
  }
  return opened;
}

Result<http::FileDescriptor> DataDirectory::lock() const {
  http::FileDescriptor file(::open(lock_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return failure(lock_file());
  struct flock all = whole_file();
  if (::fcntl(file.get(), F_OFD_SETLK, &all) != 0) {
    if (errno != EAGAIN && errno != EACCES) return failure(lock_file());
    return {Code::internal, "another scrip serves " + path_.string() + holder(lock_file())};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return failure(lock_file());
  }
  return file;
}

Result<std::optional<ServerAddress>> DataDirectory::server() const {
  const http::FileDescriptor file(::open(lock_file().c_str(), O_RDWR | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<ServerAddress>();
  if (!file) return failure(lock_file());
  struct flock all = whole_file();
  if (::fcntl(file.get(), F_OFD_GETLK, &all) != 0) return failure(lock_file());
  // An address without a lock is what a server that was killed left behind.
  if (all.l_type == F_UNLCK) return std::optional<ServerAddress>();

  const auto json = nlohmann::json::parse(text_of(address_file()), nullptr, false);
  const auto text = [&](const char* name) {
    return json.is_object() && json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
  };
  if (text("url").empty()) return failure(path_, "its server" + holder(lock_file()) + " is not ready yet");
  return std::optional(
      ServerAddress{.url = text("url"),
                    .pid = json.contains("pid") && json["pid"].is_number_integer() ? json["pid"].get<pid_t>() : 0,
                    .secret_file = text("secret_file")});
}

Result<void> DataDirectory::publish(const ServerAddress& address) const {
  const nlohmann::ordered_json json{
      {"url", address.url}, {"pid", address.pid}, {"secret_file", address.secret_file.string()}};
  // Written beside and renamed: whoever reads it reads all of it.
  const fs::path beside = path_ / "address.new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << json.dump() << '\n';
  out.close();
  if (!out) return failure(beside, "cannot be written");
  if (::rename(beside.c_str(), address_file().c_str()) != 0) return failure(address_file());
  return {};
}

void DataDirectory::withdraw() const {
  std::error_code ignored;
  fs::remove(address_file(), ignored);
}

}  // namespace scrip::cli
