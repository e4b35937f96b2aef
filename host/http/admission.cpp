#include "http/admission.h"

#include <algorithm>
#include <utility>

namespace scrip::http {
namespace {

// After so many claims one other request has its turn: /metrics answers on the busiest day.
constexpr std::size_t max_claims_in_a_row = 16;

std::size_t but_a_quarter(std::size_t places) {
  return places - places / 4;
}

}  // namespace

Admission::Admission(std::size_t at_once, std::size_t queued)
    : at_once_(std::max<std::size_t>(at_once, 1)), queued_(queued) {}

bool Admission::has_place(Urgency urgency) const {
  return running() < at_once_ && (urgency == Urgency::claim || others_running_ < but_a_quarter(at_once_));
}

bool Admission::begin(Urgency urgency) {
  if (!has_place(urgency)) return false;
  running_.fetch_add(1, std::memory_order_relaxed);
  if (urgency == Urgency::other) ++others_running_;
  return true;
}

void Admission::end(Urgency urgency) {
  running_.fetch_sub(1, std::memory_order_relaxed);
  if (urgency == Urgency::other) --others_running_;
}

bool Admission::wait(Task task) {
  const bool claim = task.urgency == Urgency::claim;
  if (waiting() >= (claim ? queued_ : but_a_quarter(queued_))) return false;
  (claim ? claims_ : others_).push_back(std::move(task));
  waiting_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Admission::is_others_turn() const {
  return !others_.empty() && has_place(Urgency::other) && (claims_.empty() || claims_in_a_row_ >= max_claims_in_a_row);
}

std::optional<Task> Admission::next() {
  const bool other = is_others_turn();
  auto& queue = other ? others_ : claims_;
  if (queue.empty() || !begin(queue.front().urgency)) return std::nullopt;
  claims_in_a_row_ = other ? 0 : claims_in_a_row_ + 1;
  std::optional<Task> task = std::move(queue.front());
  queue.pop_front();
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  return task;
}

}  // namespace scrip::http
