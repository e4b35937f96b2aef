#include "server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "http/file_descriptor.h"
#include "http/tokens.h"

namespace scrip::test {
namespace fs = std::filesystem;
namespace {

struct Child {
  pid_t pid = -1;
  http::FileDescriptor output;
};

// Its stdout is the pipe, its stderr is added to the log.
Child start(const std::vector<std::string>& arguments, const fs::path& log) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  Child child{.output = http::FileDescriptor(ends[0])};
  const http::FileDescriptor write_end(ends[1]);
  const http::FileDescriptor log_file(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  std::vector<std::string> words{SCRIP_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  child.pid = ::fork();
  if (child.pid == 0) {
    ::dup2(write_end.get(), STDOUT_FILENO);
    ::dup2(log_file.get(), STDERR_FILENO);
    // A file at its limit shall be a failing write, as a full disk is, and not the end of the process.
    ::signal(SIGXFSZ, SIG_IGN);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  return child;
}

int wait_for(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// One line, or what there is when the output ends.
std::string read_line(int from) {
  std::string line;
  for (char c = 0; ::read(from, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

Site::Site() {
  std::string name = (fs::temp_directory_path() / "scrip-fault-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a folder for the test");
  path_ = name;
  for (const std::string room : {"plugins", "scripts"}) {
    fs::create_directories(path_ / room);
    for (const auto& file : fs::directory_iterator(fs::path(SCRIP_SOURCE_DIR) / room)) {
      const std::string file_name = file.path().filename().string();
      // Without the tests of the policies, which would be run at every start.
      if (file_name.ends_with(".lua") && !file_name.ends_with("_test.lua")) {
        fs::copy_file(file.path(), path_ / room / file_name);
      }
    }
  }
}

Site::~Site() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Site::write(const std::string& name, const std::string& text) const {
  std::ofstream file(path_ / name, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + name);
}

std::string Site::logged() const {
  std::ifstream file(log());
  return {std::istreambuf_iterator<char>(file), {}};
}

int Site::run(const std::vector<std::string>& arguments, std::string* output) const {
  Child child = start(arguments, log());
  std::string line;
  while (!(line = read_line(child.output.get())).empty()) {
    if (output) *output += line + "\n";
  }
  return wait_for(child.pid);
}

int Site::verify() const {
  return run({"verify", "--data", data().string()});
}

ServerProcess::ServerProcess(const Site& site, const std::vector<std::string>& more) : site_(site) {
  std::vector<std::string> arguments{"serve",
                                     "--data",
                                     site.data().string(),
                                     "--listen",
                                     "127.0.0.1:0",
                                     "--scripts",
                                     (site.path() / "scripts").string(),
                                     "--plugins",
                                     (site.path() / "plugins").string(),
                                     "--policy-time",
                                     "200ms",
                                     "--password-cost",
                                     "4"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Child child = start(arguments, site.log());
  pid_ = child.pid;
  const std::string said = read_line(child.output.get());
  const std::string promise = "listening on ";
  if (!said.starts_with(promise)) {
    wait_for(pid_);
    pid_ = -1;
    throw std::runtime_error("the server does not start: " + said + "\n" + site.logged());
  }
  url_ = said.substr(promise.size());
}

ServerProcess::~ServerProcess() {
  kill();
}

void ServerProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  wait_for(pid_);
  pid_ = -1;
}

int ServerProcess::stop() {
  ::kill(pid_, SIGTERM);
  const int status = wait_for(pid_);
  pid_ = -1;
  return status;
}

void ServerProcess::limit_files(std::optional<std::uint64_t> bytes) const {
  rlimit limit{};
  if (::prlimit(pid_, RLIMIT_FSIZE, nullptr, &limit) != 0) throw std::runtime_error("no limit to read");
  limit.rlim_cur = bytes ? *bytes : limit.rlim_max;
  if (::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) != 0) throw std::runtime_error("no limit to set");
}

http::Client ServerProcess::client_of(const std::string& url) const {
  auto secret = http::Tokens::load_or_make_secret((site_.data() / "secret").string());
  if (!secret) throw std::runtime_error(secret.error().message);
  const std::string token = http::Tokens(*secret).make({.subject = "admin", .role = Role::operator_});
  auto client = http::Client::open(url, {.token = token});
  if (!client) throw std::runtime_error(client.error().message);
  return std::move(*client);
}

}  // namespace scrip::test
