#include <map>
#include <set>

#include "db/postgres/apply.h"
#include "db/postgres/columns.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

struct CouponRows {
  Numbers campaigns, serials, versions, states, issued, expires, decisions, created;
  OptionalNumbers redeemed, amounts;
  OptionalTexts users, subjects, currencies, orders, codes;

  void add(const Coupon& coupon) {
    campaigns.push_back(coupon.key.campaign);
    serials.push_back(coupon.key.serial);
    states.push_back(static_cast<std::int64_t>(coupon.state));
    users.push_back(view(coupon.user_id));
    subjects.push_back(view(coupon.subject));
    issued.push_back(coupon.issued_at);
    expires.push_back(coupon.expires_at.value_or(never));
    decisions.push_back(coupon.decision);
    redeemed.push_back(coupon.redeemed_at);
    amounts.push_back(coupon.discount ? std::optional(coupon.discount->amount) : std::nullopt);
    currencies.push_back(coupon.discount ? std::optional<std::string_view>(coupon.discount->currency) : std::nullopt);
    orders.push_back(view(coupon.order_id));
    codes.push_back(coupon.imported_code.empty() ? std::nullopt
                                                 : std::optional<std::string_view>(coupon.imported_code));
    created.push_back(coupon.created_at);
  }
};

void add_new(Exchange& exchange, const CouponRows& rows, Contended& contended) {
  if (rows.campaigns.empty()) return;
  Params params =
      columns(rows.campaigns, rows.serials, rows.states, rows.users, rows.subjects, rows.issued, rows.expires,
              rows.decisions, rows.redeemed, rows.amounts, rows.currencies, rows.orders, rows.codes, rows.created);
  exchange.ask("INSERT INTO coupon (" SCRIP_PG_COUPON
               ", version) SELECT n.campaign_id, n.serial, n.state, n.user_id, n.subject, n.issued_at, n.expires_at,"
               " n.decision, n.redeemed_at, n.discount_amount, n.discount_currency, n.order_id, n.imported_code,"
               " n.created_at, 1 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
               " AS n (" SCRIP_PG_COUPON ") ON CONFLICT (campaign_id, serial) DO NOTHING",
               params, expect_all(rows.campaigns, contended));
}

void change(Exchange& exchange, const CouponRows& rows, Contended& contended) {
  if (rows.campaigns.empty()) return;
  Params params =
      columns(rows.campaigns, rows.serials, rows.states, rows.users, rows.subjects, rows.issued, rows.expires,
              rows.decisions, rows.redeemed, rows.amounts, rows.currencies, rows.orders, rows.versions, rows.created);
  exchange.ask(
      "UPDATE coupon AS c SET version = c.version + 1, state = n.state, user_id = n.user_id, subject = n.subject,"
      " issued_at = n.issued_at, expires_at = n.expires_at, decision = n.decision, redeemed_at = n.redeemed_at,"
      " discount_amount = n.discount_amount, discount_currency = n.discount_currency, order_id = n.order_id,"
      " created_at = n.created_at FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
      " AS n (campaign_id, serial, state, user_id, subject, issued_at, expires_at, decision, redeemed_at,"
      " discount_amount, discount_currency, order_id, version, created_at)"
      " WHERE c.campaign_id = n.campaign_id AND c.serial = n.serial AND c.version = n.version"
      " RETURNING c.campaign_id",
      params, expect_rows(rows.campaigns, contended));
}

void add_codes(Exchange& exchange, const Changes& changes, BatchState& batch, Contended& contended) {
  // By code, so that two who import the same do not wait for each other in a circle.
  std::map<std::string, CouponKey> by_code;
  for (const auto& [key, change] : changes.coupons) {
    if (!change.is_new || change.coupon.imported_code.empty()) continue;
    by_code.emplace(normalize_code(change.coupon.imported_code), key);
  }
  if (by_code.empty()) return;
  Numbers campaigns, serials;
  Texts codes;
  for (const auto& [code, key] : by_code) {
    campaigns.push_back(key.campaign);
    serials.push_back(key.serial);
    codes.push_back(code);
  }
  batch.imports = true;
  Params params = columns(codes, campaigns, serials);
  exchange.ask(
      "INSERT INTO imported_code (code, campaign_id, serial) SELECT * FROM unnest($1, $2, $3)"
      " ON CONFLICT (code) DO NOTHING RETURNING campaign_id",
      params, expect_rows(campaigns, contended));
}

}  // namespace

// Those that the batch changes together with those whose holds it changes are written by two statements. Each goes by
// the coupons' order, but two batches that change each other's coupons would wait in a circle: all are locked in one
// order.
void lock_coupons(Exchange& exchange, const Changes& changes, const BatchState& batch) {
  std::set<CouponKey> keys;
  for (const auto& [key, hold] : changes.holds) keys.insert(key);
  if (keys.empty()) return;
  std::size_t others = 0;
  for (const auto& [key, change] : changes.coupons) {
    if (change.is_new) continue;
    ++others;
    keys.insert(key);
  }
  if (others == 0 || keys.size() == others) return;
  Numbers campaigns, serials;
  for (const CouponKey& key : keys) {
    if (!batch.coupons.contains(key)) continue;
    campaigns.push_back(key.campaign);
    serials.push_back(key.serial);
  }
  exchange.ask(
      "SELECT c.serial FROM unnest($1, $2) AS n (campaign_id, serial) JOIN coupon c ON c.campaign_id = n.campaign_id"
      " AND c.serial = n.serial ORDER BY c.campaign_id, c.serial FOR UPDATE OF c",
      columns(campaigns, serials));
}

void apply_coupons(Exchange& exchange, const Changes& changes, BatchState& batch, Contended& contended) {
  CouponRows fresh;
  CouponRows changed;
  for (const auto& [key, change] : changes.coupons) {
    if (change.is_new) {
      fresh.add(change.coupon);
      continue;
    }
    changed.add(change.coupon);
    // One that has no row has no version: the batch is in conflict with whoever dropped it.
    const auto read = batch.coupons.find(key);
    changed.versions.push_back(read == batch.coupons.end() ? 0 : read->second.version);
  }
  add_new(exchange, fresh, contended);
  change(exchange, changed, contended);
  add_codes(exchange, changes, batch, contended);
}

}  // namespace scrip::postgres
