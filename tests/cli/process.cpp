#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace scrip::test {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe can be made");
  return {ends[0], ends[1]};
}

pid_t spawn(const std::vector<std::string>& arguments, int in, int out, int err) {
  std::vector<char*> argv;
  std::string program = SCRIP_BINARY;
  argv.push_back(program.data());
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err, 2);
  pid_t pid = 0;
  const int problem = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) throw std::runtime_error("cannot run " + program);
  return pid;
}

// Reads both until both end.
void read_all(int out, int err, Finished& into) {
  std::array<pollfd, 2> both{
      {{.fd = out, .events = POLLIN, .revents = 0}, {.fd = err, .events = POLLIN, .revents = 0}}};
  const std::array<std::string*, 2> texts{&into.out, &into.err};
  while (both[0].fd >= 0 || both[1].fd >= 0) {
    ::poll(both.data(), both.size(), -1);
    for (std::size_t i = 0; i < both.size(); ++i) {
      if (both[i].fd < 0 || both[i].revents == 0) continue;
      std::array<char, 4096> bytes{};
      const ssize_t size = ::read(both[i].fd, bytes.data(), bytes.size());
      if (size <= 0) {
        both[i].fd = -1;
      } else {
        texts[i]->append(bytes.data(), static_cast<std::size_t>(size));
      }
    }
  }
}

int status_of(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Finished run(const std::vector<std::string>& arguments, const std::string& input) {
  const Pipe in = make_pipe();
  const Pipe out = make_pipe();
  const Pipe err = make_pipe();
  const pid_t pid = spawn(arguments, in.read_end, out.write_end, err.write_end);
  for (const int end : {in.read_end, out.write_end, err.write_end}) ::close(end);
  // Short enough for the pipe to take it at once.
  const ssize_t written = ::write(in.write_end, input.data(), input.size());
  ::close(in.write_end);
  Finished finished;
  read_all(out.read_end, err.read_end, finished);
  ::close(out.read_end);
  ::close(err.read_end);
  finished.status = status_of(pid);
  if (written != static_cast<ssize_t>(input.size()) && finished.status == 0) throw std::runtime_error("input was lost");
  return finished;
}

Running::Running(const std::vector<std::string>& arguments) {
  const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const Pipe out = make_pipe();
  const Pipe err = make_pipe();
  pid_ = spawn(arguments, in, out.write_end, err.write_end);
  for (const int end : {in, out.write_end, err.write_end}) ::close(end);
  out_ = out.read_end;
  err_ = err.read_end;
}

Running::~Running() {
  if (pid_ != 0) {
    signal(SIGKILL);
    status_of(pid_);
  }
  ::close(out_);
  ::close(err_);
}

std::string Running::read_line() {
  std::array<char, 256> bytes{};
  std::size_t end = 0;
  while ((end = unread_.find('\n')) == std::string::npos) {
    const ssize_t size = ::read(out_, bytes.data(), bytes.size());
    if (size <= 0) return std::exchange(unread_, {});
    unread_.append(bytes.data(), static_cast<std::size_t>(size));
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return line;
}

void Running::signal(int number) const {
  ::kill(pid_, number);
}

Finished Running::wait() {
  Finished finished{.out = std::exchange(unread_, {})};
  read_all(out_, err_, finished);
  finished.status = status_of(std::exchange(pid_, 0));
  return finished;
}

}  // namespace scrip::test
