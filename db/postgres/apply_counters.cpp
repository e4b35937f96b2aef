#include <limits>
#include <map>
#include <set>

#include "coupon/counter_day.h"
#include "db/forgetting.h"
#include "db/postgres/apply.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

struct Difference {
  std::int64_t value = 0;
  std::int64_t unrecorded = 0;
  bool counted = false;  // else only what is not recorded of it changes
};

// By key, so that batches lock the rows in the same order.
using Differences = std::map<std::pair<std::int64_t, std::string_view>, Difference>;

Differences differences_of(const Changes& changes) {
  Differences by;
  for (const auto& [key, value] : changes.counters) {
    if (value == 0) continue;
    Difference& difference = by[{key.campaign, key.name}];
    difference.value = value;
    difference.counted = true;
  }
  for (const auto& [key, value] : changes.unrecorded) {
    if (value != 0) by[{key.campaign, key.name}].unrecorded = value;
  }
  return by;
}

struct CounterRows {
  Numbers campaigns, values, unrecorded, were;
  Texts names;
  OptionalTexts last_days;

  void add(std::int64_t campaign, std::string_view name, const Difference& by) {
    campaigns.push_back(campaign);
    names.push_back(name);
    values.push_back(by.value);
    unrecorded.push_back(by.unrecorded);
    const std::string_view day = last_day_of(name);
    last_days.push_back(day.empty() ? std::nullopt : std::optional(day));
  }
};

#define SCRIP_PG_NEW_COUNTERS                                             \
  "INSERT INTO counter (campaign_id, name, value, unrecorded, last_day) " \
  "SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (campaign_id, name) "

void forget(Exchange& exchange, const std::string& before) {
  std::int64_t day = 0;
  for (const char c : before) {
    if (c >= '0' && c <= '9') day = day * 10 + (c - '0');
  }
  Params note;
  note.add(day);
  // Before the rows: who recounts has to know that they may be gone.
  exchange.ask("UPDATE setting SET value = $1 WHERE name = 'counters_over_before' AND value < $1", note);
  Params drop;
  drop.add(before).add(forgotten_at_once);
  exchange.ask_unprepared(
      "DELETE FROM counter WHERE (campaign_id, name) IN (SELECT campaign_id, name FROM counter WHERE last_day < $1"
      " ORDER BY last_day LIMIT $2 FOR UPDATE SKIP LOCKED)",
      drop);
}

// Counters that the batch has read and not changed: it may have decided by them.
Result<CounterRows> read_only(const Changes& changes, const BatchState& batch, Contended& contended) {
  std::map<std::pair<std::int64_t, std::string_view>, std::int64_t> read;
  for (const auto& [key, value] : batch.counters) {
    const auto changed = changes.counters.find(key);
    if (changed != changes.counters.end() && changed->second != 0) continue;
    const auto held = batch.held.find(key.campaign);
    if (held == batch.held.end() || held->second.alone) continue;
    const auto coupon = changes.coupons.lower_bound({key.campaign, std::numeric_limits<std::int64_t>::min()});
    if (coupon == changes.coupons.end() || coupon->first.campaign != key.campaign) continue;
    if (value) {
      read.emplace(std::pair(key.campaign, std::string_view(key.name)), *value);
    } else {
      // There is no row to lock.
      contended.insert(key.campaign);
    }
  }
  if (!contended.empty()) return Error{.code = Code::storage_conflict, .message = "a counter has to be read alone"};
  CounterRows rows;
  for (const auto& [key, value] : read) {
    rows.add(key.first, key.second, {});
    rows.were.push_back(value);
  }
  return rows;
}

void check_read(Exchange& exchange, const CounterRows& read, Contended& contended) {
  if (read.campaigns.empty()) return;
  Params params = columns(read.campaigns, read.names, read.were);
  exchange.ask(
      "SELECT c.campaign_id FROM unnest($1, $2, $3) AS n (campaign_id, name, value) JOIN counter c"
      " ON c.campaign_id = n.campaign_id AND c.name = n.name AND c.value = n.value"
      " ORDER BY c.campaign_id, c.name FOR SHARE OF c",
      params, expect_rows(read.campaigns, contended));
}

