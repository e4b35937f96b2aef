// How exchanges on the loop's own thread run, and how every exchange's connection comes back.
#include <utility>

#include "http/loop.h"

namespace scrip::http {

bool Loop::submit(Task task) {
  if (!admission_.begin(task.urgency)) return admission_.wait(std::move(task));
  fibers_.start(std::move(task));
  return true;
}

void Loop::task_ended(Urgency urgency) {
  admission_.end(urgency);
  if (auto next = admission_.next()) fibers_.post(std::move(*next));
}

void Loop::give_back(Connection& connection, After after) {
  const Fiber* const fiber = Fiber::running();
  if (fiber && &fiber->scheduler() == &fibers_) {
    returned_.push_back({&connection, after});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back({&connection, after});
  }
  fibers_.poke();
}

void Loop::take_back() {
  for (const Returned& returned : std::exchange(returned_, {})) go_on_after(returned);
  std::vector<Returned> returned;
  bool stop = false;
  {
    const std::lock_guard lock(mutex_);
    returned.swap(inbox_);
    stop = stop_requested_ && !stop_at_;
  }
  for (const Returned& each : returned) go_on_after(each);
  if (stop) begin_stop();
}

void Loop::go_on_after(const Returned& returned) {
  const auto& [connection, after] = returned;
  connection->incoming.reset();
  ++connection->answered;
  if (after == After::drop) {
    close(*connection);
  } else if (after == After::close) {
    linger(*connection);
  } else {
    advance(*connection);
  }
  read_again(*connection);
}

}  // namespace scrip::http
