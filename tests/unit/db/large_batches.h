// Batches of some dozen pages, and what a store has to hold after them.
#pragma once

#include "samples.h"

namespace scrip {

// A batch of `count` coupons from `first` on, big enough for several pages of every table.
inline Changes batch_of(std::int64_t first, std::int64_t count) {
  Changes changes;
  for (std::int64_t serial = first; serial < first + count; ++serial) {
    const std::string user = "user " + std::to_string(serial * 7'919 % 1'000);
    issue_next(changes, issued_coupon(1, serial, user));
    changes.counters[{1, user}] = 1;
    changes.decisions.push_back({.id = serial + 1,
                                 .at = noon,
                                 .campaign = 1,
                                 .serial = serial,
                                 .user_id = user,
                                 .record = std::string(200, 'r')});
    changes.idempotency.push_back({.key = {"shop", user}, .status = 201, .body = std::string(300, 'b')});
  }
  return changes;
}

inline void check_holds(Store& store, std::int64_t coupons) {
  const auto reader = reader_of(store);
  CHECK(describe(value_of(reader->tally(1))) == describe(CampaignTally{.issued = coupons, .next_serial = coupons}));
  CHECK(value_of(reader->coupons(1, 0, 10'000)).size() == static_cast<std::size_t>(coupons));
  CHECK(value_of(store.last_decision()) == coupons);
}

inline void check_consistent(Store& store) {
  for (const Drift& drift : value_of(store.verify({}, {}, {}))) FAIL_CHECK(drift.what);
}

}  // namespace scrip