// Several statements follow, and each goes by the counters' order; that batches do not wait for each other in a circle,
// one locks the counters of all of them.
void lock_in_order(Exchange& exchange, const std::vector<const CounterRows*>& all) {
  std::size_t statements = 0;
  std::set<std::pair<std::int64_t, std::string_view>> keys;
  for (const CounterRows* rows : all) {
    statements += rows->campaigns.empty() ? 0 : 1;
    for (std::size_t i = 0; i < rows->campaigns.size(); ++i) keys.emplace(rows->campaigns[i], rows->names[i]);
  }
  if (statements < 2) return;
  Numbers campaigns;
  Texts names;
  for (const auto& [campaign, name] : keys) {
    campaigns.push_back(campaign);
    names.push_back(name);
  }
  exchange.ask(
      "SELECT c.campaign_id FROM unnest($1, $2) AS n (campaign_id, name) JOIN counter c"
      " ON c.campaign_id = n.campaign_id AND c.name = n.name ORDER BY c.campaign_id, c.name FOR UPDATE OF c",
      columns(campaigns, names));
}

}  // namespace

Result<void> apply_counters(Exchange& exchange, const Changes& changes, BatchState& batch, Contended& contended) {
  const auto read_alone = read_only(changes, batch, contended);
  if (!read_alone) return read_alone.error();
  const Differences differences = differences_of(changes);
  CounterRows fresh;     // had no row when the batch looked
  CounterRows known;     // had one
  CounterRows unasked;   // nobody has looked: nothing was decided by it
  CounterRows recorded;  // of what is there already, more or less has no decision
  for (const auto& [key, by] : differences) {
    const auto read = batch.counters.find({key.first, std::string(key.second)});
    if (!by.counted) {
      recorded.add(key.first, key.second, by);
    } else if (read == batch.counters.end()) {
      unasked.add(key.first, key.second, by);
    } else if (!read->second) {
      fresh.add(key.first, key.second, by);
    } else {
      known.add(key.first, key.second, by);
      known.were.push_back(*read->second);
    }
  }
  lock_in_order(exchange, {&*read_alone, &known, &unasked, &recorded});
  check_read(exchange, *read_alone, contended);
  if (!fresh.campaigns.empty()) {
    Params params = columns(fresh.campaigns, fresh.names, fresh.values, fresh.unrecorded, fresh.last_days);
    exchange.ask(SCRIP_PG_NEW_COUNTERS "DO NOTHING RETURNING campaign_id", params,
                 expect_rows(fresh.campaigns, contended));
  }
  if (!known.campaigns.empty()) {
    Params params = columns(known.campaigns, known.names, known.values, known.unrecorded, known.were);
    exchange.ask(
        "UPDATE counter AS c SET value = c.value + n.value, unrecorded = c.unrecorded + n.unrecorded"
        " FROM unnest($1, $2, $3, $4, $5) AS n (campaign_id, name, value, unrecorded, was)"
        " WHERE c.campaign_id = n.campaign_id AND c.name = n.name AND c.value = n.was RETURNING c.campaign_id",
        params, expect_rows(known.campaigns, contended));
  }
  if (!unasked.campaigns.empty()) {
    Params params = columns(unasked.campaigns, unasked.names, unasked.values, unasked.unrecorded, unasked.last_days);
    exchange.ask(SCRIP_PG_NEW_COUNTERS
                 "DO UPDATE SET value = counter.value + excluded.value,"
                 " unrecorded = counter.unrecorded + excluded.unrecorded",
                 params);
  }
  // Decisions are dropped long after the counters of a day: those must not come back.
  if (!recorded.campaigns.empty()) {
    Params params = columns(recorded.campaigns, recorded.names, recorded.unrecorded);
    exchange.ask(
        "UPDATE counter AS c SET unrecorded = c.unrecorded + n.unrecorded"
        " FROM unnest($1, $2, $3) AS n (campaign_id, name, unrecorded)"
        " WHERE c.campaign_id = n.campaign_id AND c.name = n.name",
        params);
  }
  if (changes.forget_counters_before) forget(exchange, *changes.forget_counters_before);
  return {};
}

}  // namespace scrip::postgres
