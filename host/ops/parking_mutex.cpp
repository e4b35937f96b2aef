#include "ops/parking_mutex.h"

namespace scrip {

void ParkingMutex::lock() {
  Parking& mine = Parking::current();
  {
    const std::lock_guard lock(mutex_);
    if (!locked_) {
      locked_ = true;
      return;
    }
    waiting_.push_back(&mine);
  }
  mine.park();
}

// It stays locked when somebody waits: it is his from now on.
void ParkingMutex::unlock() {
  const std::lock_guard lock(mutex_);
  locked_ = !waiting_.empty();
  if (!locked_) return;
  waiting_.front()->unpark();
  waiting_.pop_front();
}

std::size_t ParkingMutex::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

}  // namespace scrip
