// Notices that files in some directories change (inotify), for serve --watch.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "coupon/error.h"
#include "http/file_descriptor.h"

namespace scrip::cli {

class Watcher {
 public:
  // Calls `settled` on a thread of its own when something happened in a directory and 100 ms passed
  // without more; also every two seconds, since not every change can be seen (a directory that was
  // moved away, a target of a link, a network's file system). `settled` finds out whether anything
  // of interest changed.
  static Result<std::unique_ptr<Watcher>> start(std::vector<std::filesystem::path> directories,
                                                std::function<void()> settled);
  ~Watcher();  // waits for a call that is under way

 private:
  Watcher(std::vector<std::filesystem::path> directories, std::function<void()> settled);
  void run();
  void add_watches() const;
  // False: stop. `changed` says whether the directories, and not the time, ended the wait.
  bool wait(int timeout_ms, bool& changed) const;

  const std::vector<std::filesystem::path> directories_;
  const std::function<void()> settled_;
  const http::FileDescriptor changes_;
  const http::FileDescriptor stop_;
  std::thread thread_;
};

}  // namespace scrip::cli
