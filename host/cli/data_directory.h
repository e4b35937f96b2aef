// The directory that holds everything durable of one Scrip: scrip.db, the tokens' secret, the lock
// that keeps a second server out, and while a server runs its address. Any thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "coupon/error.h"
#include "http/file_descriptor.h"

namespace scrip::cli {

// What a server tells the other commands about itself.
struct ServerAddress {
  std::string url;  // as a client on this machine reaches it
  pid_t pid = 0;
  std::filesystem::path secret_file;  // absolute
};

class DataDirectory {
 public:
  // Makes the directory, for its owner alone, when it does not exist.
  static Result<DataDirectory> make(const std::filesystem::path& path);
  // One that exists and has a database.
  static Result<DataDirectory> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::string database() const { return path_ / "scrip.db"; }
  std::string secret() const { return path_ / "secret"; }

  // Keeps every other server out for as long as what is returned lives, or the process does.
  Result<http::FileDescriptor> lock() const;

  // The server that holds the lock; nullopt when none does. Takes nothing and waits for nobody.
  Result<std::optional<ServerAddress>> server() const;

  // Precondition of both: the lock is held.
  Result<void> publish(const ServerAddress& address) const;
  void withdraw() const;

 private:
  explicit DataDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path lock_file() const { return path_ / "lock"; }
  std::filesystem::path address_file() const { return path_ / "address"; }

  std::filesystem::path path_;
};

}  // namespace scrip::cli
