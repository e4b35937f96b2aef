// A time during which a policy lets coupons be issued, and how the windows of several rules become
// one. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "coupon/error.h"
#include "coupon/time.h"

namespace scrip {

struct Window {
  Micros opens = 0;              // belongs to it; may lie in the past
  std::optional<Micros> closes;  // does not belong to it; nullopt: it stays open
  bool operator==(const Window&) const = default;
};

// A rule's window that is open at an instant, or its next one; nullopt: none any more.
using AskWindow = std::function<Result<std::optional<Window>>(std::size_t rule, Micros at)>;

// The first window, open at `from` or later, that lies in one of every rule. Without rules it is always
// open. Rules whose windows have not met after some hundred steps are taken to have none in common.
Result<std::optional<Window>> common_window(std::size_t rules, Micros from, const AskWindow& ask);

}  // namespace scrip
