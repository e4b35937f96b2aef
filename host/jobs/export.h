// A campaign's coupons as CSV, one page of rows after the other: memory does not depend on how many
// there are. Text is quoted where CSV needs it and otherwise as it is, so that what is imported
// again is what was exported. One thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "db/store.h"
#include "ledger/catalog.h"
#include "ledger/pool.h"

namespace scrip::jobs {

// Lends what is read from; asked for each page.
struct ExportSource {
  std::function<Result<std::unique_ptr<Reader>>()> reader;
  std::function<std::shared_ptr<const Catalog>()> catalog;
  Micros now = 0;
};

// Gives the header and then the rows to `write`, in pieces, until it says false.
Result<void> export_coupons(const ExportSource& source, std::int64_t campaign, CouponFilter filter,
                            const std::function<bool(std::string_view)>& write);

}  // namespace scrip::jobs
