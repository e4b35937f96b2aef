// The fibers of one thread that wait for their sockets, each until a deadline of its own. Belongs to
// that thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "coupon/error.h"
#include "http/file_descriptor.h"

namespace scrip::http {

class Fiber;

enum class Ready : std::uint8_t { readable, writable };

class SocketWaits {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Precondition for all else. `wake`: an eventfd; each write to it makes fd() readable once.
  Result<void> open(int wake);

  // Readable (epoll) when poll() has something to find.
  int fd() const { return epoll_.get(); }

  // A wait, which stays where it is until it has ended: `ready` or `late`.
  struct Wait {
    Fiber* fiber = nullptr;
    int socket = -1;
    std::multimap<Time, Wait*>::iterator deadline{};
    bool late = false;
  };
  // False: the system does not let it.
  bool begin(Wait& wait, Ready ready, Time deadline);

  // Ends the waits whose sockets are ready, and appends their fibers. Blocks up to `time` (negative:
  // without end) when there are none.
  void poll(int time_ms, std::vector<Fiber*>& ready);
  // Likewise those whose deadline has passed.
  void expire(Time now, std::vector<Fiber*>& late);

  Time next_deadline() const { return deadlines_.empty() ? Time::max() : deadlines_.begin()->first; }

 private:
  FileDescriptor epoll_;
  std::multimap<Time, Wait*> deadlines_;
};

}  // namespace scrip::http
