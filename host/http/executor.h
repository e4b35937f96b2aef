// What runs the exchanges: the one place that knows whether a request in flight costs a thread or
// something lighter. A job is straight-line code; whatever it has to wait for, it waits for through
// wait() (its socket) or ops/parking.h (everything else), so another executor may suspend it there.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace scrip::http {

class Executor {
 public:
  using Job = std::function<void()>;

  enum class Urgency : std::uint8_t { claim, other };
  enum class Ready : std::uint8_t { readable, writable };

  virtual ~Executor() = default;

  // Runs the job, which must not throw, as soon as there is room: claims before others, though
  // others are never starved. False, and the job is not run: too many wait already; the last
  // quarter of the queue is for claims. Any thread.
  virtual bool submit(Job job, Urgency urgency) = 0;

  // Called by a job: waits until the non-blocking socket is ready. False: `timeout` passed.
  virtual bool wait(int socket, Ready ready, std::chrono::milliseconds timeout) = 0;

  virtual std::size_t running() const = 0;  // jobs begun and not ended; any thread
  virtual std::size_t waiting() const = 0;  // jobs not begun yet; any thread

  // Returns when every job has ended. Nothing may be submitted any more.
  virtual void stop() = 0;
};

}  // namespace scrip::http
