#include "policy/window.h"

#include <algorithm>

namespace scrip {

Result<std::optional<Window>> common_window(std::size_t rules, Micros from, const AskWindow& ask) {
  constexpr int most_steps = 200;
  Micros at = from;
  for (int step = 0; step < most_steps; ++step) {
    Window common{.opens = earliest_instant, .closes = std::nullopt};
    for (std::size_t rule = 0; rule < rules; ++rule) {
      auto window = ask(rule, at);
      if (!window) return std::move(window.error());
      if (!*window) return std::optional<Window>();
      common.opens = std::max(common.opens, (*window)->opens);
      if (const auto closes = (*window)->closes) common.closes = std::min(*closes, common.closes.value_or(*closes));
    }
    // All of them are open at `at`, or one that opens later is still there when the last one opens.
    if (!common.closes || common.opens < *common.closes) return std::optional(common);
    at = std::max(at + 1, common.opens);
  }
  return std::optional<Window>();
}

}  // namespace scrip
