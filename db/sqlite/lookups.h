// Rows that are found by their key: what a batch loads and what readers are asked most. Those with a
// Lookup are several statements, inside a batch or a Snapshot; the others one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/lookup.h"
#include "db/store.h"

namespace scrip::sqlite {

Result<CampaignTally> find_tally(Connection& db, std::int64_t campaign);  // zeros when absent
// Counts the rows of the user's postings in Index::holder; coupons that are held are not known here.
Result<Holding> count_holding(Connection& db, const std::vector<Posting>& postings, const HoldingKey& key);
Result<std::int64_t> find_counter(Connection& db, const CounterKey& key);         // 0 when absent
Result<std::string> find_attributes(Connection& db, const std::string& user_id);  // "{}" when absent
Result<std::optional<Coupon>> find_coupon(Connection& db, CouponKey key);
// Of the code's postings in Index::imported the one whose row has just this code.
Result<std::optional<Coupon>> find_imported(Connection& db, const std::vector<Posting>& postings,
                                            std::string_view normalized);
// Of the coupon that was imported last; 0 when none was.
Result<std::int64_t> find_lowest_serial(Connection& db, std::int64_t campaign);
Result<std::optional<ImportJob>> find_import(Connection& db, const std::string& id);
Result<std::optional<User>> find_user(Connection& db, const std::string& login);
Result<std::optional<Work>> find_work(Connection& db, std::int64_t id);
Result<std::optional<Campaign>> find_campaign_version(Connection& db, std::int64_t number, std::int64_t version);
Result<std::optional<IdempotencyRecord>> find_answer(Connection& db, Lookup& lookup, const IdempotencyKey& key);

}  // namespace scrip::sqlite
