#include "ledger/windows.h"

#include <algorithm>

namespace scrip {

Result<std::vector<Window>> windows_of(Judges& judges, const std::shared_ptr<const ActivePolicies>& active,
                                       const std::shared_ptr<const Campaign>& campaign, Micros from, int limit) {
  std::vector<Window> windows;
  auto judge = judges.lend(active);
  const Micros starts = campaign->starts_at.value_or(earliest_instant);
  Micros at = std::max(from, starts);
  while (windows.size() < static_cast<std::size_t>(limit)) {
    if (campaign->ends_at && at >= *campaign->ends_at) break;
    auto window = judge->window(campaign, at);
    if (!window) return std::move(window.error());
    if (!*window) break;
    Window& found = windows.emplace_back(**window);
    found.opens = std::max(found.opens, starts);
    if (campaign->ends_at && found.opens >= *campaign->ends_at) {
      windows.pop_back();
      break;
    }
    if (campaign->ends_at) found.closes = std::min(found.closes.value_or(*campaign->ends_at), *campaign->ends_at);
    if (!found.closes) break;
    at = *found.closes;
  }
  return windows;
}

}  // namespace scrip
