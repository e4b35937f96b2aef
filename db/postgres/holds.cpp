#include "db/postgres/holds.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "db/hold_counts.h"
#include "db/postgres/apply.h"
#include "db/postgres/columns_of_rows.h"
#include "db/postgres/pipeline.h"

#define SCRIP_PG_HOLD                                                                                \
  "campaign_id, serial, state, key, held_at, expires_at, user_id, subject, order_id, order_amount, " \
  "order_currency, discount, counts, decision"

namespace scrip::postgres {
namespace {

constexpr std::int64_t in_force = 0;
constexpr std::int64_t redeemed = 1;

Hold read_hold(Rows& rows, int row) {
  Hold hold;
  std::int64_t state = 0;
  std::optional<std::int64_t> amount;
  std::string currency;
  std::optional<std::int64_t> discount;
  std::string_view counts;
  rows.read(row, hold.coupon.campaign, hold.coupon.serial, state, hold.key, hold.held_at, hold.expires_at, hold.user_id,
            hold.subject, hold.order_id, amount, currency, discount, counts, hold.decision);
  if (state != in_force && state != redeemed) rows.malformed("a hold's state is " + std::to_string(state));
  hold.redeemed = state == redeemed;
  if (amount) hold.order = Money{*amount, currency};
  if (discount) hold.discount = Money{*discount, currency};
  if (!decode_hold_counts(counts, hold.counts)) rows.malformed("what a hold has counted cannot be read");
  return hold;
}

// Of an alias.
#define SCRIP_PG_HOLD_OF(h)                                                                                          \
#h ".campaign_id, " #h ".serial, " #h ".state, " #h ".key, " #h ".held_at, " #h ".expires_at, " #h ".user_id, " #h \
     ".subject, " #h ".order_id, " #h ".order_amount, " #h ".order_currency, " #h ".discount, " #h ".counts, " #h    \
     ".decision"

// Those that nobody else is ending: every batch of every node looks for some, and each is to be ended once. It is the
// coupon that is locked, as it is the coupon that whoever holds, redeems or releases changes first.
void ask_for_holds_over(Exchange& exchange, Micros now, BatchState& batch, Loaded& loaded) {
  Params params;
  params.add(now).add(holds_ended_at_once + 1);
  exchange.ask("SELECT * FROM (SELECT " SCRIP_PG_HOLD_OF(h)
               " FROM hold h JOIN coupon c ON c.campaign_id = h.campaign_id AND c.serial = h.serial"
               " WHERE h.state = 0 AND h.expires_at <= $1 ORDER BY h.expires_at, h.campaign_id, h.serial LIMIT $2"
               " FOR UPDATE OF c SKIP LOCKED) AS over"
               " UNION ALL SELECT * FROM (SELECT " SCRIP_PG_HOLD
               " FROM hold WHERE state = 0 AND expires_at > $1 ORDER BY expires_at, campaign_id, serial LIMIT 1) AS next"
               " ORDER BY expires_at, campaign_id, serial",
               params, [now, &batch, &loaded](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   Hold hold = read_hold(rows, row);
                   if (hold.expires_at > now || row == holds_ended_at_once) {
                     loaded.hold_end = hold.expires_at;
                     break;
                   }
                   loaded.holds_over.push_back(hold.coupon);
                   batch.holds.insert_or_assign(hold.coupon, hold);
                   loaded.holds.insert_or_assign(hold.coupon, std::move(hold));
                 }
                 return {};
               });
}

// Whether a hold that the batch is to decide by is being ended by another: then that has to be over first. Not one for
// which this batch has no room, since it decides nothing then.
bool another_ends(const Hold& hold, const Wanted& wanted, const Loaded& loaded) {
  if (!wanted.holds_over || hold.redeemed || hold.expires_at > *wanted.holds_over) return false;
  if (loaded.hold_end && *loaded.hold_end <= *wanted.holds_over) return false;
  return std::find(loaded.holds_over.begin(), loaded.holds_over.end(), hold.coupon) == loaded.holds_over.end();
}

struct HoldRows {
  Numbers campaigns, serials, states, held, expires, decisions;
  Texts keys;
  OptionalTexts users, subjects, orders, currencies;
  OptionalNumbers amounts, discounts;
  std::vector<std::string> counts;

