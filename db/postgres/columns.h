// The lists of columns, and how a row of them is read. Queries put the list that a function here reads first in
// their SELECT.
#pragma once

#include "db/postgres/rows.h"
#include "db/store.h"

// Macros, since a statement is a literal (Connection::prepared) and only literals can be joined.
#define SCRIP_PG_CAMPAIGN                                                                                            \
  "campaign_id, version, id, name, policy, params, total, pattern, alphabet, format, starts_at, ends_at, timezone, " \
  "metadata, status, created_at"
#define SCRIP_PG_COUPON                                                                                           \
  "campaign_id, serial, state, user_id, subject, issued_at, expires_at, decision, redeemed_at, discount_amount, " \
  "discount_currency, order_id, imported_code, created_at"
#define SCRIP_PG_DECISION "id, at, campaign_id, serial, user_id, revision, code, record, counts"
#define SCRIP_PG_ACCOUNT "login, password_hash, role, created_at"
#define SCRIP_PG_BATCH "id, campaign_id, format, first_index, first_serial, count, created_at"
#define SCRIP_PG_FORMAT "id, shape, alphabet, key"
#define SCRIP_PG_WORK "id, title, created_at, updated_at"
#define SCRIP_PG_IMPORT \
  "number, id, campaign_id, state, rows, imported, rejected, bytes_read, bytes_total, started_at, ended_at, why"
#define SCRIP_PG_EVENT                                                                                       \
  "id, kind, at, campaign_id, unique_key, data, recorded_at, state, attempts, next_attempt_at, settled_at, " \
  "last_error"
#define SCRIP_PG_AUDIT "id, at, subject, role, action, target, old_value, new_value"
#define SCRIP_PG_REVISION "number, revision, accepted_at, accepted_by"
#define SCRIP_PG_REFUSAL "id, minute, campaign_id, hook, code, revision, count"

namespace scrip::postgres {

// coupon.expires_at of one that never expires.
inline constexpr Micros never = latest_instant + 1;

void read(Rows& rows, int row, Campaign& campaign);
void read(Rows& rows, int row, Coupon& coupon);
void read(Rows& rows, int row, DecisionRow& decision);
void read(Rows& rows, int row, User& user);
void read(Rows& rows, int row, CodeBatch& batch);
void read(Rows& rows, int row, FormatRow& format);
void read(Rows& rows, int row, Work& work);
void read(Rows& rows, int row, ImportJob& job);
void read(Rows& rows, int row, ImportError& error);  // line, message
void read(Rows& rows, int row, Event& event);
void read(Rows& rows, int row, AuditEntry& entry);
void read(Rows& rows, int row, RevisionRow& revision);  // without files
void read(Rows& rows, int row, RefusalCount& refusal);

template <class Row>
Result<std::vector<Row>> read_all(Rows& rows) {
  std::vector<Row> all(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) read(rows, row, all[static_cast<std::size_t>(row)]);
  if (auto ended = rows.end(); !ended) return ended.error();
  return all;
}

// The one row, or none.
template <class Row>
Result<std::optional<Row>> read_one(Rows& rows) {
  std::optional<Row> one;
  if (rows.size() > 0) read(rows, 0, one.emplace());
  if (auto ended = rows.end(); !ended) return ended.error();
  return one;
}

}  // namespace scrip::postgres
