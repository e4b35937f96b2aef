// A small shop in a store: what the tests put into it, and how they look at rows.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "db/sqlite/sqlite_store.h"
#include "db/store.h"

namespace scrip {

inline constexpr Micros noon = 1'795'262'400 * second;  // 2026-11-21T12:00:00Z

inline std::unique_ptr<Store> open_store(const std::string& path, const SqliteOptions& options = {}) {
  auto store = open_sqlite(path, options);
  if (!store) FAIL(store.error().message);
  return std::move(*store);
}

inline std::unique_ptr<Reader> reader_of(Store& store) {
  auto reader = store.reader();
  if (!reader) FAIL(reader.error().message);
  return std::move(*reader);
}

// The value, or the test has failed.
template <class T>
T value_of(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}

inline void require_ok(const Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

// What a batch with these changes has to load before it decides on them.
inline Wanted touched_by(const Changes& changes) {
  Wanted wanted;
  for (const auto& [key, change] : changes.coupons) {
    wanted.coupons.push_back(key);
    if (wanted.exact.empty() || wanted.exact.back() != key.campaign) wanted.exact.push_back(key.campaign);
  }
  wanted.tallies = wanted.exact;
  for (const std::int64_t campaign : wanted.exact) wanted.in_hand.emplace_back(campaign, 0);
  for (const auto& [key, by] : changes.counters) wanted.counters.push_back(key);
  if (changes.drop_decisions_to != 0) wanted.decided_before = noon + day;
  return wanted;
}

// One batch, as the ledger makes it: what it changes was loaded.
inline Result<void> try_changes(Store& store, const Changes& changes) {
  if (auto begun = store.begin(); !begun) return begun;
  Loaded loaded;
  if (auto done = store.load(touched_by(changes), loaded); !done) {
    store.rollback();
    return done;
  }
  return store.commit(changes);
}

inline void store_changes(Store& store, const Changes& changes) {
  require_ok(try_changes(store, changes));
}

inline Loaded load_once(Store& store, const Wanted& wanted) {
  Loaded loaded;
  require_ok(store.begin());
  require_ok(store.load(wanted, loaded));
  store.rollback();
  return loaded;
}

inline Campaign sample_campaign(std::int64_t number) {
  return Campaign{.number = number,
                  .id = "c" + std::to_string(number),
                  .name = "Campaign " + std::to_string(number),
                  .policy = "welcome",
                  .total = 1'000,
                  .pattern = "####-####",
                  .format = 1,
                  .created_at = noon};
}

inline CodeBatch sample_batch(std::int64_t id, std::int64_t campaign, std::int64_t first_index) {
  return CodeBatch{.id = id,
                   .campaign = campaign,
                   .format = 1,
                   .first_index = first_index,
                   .first_serial = 0,
                   .count = 1'000,
                   .created_at = noon};
}

inline Coupon issued_coupon(std::int64_t campaign, std::int64_t serial, const std::string& user_id) {
  return Coupon{.key = {campaign, serial}, .state = CouponState::issued, .user_id = user_id, .issued_at = noon};
}

inline Coupon imported_coupon(std::int64_t campaign, std::int64_t serial, const std::string& code) {
  return Coupon{.key = {campaign, serial}, .imported_code = code, .created_at = noon};
}

inline void add_new(Changes& changes, const Coupon& coupon) {
  changes.coupons[coupon.key] = {coupon, true};
}
inline void add_changed(Changes& changes, const Coupon& coupon) {
  changes.coupons[coupon.key] = {coupon, false};
}

// Issues the campaign's next coupon as the ledger does: the row and the tally together.
inline void issue_next(Changes& changes, const Coupon& coupon) {
  add_new(changes, coupon);
  changes.tallies[coupon.key.campaign].issued += 1;
  changes.tallies[coupon.key.campaign].next_serial += 1;
}

// Campaigns 1 and 2 with a thousand codes each of one format.
inline Changes sample_definitions() {
  Changes changes;
  changes.formats.push_back({.id = 1, .shape = "########", .key = {1, 2, 3, 4}});
  changes.campaigns = {sample_campaign(1), sample_campaign(2)};
  changes.batches = {sample_batch(1, 1, 0), sample_batch(2, 2, 1'000)};
  return changes;
}

inline std::unique_ptr<Store> open_shop(const std::string& path, const SqliteOptions& options = {}) {
  auto store = open_store(path, options);
  store_changes(*store, sample_definitions());
  return store;
}

// ---- rows as text, for comparing and for a failed test's message ------------------------------

template <class T>
std::string describe(const std::optional<T>& value) {
  std::ostringstream out;
  if (value) {
    out << *value;
  } else {
    out << "-";
  }
  return out.str();
}

inline std::string describe(const Coupon& coupon) {
  std::ostringstream out;
  out << coupon.key.campaign << "/" << coupon.key.serial << " " << name(coupon.state)
      << " user=" << describe(coupon.user_id) << " subject=" << describe(coupon.subject)
      << " issued=" << coupon.issued_at << " expires=" << describe(coupon.expires_at)
      << " redeemed=" << describe(coupon.redeemed_at) << " discount=";
  if (coupon.discount) out << coupon.discount->amount << coupon.discount->currency;
  out << " order=" << describe(coupon.order_id) << " decision=" << coupon.decision << " code=" << coupon.imported_code
      << " created=" << coupon.created_at;
  return out.str();
}

inline std::string describe(const Campaign& campaign) {
  std::ostringstream out;
  out << campaign.number << " v" << campaign.version << " " << campaign.id << " " << campaign.name << " "
      << campaign.policy << " " << campaign.params << " total=" << describe(campaign.total) << " " << campaign.pattern
      << " " << name(campaign.alphabet) << " format=" << campaign.format << " " << describe(campaign.starts_at) << ".."
      << describe(campaign.ends_at) << " " << campaign.timezone << " " << campaign.metadata << " "
      << name(campaign.status) << " " << campaign.created_at;
  return out.str();
}

inline std::string describe(const CampaignTally& tally) {
  std::ostringstream out;
  out << "issued=" << tally.issued << " redeemed=" << tally.redeemed << " next=" << tally.next_serial
      << " by_hand=" << tally.by_hand << " pooled=" << tally.pooled;
  return out.str();
}

inline std::string describe(const DecisionRow& row) {
  std::ostringstream out;
  out << row.id << " at=" << row.at << " " << row.campaign << "/" << describe(row.serial)
      << " user=" << describe(row.user_id) << " revision=" << row.revision << " code=" << row.code << " " << row.record;
  return out.str();
}

inline std::string describe(const User& user) {
  return user.login + " " + user.password_hash + " " + std::string(name(user.role)) + " " +
         std::to_string(user.created_at);
}

template <class T>
std::vector<std::string> describe_all(const std::vector<T>& rows) {
  std::vector<std::string> texts;
  for (const T& row : rows) texts.push_back(describe(row));
  return texts;
}

// "campaign/serial" of each.
inline std::vector<std::string> keys_of(const std::vector<Coupon>& coupons) {
  std::vector<std::string> keys;
  for (const Coupon& coupon : coupons) {
    keys.push_back(std::to_string(coupon.key.campaign) + "/" + std::to_string(coupon.key.serial));
  }
  return keys;
}

}  // namespace scrip
