// How straight-line code waits for something that another thread does, without knowing whether it
// runs on a thread of its own or on something lighter. Whoever runs handlers sets what parking
// means there; everywhere else it is a semaphore of the thread.
//
// No std::mutex may be held while parking: who else shares the thread would lock it and so keep its
// owner from ever going on. ParkingMutex may be.
#pragma once

#include <atomic>

namespace scrip {

// One place to wait. park() returns after one unpark(), which may come before it. unpark() may be
// called from any thread, and is the last thing the waker does with this object.
class Parking {
 public:
  virtual ~Parking() = default;
  virtual void park() = 0;
  virtual void unpark() = 0;

  // The one of the code that is running now: the thread's own unless somebody set another.
  static Parking& current();
  static void set_current(Parking* parking);  // null: the thread's own again
};

}  // namespace scrip
