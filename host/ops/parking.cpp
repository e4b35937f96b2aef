#include "ops/parking.h"

#include <semaphore.h>

#include <cerrno>

namespace scrip {
namespace {

// A POSIX semaphore, as sem_post promises to touch nothing once the sleeper may go on: the thread
// may end, and this object with it, while unpark() is still returning. (std::counting_semaphore of
// GCC 12 can also miss a wake-up, GCC bug 104928.)
class ThreadParking final : public Parking {
 public:
  ThreadParking() { sem_init(&permits_, 0, 0); }
  ~ThreadParking() override { sem_destroy(&permits_); }
  ThreadParking(const ThreadParking&) = delete;
  ThreadParking& operator=(const ThreadParking&) = delete;

  void park() override {
    while (sem_wait(&permits_) != 0 && errno == EINTR) {
    }
  }
  void unpark() override { sem_post(&permits_); }

 private:
  sem_t permits_{};
};

thread_local Parking* chosen = nullptr;

}  // namespace

Parking& Parking::current() {
  if (chosen != nullptr) return *chosen;
  thread_local ThreadParking own;
  return own;
}

void Parking::set_current(Parking* parking) {
  chosen = parking;
}

}  // namespace scrip
