#include "replay/stretches.h"

#include <algorithm>
#include <chrono>

#include "ops/background.h"

namespace scrip {
namespace {

constexpr std::int64_t stretch_length = 2'048;  // decisions; a few megabytes with facts and traces

constexpr double busy_commands_a_second = 500;
constexpr int rest_for_work = 3;

}  // namespace

Stretches::Stretches(std::int64_t after, std::int64_t last, std::size_t workers, bool background,
                     std::function<std::int64_t()> activity, MakePrepare make)
    : after_(after),
      last_(last),
      stretches_((std::max<std::int64_t>(last - after, 0) + stretch_length - 1) / stretch_length),
      ahead_(2 * workers + 2),
      background_(background),
      activity_(std::move(activity)),
      make_(std::move(make)) {
  for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
}

Stretches::~Stretches() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

std::int64_t Stretches::end_of(std::int64_t number) const {
  return std::min(last_, after_ + (number + 1) * stretch_length);
}

Result<Stretch> Stretches::make_one(const Prepare& prepare, std::int64_t number) {
  const auto began = std::chrono::steady_clock::now();
  const std::int64_t before = activity_ ? activity_() : 0;
  auto stretch = prepare(after_ + number * stretch_length, end_of(number));
  if (!activity_) return stretch;
  const auto took = std::chrono::steady_clock::now() - began;
  const double seconds = std::chrono::duration<double>(took).count();
  if (static_cast<double>(activity_() - before) > busy_commands_a_second * seconds) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, took * rest_for_work, [this] { return stopped_; });
  }
  return stretch;
}

void Stretches::work() {
  if (background_) run_in_background();
  auto prepare = make_();
  for (;;) {
    std::int64_t number = 0;
    {
      std::unique_lock lock(mutex_);
      if (!prepare && !error_) error_ = prepare.error();
      changed_.wait(lock, [this] {
        return stopped_ || error_ || begun_ == stretches_ || begun_ < taken_ + static_cast<std::int64_t>(ahead_);
      });
      if (stopped_ || error_ || begun_ == stretches_) {
        changed_.notify_all();
        return;
      }
      number = begun_++;
    }
    auto stretch = make_one(*prepare, number);
    const std::scoped_lock lock(mutex_);
    if (stretch) {
      ready_.emplace(number, std::move(*stretch));
    } else if (!error_) {
      error_ = stretch.error();
    }
    changed_.notify_all();
  }
}

Result<std::optional<Stretch>> Stretches::next() {
  std::unique_lock lock(mutex_);
  if (taken_ == stretches_) return std::optional<Stretch>();
  changed_.wait(lock, [this] { return error_ || ready_.contains(taken_); });
  if (error_) return *error_;
  auto node = ready_.extract(taken_++);
  changed_.notify_all();
  return std::optional(std::move(node.mapped()));
}

}  // namespace scrip
