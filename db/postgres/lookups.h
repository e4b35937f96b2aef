// Single rows and sums of a few, for the readers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

// Summed over all nodes. next_serial is the lowest serial that is still to be given.
Result<CampaignTally> find_tally(Connection& db, std::int64_t campaign);
Result<std::vector<std::pair<std::int64_t, CampaignTally>>> list_tallies(Connection& db);

Result<Holding> find_holding(Connection& db, const HoldingKey& key);
Result<std::int64_t> find_counter(Connection& db, const CounterKey& key);
Result<std::string> find_attributes(Connection& db, const std::string& user_id);
Result<std::optional<Coupon>> find_coupon(Connection& db, CouponKey key);
Result<std::optional<Coupon>> find_imported(Connection& db, std::string_view normalized);
Result<std::optional<Campaign>> find_campaign_version(Connection& db, std::int64_t number, std::int64_t version);
Result<std::optional<User>> find_user(Connection& db, const std::string& login);
Result<std::optional<Work>> find_work(Connection& db, std::int64_t id);
Result<std::optional<ImportJob>> find_import(Connection& db, const std::string& id);
Result<std::vector<std::string>> find_marks(Connection& db, const Wanted::Reminder& reminder);

}  // namespace scrip::postgres
