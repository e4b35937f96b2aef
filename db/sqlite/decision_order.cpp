#include "db/sqlite/decision_order.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "db/sqlite/decision_blocks.h"

namespace scrip::sqlite {
namespace {

// The decisions that are kept: first <= id <= last, in the order of time from `ordered` on; all before that
// are at `latest_before` or earlier. first is 0 when there are none.
struct Order {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t ordered = 0;
  Micros latest_before = 0;

  bool has_turn() const { return ordered > first; }
};

Result<Order> read_order(Connection& db) {
  const auto first = first_decision(db);
  if (!first) return first.error();
  const auto last = last_decision(db);
  if (!last) return last.error();
  const auto turn = db.integer("SELECT value FROM setting WHERE name = 'decision_turn'");
  if (!turn) return turn.error();
  const auto latest = db.integer("SELECT value FROM setting WHERE name = 'latest_before_decision_turn'");
  if (!latest) return latest.error();
  return Order{.first = *first, .last = *last, .ordered = std::max(*first, *turn), .latest_before = *latest};
}

// The instant of the newest decision that is kept. A damaged block must not end the claims: then, as when
// there is none, nothing is known.
Result<std::optional<Micros>> newest_instant(Connection& db) {
  Block block;
  if (auto found = find_block(db, std::numeric_limits<std::int64_t>::max(), block); !found) {
    if (found.error().code == Code::internal) return std::optional<Micros>();
    return found.error();
  }
  return block.rows.empty() ? std::nullopt : std::optional(block.rows.back().at);
}

Result<void> put_setting(Connection& db, const char* name, std::int64_t value) {
  Statement put(db,
                "INSERT INTO setting (name, value) VALUES (?1, ?2)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
  return put.bind(name, value).run();
}

// The id before the first of those in order that is at this instant or later; the last one's when there is none.
Result<std::int64_t> halve(Connection& db, const Order& order, Micros at) {
  std::int64_t first = order.ordered;
  std::int64_t last = order.last;
  std::int64_t before = first - 1;  // all from `ordered` up to here are earlier
  Block block;
  while (first <= last) {
    const std::int64_t middle = first + (last - first) / 2;
    if (auto found = find_block(db, middle, block); !found) return found.error();
    if (block.rows.empty()) return {Code::internal, "a block of decisions is missing"};
    // A turn may lie within a block.
    const auto begin = std::find_if(block.rows.begin(), block.rows.end(),
                                    [&](const DecisionView& row) { return row.id >= order.ordered; });
    if (begin == block.rows.end()) return {Code::internal, "a block of decisions is missing"};
    if (begin->at >= at) {
      last = begin->id - 1;
      continue;
    }
    const auto later = std::find_if(begin, block.rows.end(), [at](const DecisionView& row) { return row.at >= at; });
    if (later != block.rows.end()) return later->id - 1;
    before = block.rows.back().id;
    first = before + 1;
  }
  return before;
}

}  // namespace

Result<std::optional<Micros>> NewestDecision::at(Connection& db) {
  if (known_) return at_;
  auto found = newest_instant(db);
  if (found) {
    known_ = true;
    at_ = *found;
  }
  return found;
}

Result<void> note_turns(Connection& db, NewestDecision& newest, const std::vector<DecisionRow>& decisions) {
  if (decisions.empty()) return {};
  const auto stored = newest.at(db);
  if (!stored) return stored.error();
  newest.is(decisions.back().at);
  std::int64_t turn = 0;
  Micros latest = 0;
  Micros before = stored->value_or(decisions.front().at);
  for (const DecisionRow& row : decisions) {
    if (row.at < before) {
      turn = row.id;
      latest = std::max(latest, before);
    }
    before = row.at;
  }
  if (turn == 0) return {};
  const auto known = db.integer("SELECT value FROM setting WHERE name = 'latest_before_decision_turn'");
  if (!known) return known.error();
  if (auto put = put_setting(db, "decision_turn", turn); !put) return put;
  return put_setting(db, "latest_before_decision_turn", std::max(*known, latest));
}

Result<std::int64_t> find_decision_before(Connection& db, Micros at) {
  const auto order = read_order(db);
  if (!order) return order.error();
  if (order->first == 0) return order->last;
  if (order->has_turn() && at <= order->latest_before) return order->first - 1;
  return halve(db, *order, at);
}

Result<std::int64_t> find_last_decision_before(Connection& db, Micros at) {
  const auto order = read_order(db);
  if (!order) return order.error();
  if (order->first == 0) return order->last;
  return halve(db, *order, at);
}

}  // namespace scrip::sqlite
