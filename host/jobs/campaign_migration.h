// Moves the coupons of one campaign into another store (jobs/migration.h), in pages, from where an earlier run
// broke off.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "db/store.h"

namespace scrip::jobs {

class CampaignMigration {
 public:
  // `moved` is told of rows: of an earlier run, or (`now`) of this one.
  CampaignMigration(Reader& from, Store& to, std::int64_t campaign,
                    std::function<void(std::int64_t rows, bool now)> moved)
      : from_(from), to_(to), campaign_(campaign), moved_(std::move(moved)) {}

  Result<void> run();

 private:
  Result<void> imported();
  Result<void> computed();
  // `next_serial`: by how much the tally's grows.
  Result<void> page(const std::vector<Coupon>& rows, std::int64_t next_serial);

  Reader& from_;
  Store& to_;
  const std::int64_t campaign_;
  const std::function<void(std::int64_t, bool)> moved_;
};

}  // namespace scrip::jobs
