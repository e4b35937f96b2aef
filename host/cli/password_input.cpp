#include "cli/password_input.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "cli/output.h"

namespace scrip::cli {
namespace {

// What is typed is not shown while this lives.
class Hidden {
 public:
  Hidden() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
  }
  ~Hidden() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

Result<std::string> ask(const std::string& question) {
  std::fputs(question.c_str(), stderr);
  const Hidden hidden;
  return read_password();
}

}  // namespace

Result<std::string> read_password() {
  std::string line;
  if (!std::getline(std::cin, line)) return {Code::invalid_request, "no password came from standard input"};
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::string> ask_password(const std::string& login) {
  if (::isatty(STDIN_FILENO) == 0) {
    return {Code::invalid_request, "there is no terminal to ask for the password; use --password-stdin"};
  }
  auto first = ask("Password for " + login + ": ");
  if (!first) return first;
  auto second = ask("Again: ");
  if (!second) return second;
  if (*first != *second) return {Code::invalid_request, "the two passwords differ"};
  return first;
}

}  // namespace scrip::cli
