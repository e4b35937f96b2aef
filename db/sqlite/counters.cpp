#include "db/sqlite/counters.h"

#include <vector>

#include "coupon/counter_day.h"
#include "db/forgetting.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// Six thousand a minute under load: a million users' counters of a day are gone within three hours.

// The condition of the index counter_last_day, word for word, or SQLite does not use it.
#define SCRIP_HAS_LAST_DAY "substr(name, -11) GLOB '@[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"

Result<void> add_to_counter(Connection& db, const CounterKey& key, std::int64_t by) {
  if (by == 0) return {};
  Statement put(db,
                "INSERT INTO counter (campaign, name, value) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (campaign, name) DO UPDATE SET value = value + ?3");
  return put.bind(key.campaign, key.name, by).run();
}

Result<void> add_unrecorded(Connection& db, const CounterKey& key, std::int64_t by) {
  if (by == 0) return {};
  Statement put(db,
                "INSERT INTO unrecorded_count (campaign, name, value) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (campaign, name) DO UPDATE SET value = value + ?3");
  return put.bind(key.campaign, key.name, by).run();
}

// "2026-11-22" as 20261122.
std::int64_t day_number(std::string_view day) {
  std::int64_t number = 0;
  for (const char c : day) {
    if (c >= '0' && c <= '9') number = number * 10 + (c - '0');
  }
  return number;
}

Result<void> forget_counters(Connection& db, const std::string& before) {
  {
    // Before the rows: who recounts has to know that they may be gone.
    Statement note(db, "UPDATE setting SET value = ?1 WHERE name = 'counters_over_before' AND value < ?1");
    if (auto noted = note.bind(day_number(before)).run(); !noted) return noted;
  }
  // One by one: of a row value in a list SQLite takes only the first column to search by.
  std::vector<CounterKey> over;
  Statement query(db, "SELECT campaign, name FROM counter INDEXED BY counter_last_day WHERE " SCRIP_HAS_LAST_DAY
                      " AND substr(name, -10) < ?1 ORDER BY substr(name, -10) LIMIT ?2");
  query.bind(before, forgotten_at_once);
  while (query.next()) {
    CounterKey& key = over.emplace_back();
    query.read(key.campaign, key.name);
  }
  if (auto ended = query.end(); !ended) return ended;
  for (const CounterKey& key : over) {
    Statement drop(db, "DELETE FROM counter WHERE campaign = ?1 AND name = ?2");
    if (auto dropped = drop.bind(key.campaign, key.name).run(); !dropped) return dropped;
    Statement forget(db, "DELETE FROM unrecorded_count WHERE campaign = ?1 AND name = ?2");
    if (auto dropped = forget.bind(key.campaign, key.name).run(); !dropped) return dropped;
  }
  return {};
}

}  // namespace

Result<void> apply_counters(Connection& db, const Changes& changes) {
  for (const auto& [key, by] : changes.counters) {
    if (auto added = add_to_counter(db, key, by); !added) return added;
  }
  return changes.forget_counters_before ? forget_counters(db, *changes.forget_counters_before) : Result<void>();
}

Result<void> apply_unrecorded(Connection& db, const Changes& changes) {
  if (changes.unrecorded.empty()) return {};
  const auto over = counters_over_before(db);
  if (!over) return over.error();
  for (const auto& [key, by] : changes.unrecorded) {
    // Decisions are dropped long after the counters of a day: these would come back and stay for good.
    const std::string_view last_day = last_day_of(key.name);
    if (!last_day.empty() && last_day < *over) continue;
    if (auto added = add_unrecorded(db, key, by); !added) return added;
  }
  return {};
}

Result<std::string> counters_over_before(Connection& db) {
  const auto number = db.integer("SELECT value FROM setting WHERE name = 'counters_over_before'");
  if (!number) return number.error();
  if (*number == 0) return std::string();
  const std::string digits = std::to_string(*number + 100'000'000);  // 1YYYYMMDD
  return digits.substr(1, 4) + '-' + digits.substr(5, 2) + '-' + digits.substr(7, 2);
}

}  // namespace scrip::sqlite
