#include "replay/replay_range.h"

#include <algorithm>

namespace scrip {

Result<ReplayRange> replay_range(Reader& reader, const std::optional<Micros>& since,
                                 const std::optional<Micros>& until) {
  auto latest = reader.decisions({}, 0, 1);
  if (!latest) return latest.error();
  if (latest->rows.empty()) return ReplayRange();
  // What retention dropped is not there to be waited for.
  auto after = reader.decision_before(since.value_or(earliest_instant));
  if (!after) return after.error();
  ReplayRange range{.after = *after, .last = latest->rows.front().id};
  if (until) {
    auto last = reader.last_decision_before(*until);
    if (!last) return last.error();
    range.last = std::max(range.after, std::min(range.last, *last));
  }
  return range;
}

Result<std::optional<Micros>> latest_decision_at(Reader& reader) {
  auto latest = reader.decisions({}, 0, 1);
  if (!latest) return latest.error();
  return latest->rows.empty() ? std::nullopt : std::optional(latest->rows.front().at);
}

}  // namespace scrip
