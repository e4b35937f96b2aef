// Which decisions a replay goes over. Any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "db/store.h"

namespace scrip {

struct ReplayRange {
  std::int64_t after = 0;  // ids: after < id <= last
  std::int64_t last = 0;
};

// The decisions of since <= at < until; nullopt: from the first one kept, up to the last there is.
// A replay goes by ids: where the coupons' clock was set back, those that were decided in between are among
// them, whatever their instants.
Result<ReplayRange> replay_range(Reader& reader, const std::optional<Micros>& since,
                                 const std::optional<Micros>& until);

// The instant of the latest decision; nullopt: there is none.
Result<std::optional<Micros>> latest_decision_at(Reader& reader);

}  // namespace scrip
