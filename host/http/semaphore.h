// A counting semaphore whose post() touches nothing once a waiter may go on, so the waiter may end
// together with it (std::counting_semaphore of GCC 12 may not, and can miss a wake-up).
#pragma once

#include <semaphore.h>

#include <cerrno>
#include <chrono>
#include <ctime>

namespace scrip::http {

class Semaphore {
 public:
  Semaphore() { ::sem_init(&semaphore_, 0, 0); }
  ~Semaphore() { ::sem_destroy(&semaphore_); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  void post() { ::sem_post(&semaphore_); }

  void wait() {
    while (::sem_wait(&semaphore_) != 0 && errno == EINTR) {
    }
  }

  // False when nothing was posted for so long, by the machine's clock: not for what must be exact.
  bool wait_for(std::chrono::milliseconds time) {
    const auto until = std::chrono::system_clock::now() + time;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(until);
    const timespec deadline{.tv_sec = std::chrono::system_clock::to_time_t(seconds),
                            .tv_nsec = std::chrono::nanoseconds(until - seconds).count()};
    int result = 0;
    while ((result = ::sem_timedwait(&semaphore_, &deadline)) != 0 && errno == EINTR) {
    }
    return result == 0;
  }

 private:
  sem_t semaphore_{};
};

}  // namespace scrip::http
