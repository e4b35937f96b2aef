// A folder of a test's own, with copies of the policies that it may edit, and servers on it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "http/client.h"
#include "process.h"

namespace scrip::test {

inline const std::filesystem::path source_folder = SCRIP_SOURCE_DIR;

class Scratch {
 public:
  Scratch() {
    std::string name = std::filesystem::temp_directory_path() / "scrip-cli-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
    path_ = name;
    for (const char* folder : {"scripts", "plugins"}) std::filesystem::copy(source_folder / folder, path_ / folder);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string operator/(const std::string& name) const { return path_ / name; }
  std::string data() const { return path_ / "data"; }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream out(path_ / name, std::ios::binary | std::ios::trunc);
    out << text;
  }

  // What `serve` needs, on a port of its own.
  std::vector<std::string> serve(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"serve",     "--data",          data(),      "--listen",       "127.0.0.1:0",
                                       "--scripts", *this / "scripts", "--plugins", *this / "plugins"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

 private:
  std::filesystem::path path_;
};

// The URL of a server that is starting; empty when it does not start.
inline std::string await_url(Running& server) {
  const std::string line = server.read_line();
  const std::string ready = "listening on ";
  return line.starts_with(ready) ? line.substr(ready.size()) : std::string();
}

inline std::string token(const Scratch& scratch, const std::string& role = "operator") {
  std::string made = run({"token", "--data", scratch.data(), "--sub", "tester", "--role", role}).out;
  while (made.ends_with('\n')) made.pop_back();
  return made;
}

// An operator at a server that is starting.
inline http::Client await_operator(const Scratch& scratch, Running& server) {
  const std::string url = await_url(server);
  if (url.empty()) throw std::runtime_error("the server does not start");
  auto client = http::Client::open(url, {.token = token(scratch)});
  if (!client) throw std::runtime_error(client.error().message);
  return std::move(*client);
}

inline std::string get(const std::string& url, const std::string& path, const std::string& token = "") {
  auto client = http::Client::open(url, {.token = token});
  if (!client) throw std::runtime_error(client.error().message);
  const auto answer = client->get(path);
  return answer ? answer->body : std::string();
}

// Whether it comes true within a time that is long on any machine.
inline bool becomes(const std::function<bool()>& true_now) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!true_now()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace scrip::test
