// A line on stderr that says how far something long has come, when stderr is a terminal. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace scrip::cli {

class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `total` may be an estimate; 0: unknown.
  void show(std::int64_t done, std::int64_t total);
  // The same in words of the caller's.
  void show(const std::string& text);

 private:
  bool is_due();
  void write(const std::string& text) const;

  const std::string what_;
  const bool terminal_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace scrip::cli
