#include "cli/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace scrip::cli {
namespace {

constexpr const char* clear_line = "\r\033[K";

}  // namespace

ProgressLine::ProgressLine(std::string what) : what_(std::move(what)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (terminal_) std::fputs(clear_line, stderr);
}

void ProgressLine::show(std::int64_t done, std::int64_t total) {
  if (!is_due()) return;
  std::string line = std::to_string(done);
  if (total > 0) {
    const double percent = std::min(100.0, 100.0 * static_cast<double>(done) / static_cast<double>(total));
    line += " of " + std::to_string(std::max(done, total)) + " (" + std::to_string(static_cast<int>(percent)) + " %)";
  }
  write(line);
}

void ProgressLine::show(const std::string& text) {
  if (is_due()) write(text);
}

bool ProgressLine::is_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now < next_) return false;
  next_ = now + std::chrono::milliseconds(100);
  return true;
}

void ProgressLine::write(const std::string& text) const {
  std::fputs((clear_line + what_ + ": " + text).c_str(), stderr);
}

}  // namespace scrip::cli
