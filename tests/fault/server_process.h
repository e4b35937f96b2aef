// The real program as a child process, to be killed and starved as a test likes. One thread at a
// time, but for kill().
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "http/client.h"

namespace scrip::test {

// A folder with a data directory and the shipped policies; it goes with its owner.
class Site {
 public:
  Site();
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  std::filesystem::path data() const { return path_ / "data"; }
  std::filesystem::path log() const { return path_ / "log"; }
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;  // "scripts/mine.lua"
  std::string logged() const;

  // Runs a command of the program to its end: `{"verify", "--data", ...}`. Its output is in `output`.
  int run(const std::vector<std::string>& arguments, std::string* output = nullptr) const;
  // 0: `scrip verify` found no drift. Output goes to the log.
  int verify() const;

 private:
  std::filesystem::path path_;
};

class ServerProcess {
 public:
  // Waits for "listening on"; throws when the program ends instead.
  explicit ServerProcess(const Site& site, const std::vector<std::string>& more = {});
  ~ServerProcess();  // kill()
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& url() const { return url_; }
  pid_t pid() const { return pid_; }
  void kill();  // SIGKILL, and waits until it is gone
  int stop();   // SIGTERM; the exit status

  // No file may become larger than this from now on; nullopt: no limit again.
  void limit_files(std::optional<std::uint64_t> bytes) const;

  // A client with an operator's token; of this server, or of another address that its token is good for.
  http::Client client() const { return client_of(url_); }
  http::Client client_of(const std::string& url) const;

 private:
  const Site& site_;
  pid_t pid_ = -1;
  std::string url_;
};

}  // namespace scrip::test
