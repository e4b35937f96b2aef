#include "db/sqlite/load.h"

#include <limits>
#include <map>

#include "db/sqlite/decisions.h"
#include "db/sqlite/holds.h"
#include "db/sqlite/lookups.h"
#include "db/sqlite/outbox.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/stacked_orders.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// Finds each key that is not in the working set yet.
template <class Keys, class Entries, class Find>
Result<void> load_each(const Keys& keys, Entries& entries, const Find& find) {
  for (const auto& key : keys) {
    const auto [entry, absent] = entries.try_emplace(key);
    if (!absent) continue;
    auto found = find(key);
    if (!found) {
      entries.erase(entry);
      return found.error();
    }
    entry->second = std::move(*found);
  }
  return {};
}

Result<void> load_taken(Connection& db, std::int64_t campaign, std::int64_t count, Loaded::InHand& in_hand) {
  const auto tally = find_tally(db, campaign);
  if (!tally) return tally.error();
  // The tally's by_hand is not asked: were it wrong, a serial would be given out twice.
  Statement query(db, "SELECT id FROM coupon WHERE id >= ?1 AND id < ?2 ORDER BY id");
  query.bind(coupon_id({campaign, tally->next_serial}), CouponIds(campaign).end);
  std::int64_t free = 0;
  std::int64_t expected = tally->next_serial;
  in_hand.taken_below = expected;
  while (free < count && query.next()) {
    std::int64_t id = 0;
    query.read(id);
    const std::int64_t serial = coupon_key(id).serial;
    free += serial - expected;
    in_hand.taken.push_back(serial);
    expected = serial + 1;
    in_hand.taken_below = expected;
  }
  if (auto ended = query.end(); !ended) return ended;
  if (free < count) in_hand.taken_below = std::numeric_limits<std::int64_t>::max();
  return {};
}

Result<void> load_pooled(Connection& db, std::int64_t campaign, std::int64_t count, Loaded::InHand& in_hand) {
  Statement query(db, "SELECT " SCRIP_COUPON_COLUMNS
                      " FROM coupon INDEXED BY coupon_pooled WHERE state = 0 AND id >= ?1 AND id < ?2"
                      " ORDER BY id DESC LIMIT ?3");
  const CouponIds ids(campaign);
  auto pooled = read_all<Coupon>(query.bind(ids.first, ids.computed, count));
  if (!pooled) return pooled.error();
  in_hand.pooled = std::move(*pooled);
  return {};
}

Result<void> load_in_hand(Connection& db, const Wanted& wanted, Loaded& loaded) {
  std::map<std::int64_t, std::int64_t> counts;
  for (const auto& [campaign, count] : wanted.in_hand) counts[campaign] += count;
  for (const auto& [campaign, count] : counts) {
    if (loaded.in_hand.contains(campaign)) continue;
    Loaded::InHand in_hand;
    in_hand.wanted = count;
    if (auto taken = load_taken(db, campaign, count, in_hand); !taken) return taken;
    if (auto pooled = load_pooled(db, campaign, count, in_hand); !pooled) return pooled;
    loaded.in_hand.emplace(campaign, std::move(in_hand));
  }
  return {};
}

Result<void> load_holdings(Connection& db, Lookup& lookup, const Wanted& wanted, Loaded& loaded) {
  std::vector<const HoldingKey*> absent;
  std::vector<std::uint64_t> users;
  for (const HoldingKey& key : wanted.holdings) {
    if (!loaded.holdings.try_emplace(key).second) continue;
    absent.push_back(&key);
    users.push_back(lookup.hash().of_user(key.user_id));
  }
  const auto give_up = [&](Error error) {
    for (const HoldingKey* key : absent) loaded.holdings.erase(*key);
    return error;
  };
  auto postings = lookup.find_each(Index::holder, users);
  if (!postings) return give_up(postings.error());
  for (std::size_t i = 0; i < absent.size(); ++i) {
    if ((*postings)[i].empty()) continue;
    auto holding = count_holding(db, (*postings)[i], *absent[i]);
    if (!holding) return give_up(holding.error());
    // Who has a coupon that is held, has it in hand.
    if (wanted.some_are_held) {
      const auto held = count_held(db, *absent[i]);
      if (!held) return give_up(held.error());
      holding->redeemed += *held;
    }
    loaded.holdings[*absent[i]] = *holding;
  }
  return {};
}

