#include "ops/background.h"

#include <sched.h>

namespace scrip {

void run_in_background() {
  const sched_param none{};
  sched_setscheduler(0, SCHED_IDLE, &none);
}

}  // namespace scrip
