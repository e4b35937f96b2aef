// The lists of columns, and how a row of them is read. Queries put the list of columns that a
// function here reads first in their SELECT.
#pragma once

#include "db/sqlite/statement.h"
#include "db/store.h"

// Macros, since a statement is a literal (Connection::prepared) and only literals can be joined.
#define SCRIP_CAMPAIGN_COLUMNS                                                                                  \
  "number, version, id, name, policy, params, total, pattern, alphabet, format, starts_at, ends_at, timezone, " \
  "metadata, status, created_at"
#define SCRIP_COUPON_COLUMNS                                                                                        \
  "id, state, user_id, subject, issued_at, expires_at, decision, redeemed_at, discount_amount, discount_currency, " \
  "order_id, imported_code, created_at"
#define SCRIP_TALLY_COLUMNS "issued, redeemed, next_serial, by_hand, pooled, held"
#define SCRIP_ACCOUNT_COLUMNS "login, password_hash, role, created_at"
#define SCRIP_BATCH_COLUMNS "id, campaign, format, first_index, first_serial, count, created_at"
#define SCRIP_FORMAT_COLUMNS "id, shape, alphabet, key"
#define SCRIP_WORK_COLUMNS "id, title, created_at, updated_at"
#define SCRIP_IMPORT_COLUMNS \
  "number, id, campaign, state, rows, imported, rejected, bytes_read, bytes_total, started_at, ended_at, why"

namespace scrip::sqlite {

// coupon.id
constexpr std::int64_t coupon_id(CouponKey key) {
  return (key.campaign << 43) + max_serials + key.serial;
}
constexpr CouponKey coupon_key(std::int64_t id) {
  return {id >> 43, (id & ((std::int64_t{1} << 43) - 1)) - max_serials};
}
// The ids of a campaign: first <= id < end; those of its computed coupons begin at computed.
struct CouponIds {
  explicit constexpr CouponIds(std::int64_t campaign)
      : first(campaign << 43), computed(first + max_serials), end((campaign + 1) << 43) {}
  std::int64_t first;
  std::int64_t computed;
  std::int64_t end;
};

void read(Statement& row, Campaign& campaign);
void read(Statement& row, Coupon& coupon);
void read(Statement& row, CampaignTally& tally);
void read(Statement& row, User& user);
void read(Statement& row, CodeBatch& batch);
void read(Statement& row, FormatRow& format);
void read(Statement& row, Work& work);
void read(Statement& row, ImportJob& job);
void read(Statement& row, ImportError& error);

// Where a coupon stands in a list by expiry.
Reader::ByExpiry by_expiry(const Coupon& coupon);

// All rows of a query.
template <class Row>
Result<std::vector<Row>> read_all(Statement& query) {
  std::vector<Row> rows;
  while (query.next()) read(query, rows.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  return rows;
}

// The one row of a query, or none.
template <class Row>
Result<std::optional<Row>> read_one(Statement& query) {
  std::optional<Row> row;
  if (query.next()) read(query, row.emplace());
  if (auto ended = query.end(); !ended) return ended.error();
  return row;
}

}  // namespace scrip::sqlite
