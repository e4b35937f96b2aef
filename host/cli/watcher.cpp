#include "cli/watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace scrip::cli {
namespace {

constexpr int look_anyway_ms = 2'000;
constexpr int quiet_ms = 100;
constexpr int quiet_rounds = 20;  // whoever keeps writing is not waited for longer

// An editor writes a file beside and renames it, or writes it in place.
constexpr std::uint32_t interest = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;

void drain(int descriptor) {
  std::array<char, 4096> events{};
  while (::read(descriptor, events.data(), events.size()) > 0) {
  }
}

}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::start(std::vector<std::filesystem::path> directories,
                                                std::function<void()> settled) {
  std::unique_ptr<Watcher> watcher(new Watcher(std::move(directories), std::move(settled)));
  if (!watcher->changes_ || !watcher->stop_) {
    return {Code::internal, std::string("cannot watch the policies: ") + std::strerror(errno)};
  }
  watcher->add_watches();
  watcher->thread_ = std::thread([raw = watcher.get()] { raw->run(); });
  return watcher;
}

Watcher::Watcher(std::vector<std::filesystem::path> directories, std::function<void()> settled)
    : directories_(std::move(directories)),
      settled_(std::move(settled)),
      changes_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      stop_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Watcher::~Watcher() {
  if (!thread_.joinable()) return;
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Watcher::add_watches() const {
  // Adding one that is there changes nothing; a directory that was replaced is a new one.
  for (const auto& directory : directories_) ::inotify_add_watch(changes_.get(), directory.c_str(), interest);
}

bool Watcher::wait(int timeout_ms, bool& changed) const {
  std::array<pollfd, 2> both{
      {{.fd = stop_.get(), .events = POLLIN, .revents = 0}, {.fd = changes_.get(), .events = POLLIN, .revents = 0}}};
  const int ready = ::poll(both.data(), both.size(), timeout_ms);
  changed = ready > 0 && both[1].revents != 0;
  if (changed) drain(changes_.get());
  return ready <= 0 || both[0].revents == 0;
}

void Watcher::run() {
  bool changed = false;
  while (wait(look_anyway_ms, changed)) {
    for (int round = 0; changed && round < quiet_rounds; ++round) {
      if (!wait(quiet_ms, changed)) return;
    }
    add_watches();
    settled_();
  }
}

}  // namespace scrip::cli