Result<void> load_imported(Connection& db, Lookup& lookup, const Wanted& wanted, Loaded& loaded) {
  std::vector<const std::string*> absent;
  std::vector<std::uint64_t> keys;
  for (const std::string& code : wanted.imported) {
    if (!loaded.imported.try_emplace(code).second) continue;
    absent.push_back(&code);
    keys.push_back(lookup.hash().of_code(code));
  }
  const auto give_up = [&](Error error) {
    for (const std::string* code : absent) loaded.imported.erase(*code);
    return error;
  };
  auto postings = lookup.find_each(Index::imported, keys);
  if (!postings) return give_up(postings.error());
  for (std::size_t i = 0; i < absent.size(); ++i) {
    if ((*postings)[i].empty()) continue;
    auto coupon = find_imported(db, (*postings)[i], *absent[i]);
    if (!coupon) return give_up(coupon.error());
    if (!*coupon) continue;
    const CouponKey key = (*coupon)->key;
    loaded.imported[*absent[i]] = key;
    loaded.coupons.try_emplace(key, std::move(*coupon));
  }
  return {};
}

// Many shops tell nothing about their users; then one look is enough for all.
Result<void> load_attributes(Connection& db, const Wanted& wanted, Loaded& loaded) {
  if (wanted.attributes.empty()) return {};
  const auto some = db.integer("SELECT 1 FROM user_attributes WHERE user_id >= '' LIMIT 1");
  if (!some) return some.error();
  return load_each(wanted.attributes, loaded.attributes, [&](const std::string& user_id) {
    return *some != 0 ? find_attributes(db, user_id) : Result<std::string>("{}");
  });
}

}  // namespace

Result<void> load(Connection& db, Lookup& lookup, const Wanted& wanted, Loaded& loaded) {
  const auto from = [&db](auto find) { return [&db, find](const auto& key) { return find(db, key); }; };
  const auto looked_up = [&](auto find) { return [&, find](const auto& key) { return find(db, lookup, key); }; };
  if (auto done = load_each(wanted.tallies, loaded.tallies, from(find_tally)); !done) return done;
  if (auto done = load_in_hand(db, wanted, loaded); !done) return done;
  if (auto done = load_holdings(db, lookup, wanted, loaded); !done) return done;
  if (auto done = load_each(wanted.coupons, loaded.coupons, from(find_coupon)); !done) return done;
  if (auto done = load_each(wanted.holds, loaded.holds, from(find_hold)); !done) return done;
  if (wanted.holds_over) {
    if (auto done = load_holds_over(db, *wanted.holds_over, loaded); !done) return done;
  }
  if (auto done = load_imported(db, lookup, wanted, loaded); !done) return done;
  if (auto done = load_each(wanted.lowest_serials, loaded.lowest_serials, from(find_lowest_serial)); !done) return done;
  if (auto done = load_each(wanted.imports, loaded.imports, from(find_import)); !done) return done;
  if (auto done = load_each(wanted.counters, loaded.counters, from(find_counter)); !done) return done;
  if (auto done = load_each(wanted.idempotency, loaded.idempotency, looked_up(find_answer)); !done) return done;
  if (auto done = load_attributes(db, wanted, loaded); !done) return done;
  if (auto done = load_each(wanted.logins, loaded.users, from(find_user)); !done) return done;
  for (const Wanted::Reminder& reminder : wanted.reminders) {
    if (loaded.reminders.contains(reminder.coupon)) continue;
    auto marks = find_marks(db, reminder);
    if (!marks) return marks.error();
    loaded.reminders.emplace(reminder.coupon, std::move(*marks));
  }
  if (wanted.decided_before) {
    if (auto done = load_old_decisions(db, *wanted.decided_before, loaded.old_decisions); !done) return done;
  }
  if (auto done = load_each(wanted.stacked_orders, loaded.stacked_orders, from(find_stacked_order)); !done) return done;
  return load_each(wanted.works, loaded.works, from(find_work));
}

}  // namespace scrip::sqlite
