// Lists of coupons, a page at a time; a page costs what it holds, however deep it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

// As the functions of Reader that have their names.
Result<std::vector<Coupon>> list_coupons(Connection& db, std::int64_t campaign, std::int64_t from, int limit);
Result<std::vector<Coupon>> list_imported_coupons(Connection& db, std::int64_t campaign, std::int64_t before,
                                                  int limit);
Result<std::vector<Coupon>> list_coupons_of(Connection& db, const std::string& user_id,
                                            const std::optional<Reader::ByExpiry>& after, int limit);
Result<std::vector<Coupon>> list_expiring(Connection& db, Micros first, Micros last,
                                          const std::optional<Reader::ByExpiry>& after, int limit);

}  // namespace scrip::postgres
