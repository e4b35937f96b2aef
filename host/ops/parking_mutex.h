// A mutex that may be held while its owner waits (ops/parking.h), and whose waiters hold up no
// thread. In the order in which they came.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>

#include "ops/parking.h"

namespace scrip {

class ParkingMutex {
 public:
  void lock();
  void unlock();

  std::size_t waiting() const;  // who asked for it and has not got it

 private:
  mutable std::mutex mutex_;  // guards:
  bool locked_ = false;
  std::deque<Parking*> waiting_;
};

}  // namespace scrip
