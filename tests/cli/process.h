// Runs build/scrip as its users do: as a program with arguments, pipes, signals and an exit status.
#pragma once

#include <sys/types.h>
#include <csignal>

#include <string>
#include <vector>

namespace scrip::test {

struct Finished {
  int status = -1;  // the exit status; 128 + the signal that ended it
  std::string out;
  std::string err;
};

// Until it ends. `input` is its standard input.
Finished run(const std::vector<std::string>& arguments, const std::string& input = "");

// A scrip that goes on: a server.
class Running {
 public:
  explicit Running(const std::vector<std::string>& arguments);
  ~Running();  // SIGKILL, unless wait() was called
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  pid_t pid() const { return pid_; }
  // The next line of its standard output, without the end; empty at the end of the output.
  std::string read_line();
  void signal(int number) const;
  // Until it ends.
  Finished wait();

 private:
  pid_t pid_ = 0;
  int out_ = -1;
  int err_ = -1;
  std::string unread_;
};

}  // namespace scrip::test