  void add(const Hold& hold) {
    campaigns.push_back(hold.coupon.campaign);
    serials.push_back(hold.coupon.serial);
    states.push_back(hold.redeemed ? redeemed : in_force);
    keys.push_back(hold.key);
    held.push_back(hold.held_at);
    expires.push_back(hold.expires_at);
    users.push_back(view(hold.user_id));
    subjects.push_back(view(hold.subject));
    orders.push_back(view(hold.order_id));
    amounts.push_back(hold.order ? std::optional(hold.order->amount) : std::nullopt);
    currencies.push_back(hold.order ? std::optional<std::string_view>(hold.order->currency) : std::nullopt);
    discounts.push_back(hold.discount ? std::optional(hold.discount->amount) : std::nullopt);
    counts.push_back(encode_hold_counts(hold.counts));
    decisions.push_back(hold.decision);
  }
};

// Of coupons that the batch does not change otherwise.
void raise_versions(Exchange& exchange, const std::vector<CouponKey>& changed, const Changes& changes,
                    const BatchState& batch, Contended& contended) {
  Numbers campaigns, serials, versions;
  for (const CouponKey& key : changed) {
    // Who has a hold of a coupon without a row (scrip verify has said so) has to be able to end it.
    const auto read = batch.coupons.find(key);
    if (changes.coupons.contains(key) || read == batch.coupons.end()) continue;
    campaigns.push_back(key.campaign);
    serials.push_back(key.serial);
    versions.push_back(read->second.version);
  }
  if (campaigns.empty()) return;
  Params params = columns(campaigns, serials, versions);
  exchange.ask(
      "UPDATE coupon AS c SET version = c.version + 1 FROM unnest($1, $2, $3) AS n (campaign_id, serial, version)"
      " WHERE c.campaign_id = n.campaign_id AND c.serial = n.serial AND c.version = n.version"
      " RETURNING c.campaign_id",
      params, expect_rows(campaigns, contended));
}

// Nobody has changed them since they were read.
void drop(Exchange& exchange, const HoldRows& read, Contended& contended) {
  if (read.campaigns.empty()) return;
  Params params = columns(read.campaigns, read.serials, read.states, read.keys, read.held, read.decisions);
  exchange.ask(
      "DELETE FROM hold AS h USING unnest($1, $2, $3, $4, $5, $6)"
      " AS n (campaign_id, serial, state, key, held_at, decision)"
      " WHERE h.campaign_id = n.campaign_id AND h.serial = n.serial AND h.state = n.state AND h.key = n.key"
      " AND h.held_at = n.held_at AND h.decision = n.decision RETURNING h.campaign_id",
      params, expect_rows(read.campaigns, contended));
}

void put(Exchange& exchange, const HoldRows& holds, Contended& contended) {
  if (holds.campaigns.empty()) return;
  Blobs counts;
  for (const std::string& bytes : holds.counts) counts.push_back({bytes});
  Params params =
      columns(holds.campaigns, holds.serials, holds.states, holds.keys, holds.held, holds.expires, holds.users,
              holds.subjects, holds.orders, holds.amounts, holds.currencies, holds.discounts, counts, holds.decisions);
  exchange.ask("INSERT INTO hold (" SCRIP_PG_HOLD
               ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
               " ON CONFLICT (campaign_id, serial) DO NOTHING RETURNING campaign_id",
               params, expect_rows(holds.campaigns, contended));
}

}  // namespace

Result<std::optional<Hold>> find_hold(Connection& db, CouponKey coupon) {
  auto rows = query(db, "SELECT " SCRIP_PG_HOLD " FROM hold WHERE campaign_id = $1 AND serial = $2",
                    std::move(Params().add(coupon.campaign).add(coupon.serial)));
  if (!rows) return rows.error();
  std::optional<Hold> hold;
  if (rows->size() > 0) hold = read_hold(*rows, 0);
  if (auto ended = rows->end(); !ended) return ended.error();
  return hold;
}

void ask_for_holds(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  if (wanted.holds_over) ask_for_holds_over(exchange, *wanted.holds_over, batch, loaded);
  Numbers campaigns, serials;
  for (const CouponKey& key : wanted.holds) {
    if (!loaded.holds.try_emplace(key).second) continue;
    batch.holds.try_emplace(key);
    campaigns.push_back(key.campaign);
    serials.push_back(key.serial);
  }
  if (campaigns.empty()) return;
  Params params = columns(campaigns, serials);
  exchange.ask("SELECT " SCRIP_PG_HOLD " FROM unnest($1, $2) AS w (c, s) JOIN hold ON campaign_id = c AND serial = s",
               params, [&wanted, &batch, &loaded](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   const Hold hold = read_hold(rows, row);
                   if (another_ends(hold, wanted, loaded)) {
                     return {Code::storage_conflict, "another node is ending this hold"};
                   }
                   batch.holds[hold.coupon] = hold;
                   loaded.holds[hold.coupon] = hold;
                 }
                 return {};
               });
}

void apply_holds(Exchange& exchange, const Changes& changes, const BatchState& batch, Contended& contended) {
  std::vector<CouponKey> changed;
  HoldRows before;
  HoldRows after;
  for (const auto& [key, hold] : changes.holds) {
    const auto read = batch.holds.find(key);
    const bool was_there = read != batch.holds.end() && read->second;
    if (!was_there && !hold) continue;
    changed.push_back(key);
    if (was_there) before.add(*read->second);
    if (hold) after.add(*hold);
  }
  raise_versions(exchange, changed, changes, batch, contended);
  drop(exchange, before, contended);
  put(exchange, after, contended);
}

}  // namespace scrip::postgres
