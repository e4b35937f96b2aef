// Lists of many rows, a page at a time; where nothing else is said a page costs what it holds, however
// deep it is.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/lookup.h"
#include "db/store.h"

namespace scrip::sqlite {

Result<std::vector<Coupon>> list_coupons(Connection& db, std::int64_t campaign, std::int64_t from, int limit);

// With serial < before, oldest (-1) first.
Result<std::vector<Coupon>> list_imported_coupons(Connection& db, std::int64_t campaign, std::int64_t before,
                                                  int limit);

// Reads all coupons of the user, whatever the page. Inside a Snapshot, which `lookup` reads.
Result<std::vector<Coupon>> list_coupons_of(Connection& db, Lookup& lookup, const std::string& user_id,
                                            const std::optional<Reader::ByExpiry>& after, int limit);

// Inside a Snapshot.
Result<std::vector<Coupon>> list_expiring(Connection& db, RunCache& cache, Micros first, Micros last,
                                          const std::optional<Reader::ByExpiry>& after, int limit);

Result<std::vector<User>> list_users(Connection& db, const std::string& after_login, int limit);

Result<std::vector<Work>> list_works(Connection& db, std::int64_t after, int limit);

// Newest first, numbers below `before` (0: from the newest).
Result<std::vector<ImportJob>> list_imports(Connection& db, std::int64_t before, int limit);
Result<std::vector<ImportJob>> list_running_imports(Connection& db);
Result<std::vector<ImportError>> list_import_errors(Connection& db, std::int64_t job);

// Everything, for the catalog.
Result<std::vector<std::pair<std::int64_t, CampaignTally>>> list_tallies(Connection& db);
Result<Definitions> list_definitions(Connection& db);  // inside a Snapshot

}  // namespace scrip::sqlite
