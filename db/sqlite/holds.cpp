#include "db/sqlite/holds.h"

#include <limits>
#include <map>

#include "db/hold_counts.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

#define SCRIP_HOLD_COLUMNS                                                                                        \
  "coupon, state, key, held_at, expires_at, user_id, subject, order_id, order_amount, order_currency, discount, " \
  "counts, decision"

namespace scrip::sqlite {
namespace {

constexpr std::int64_t in_force = 0;
constexpr std::int64_t redeemed = 1;

void read(Statement& row, Hold& hold) {
  std::int64_t id = 0;
  std::int64_t state = 0;
  std::optional<std::int64_t> amount;
  std::optional<std::string> currency;
  std::optional<std::int64_t> discount;
  std::string counts;
  row.read(id, state, hold.key, hold.held_at, hold.expires_at, hold.user_id, hold.subject, hold.order_id, amount,
           currency, discount, counts, hold.decision);
  hold.coupon = coupon_key(id);
  if (state != in_force && state != redeemed) row.malformed("a hold's state is " + std::to_string(state));
  hold.redeemed = state == redeemed;
  if (amount) hold.order = Money{*amount, currency.value_or(std::string())};
  if (discount) hold.discount = Money{*discount, currency.value_or(std::string())};
  if (!decode_hold_counts(counts, hold.counts)) row.malformed("what a hold has counted cannot be read");
}

Result<void> put_hold(Connection& db, const Hold& hold) {
  Statement put(db, "INSERT OR REPLACE INTO hold (" SCRIP_HOLD_COLUMNS
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
  std::optional<std::int64_t> amount;
  std::optional<std::string_view> currency;
  std::optional<std::int64_t> discount;
  if (hold.order) {
    amount = hold.order->amount;
    currency = hold.order->currency;
  }
  if (hold.discount) discount = hold.discount->amount;
  const std::string counts = encode_hold_counts(hold.counts);
  return put
      .bind(coupon_id(hold.coupon), hold.redeemed ? redeemed : in_force, hold.key, hold.held_at, hold.expires_at,
            hold.user_id, hold.subject, hold.order_id, amount, currency, discount, Blob{counts}, hold.decision)
      .run();
}

Result<void> drop_hold(Connection& db, CouponKey coupon) {
  Statement drop(db, "DELETE FROM hold WHERE coupon = ?1");
  return drop.bind(coupon_id(coupon)).run();
}

}  // namespace

Result<std::optional<Hold>> find_hold(Connection& db, CouponKey coupon) {
  Statement query(db, "SELECT " SCRIP_HOLD_COLUMNS " FROM hold WHERE coupon = ?1");
  query.bind(coupon_id(coupon));
  std::optional<Hold> hold;
  if (query.next()) read(query, hold.emplace());
  if (auto ended = query.end(); !ended) return ended.error();
  return hold;
}

Result<std::vector<Hold>> list_holds(Connection& db, const std::optional<CouponKey>& after, int limit) {
  Statement query(db, "SELECT " SCRIP_HOLD_COLUMNS " FROM hold WHERE coupon > ?1 ORDER BY coupon LIMIT ?2");
  query.bind(after ? coupon_id(*after) : std::numeric_limits<std::int64_t>::min(), limit);
  std::vector<Hold> holds;
  while (query.next()) read(query, holds.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  return holds;
}

Result<std::int64_t> count_held(Connection& db, const HoldingKey& key) {
  Statement query(db,
                  "SELECT count(*) FROM hold WHERE state = 0 AND user_id = ?1 AND coupon >= ?2 AND coupon < ?3"
                  " AND (?4 IS NULL OR subject = ?4)");
  const CouponIds ids(key.campaign);
  query.bind(key.user_id, ids.first, ids.end, key.subject);
  std::int64_t count = 0;
  if (query.next()) query.read(count);
  if (auto ended = query.end(); !ended) return ended.error();
  return count;
}

Result<void> load_holds_over(Connection& db, Micros now, Loaded& loaded) {
  // Of the last one that is over.
  Micros last_end = earliest_instant;
  std::int64_t last_coupon = std::numeric_limits<std::int64_t>::min();
  {
    Statement query(db, "SELECT " SCRIP_HOLD_COLUMNS
                        " FROM hold WHERE state = 0 AND expires_at <= ?1 ORDER BY expires_at, coupon LIMIT ?2");
    query.bind(now, holds_ended_at_once);
    while (query.next()) {
      Hold hold;
      read(query, hold);
      last_end = hold.expires_at;
      last_coupon = coupon_id(hold.coupon);
      loaded.holds_over.push_back(hold.coupon);
      loaded.holds.insert_or_assign(hold.coupon, std::move(hold));
    }
    if (auto ended = query.end(); !ended) return ended;
  }
  Statement rest(db,
                 "SELECT expires_at FROM hold WHERE state = 0 AND (expires_at, coupon) > (?1, ?2)"
                 " ORDER BY expires_at, coupon LIMIT 1");
  rest.bind(last_end, last_coupon);
  if (rest.next()) rest.read(loaded.hold_end);
  return rest.end();
}

Result<std::optional<Micros>> first_hold_end(Connection& db) {
  Statement query(db, "SELECT min(expires_at) FROM hold WHERE state = 0");
  std::optional<Micros> end;
  if (query.next()) query.read(end);
  if (auto ended = query.end(); !ended) return ended.error();
  return end;
}

Result<bool> has_holds(Connection& db) {
  const auto any = db.integer("SELECT EXISTS (SELECT 1 FROM hold)");
  if (!any) return any.error();
  return *any != 0;
}

Result<void> apply_holds(Connection& db, const Changes& changes) {
  for (const auto& [coupon, hold] : changes.holds) {
    if (auto done = hold ? put_hold(db, *hold) : drop_hold(db, coupon); !done) return done;
  }
  return {};
}

Result<void> verify_holds(Connection& db, const Definition& known,
                          const std::vector<std::pair<std::int64_t, CampaignTally>>& tallies, Findings& findings) {
  std::map<std::int64_t, std::int64_t> counted;
  Statement query(db,
                  "SELECT hold.coupon, hold.state, coupon.state, hold.user_id IS coupon.user_id"
                  " AND hold.subject IS coupon.subject FROM hold LEFT JOIN coupon ON coupon.id = hold.coupon");
  while (query.next()) {
    std::int64_t id = 0;
    std::int64_t state = 0;
    std::optional<std::int64_t> of_coupon;
    bool same_holder = false;
    query.read(id, state, of_coupon, same_holder);
    const auto [campaign, serial] = coupon_key(id);
    const auto object = [&](const char* what) {
      findings.add("hold of coupon " + std::to_string(serial) + " of " + known.name(campaign) + ": " + what, 1, 0);
    };
    if (state == in_force) ++counted[campaign];
    if (!of_coupon) {
      object("nobody was given the coupon");
    } else if (state == in_force && *of_coupon != static_cast<std::int64_t>(CouponState::issued)) {
      object("the coupon is not issued");
    } else if (state == redeemed && *of_coupon != static_cast<std::int64_t>(CouponState::redeemed)) {
      object("the coupon is not redeemed");
    } else if (!same_holder) {
      object("it says another holder than the coupon");
    }
  }
  if (auto ended = query.end(); !ended) return ended;
  for (const auto& [campaign, tally] : tallies) {
    findings.compare(known.name(campaign) + ": held", tally.held, counted[campaign]);
    counted.erase(campaign);
  }
  for (const auto& [campaign, held] : counted) findings.compare(known.name(campaign) + ": held", 0, held);
  return {};
}

}  // namespace scrip::sqlite
