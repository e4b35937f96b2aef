#include "jobs/replays.h"

#include <algorithm>

#include "ops/background.h"
#include "ops/clock.h"

namespace scrip::jobs {
namespace {

constexpr std::size_t most_waiting = 4;
constexpr std::size_t most_kept = 20;

bool is_over(ReplayState state) {
  return state != ReplayState::waiting && state != ReplayState::running;
}

}  // namespace

std::string_view name(ReplayState state) {
  switch (state) {
    case ReplayState::waiting:
      return "waiting";
    case ReplayState::running:
      return "running";
    case ReplayState::done:
      return "done";
    case ReplayState::failed:
      return "failed";
    case ReplayState::cancelled:
      return "cancelled";
  }
  return "";
}

Replays::Replays(Store& store, std::function<std::int64_t()> activity)
    : store_(store), activity_(std::move(activity)), thread_([this] { run(); }) {}

Replays::~Replays() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    for (const auto& order : orders_) order->cancelled = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<ReplayJob> Replays::start(ReplayJob job, std::shared_ptr<const PolicySet> set, const ReplayOptions& options) {
  job.state = ReplayState::waiting;
  job.revision = set->revision();
  job.total = std::max<std::int64_t>(options.last - options.after, 0);
  job.asked_at = real_time();
  auto order = std::make_shared<Order>();
  order->job = job;
  order->set = std::move(set);
  order->options = options;
  order->options.cancelled = &order->cancelled;
  order->options.activity = activity_;
  {
    const std::scoped_lock lock(mutex_);
    const auto waiting = std::count_if(orders_.begin(), orders_.end(),
                                       [](const auto& each) { return each->job.state == ReplayState::waiting; });
    if (static_cast<std::size_t>(waiting) >= most_waiting) {
      return Error{.code = Code::overloaded,
                   .message = "Too many replays wait already. Please try again later.",
                   .retry_after_s = 10};
    }
    orders_.push_back(std::move(order));
    forget_old();
  }
  changed_.notify_all();
  return job;
}

void Replays::forget_old() {
  while (orders_.size() > most_kept) {
    const auto oldest =
        std::find_if(orders_.begin(), orders_.end(), [](const auto& each) { return is_over(each->job.state); });
    if (oldest == orders_.end()) return;
    orders_.erase(oldest);
  }
}

std::shared_ptr<Replays::Order> Replays::order_of(std::string_view id) const {
  const auto found =
      std::find_if(orders_.begin(), orders_.end(), [id](const auto& each) { return each->job.id == id; });
  return found == orders_.end() ? nullptr : *found;
}

std::optional<ReplayJob> Replays::find(std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  const auto order = order_of(id);
  return order ? std::optional(order->job) : std::nullopt;
}

std::vector<ReplayJob> Replays::list() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ReplayJob> jobs;
  for (auto order = orders_.rbegin(); order != orders_.rend(); ++order) jobs.push_back((*order)->job);
  return jobs;
}

bool Replays::cancel(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  const auto order = order_of(id);
  if (!order || is_over(order->job.state)) return false;
  order->cancelled = true;
  if (order->job.state == ReplayState::waiting) {
    order->job.state = ReplayState::cancelled;
    order->job.ended_at = real_time();
  }
  return true;
}

void Replays::run() {
  run_in_background();
  for (;;) {
    std::shared_ptr<Order> next;
    {
      std::unique_lock lock(mutex_);
      const auto waiting = [this] {
        return std::find_if(orders_.begin(), orders_.end(),
                            [](const auto& each) { return each->job.state == ReplayState::waiting; });
      };
      changed_.wait(lock, [&] { return stopped_ || waiting() != orders_.end(); });
      if (stopped_) return;
      next = *waiting();
      next->job.state = ReplayState::running;
    }
    carry_out(*next);
  }
}

void Replays::carry_out(Order& order) {
  const auto report = replay(store_, order.set, order.options, [&](std::int64_t done, std::int64_t total) {
    const std::scoped_lock lock(mutex_);
    order.job.done = done;
    order.job.total = total;
  });
  const std::scoped_lock lock(mutex_);
  order.set.reset();
  order.job.ended_at = real_time();
  if (report) {
    order.job.state = ReplayState::done;
    order.job.report = std::make_shared<const ReplayReport>(*report);
  } else if (order.cancelled) {
    order.job.state = ReplayState::cancelled;
  } else {
    order.job.state = ReplayState::failed;
    order.job.why = report.error().message;
  }
}

}  // namespace scrip::jobs
