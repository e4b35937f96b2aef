#include "db/sqlite/decisions.h"

#include <algorithm>
#include <set>
#include <span>

#include "db/sqlite/decision_blocks.h"

namespace scrip::sqlite {
namespace {

// More than a batch of the usual size adds, so that dropping keeps up with what comes.
constexpr std::int64_t blocks_dropped_at_once = 8;

Result<void> add_block(Connection& db, std::span<const DecisionRow> rows) {
  const std::int64_t first = rows.front().id;
  {
    const std::string bytes = encode_decisions(rows);
    Statement insert(db, "INSERT INTO decision_block (first_id, count, decisions) VALUES (?1, ?2, ?3)");
    insert.bind(first, static_cast<std::int64_t>(rows.size()), Blob{bytes});
    if (auto inserted = insert.run(); !inserted) return inserted;
  }
  std::set<std::int64_t> campaigns;
  for (const DecisionRow& row : rows) campaigns.insert(row.campaign);
  for (const std::int64_t campaign : campaigns) {
    Statement insert(db, "INSERT INTO decision_block_campaign (campaign, first_id) VALUES (?1, ?2)");
    if (auto inserted = insert.bind(campaign, first).run(); !inserted) return inserted;
  }
  return {};
}

std::optional<CouponKey> coupon_of(const DecisionRow& row) {
  return row.serial ? std::optional(CouponKey{row.campaign, *row.serial}) : std::nullopt;
}

// nullopt: there are none.
Result<std::optional<Micros>> oldest_instant(Connection& db) {
  Statement query(db,
                  "SELECT decisions FROM decision_block WHERE first_id = (SELECT min(first_id) FROM decision_block)");
  std::optional<Micros> at;
  if (query.next()) {
    std::string_view bytes;
    query.read(bytes);
    at = first_instant(bytes);
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return at;
}

}  // namespace

void post_decision(Indexes& indexes, const DecisionPlace& place) {
  const KeyHash& hash = indexes.hash();
  if (place.user_id) indexes.post(Index::decided_for, {hash.of_user(*place.user_id), 0, place.id});
  if (place.coupon) {
    indexes.post(Index::decided_on, {hash.of_coupon(place.coupon->campaign, place.coupon->serial), 0, place.id});
  }
}

Result<void> add_decisions(Connection& db, Indexes& indexes, NewestDecision& newest,
                           const std::vector<DecisionRow>& decisions, const std::unordered_set<std::int64_t>& named) {
  for (std::size_t i = 1; i < decisions.size(); ++i) {
    // A block knows the first id alone.
    if (decisions[i].id != decisions[i - 1].id + 1) return {Code::internal, "the decisions of a batch have gaps"};
  }
  if (auto noted = note_turns(db, newest, decisions); !noted) return noted;
  std::span<const DecisionRow> left(decisions);
  while (!left.empty()) {
    const auto rows = left.first(std::min(left.size(), decisions_per_block));
    if (auto added = add_block(db, rows); !added) return added;
    left = left.subspan(rows.size());
  }
  for (const DecisionRow& row : decisions) {
    if (named.contains(row.id)) continue;
    post_decision(indexes, {.id = row.id, .coupon = coupon_of(row), .user_id = row.user_id});
  }
  return {};
}

Result<void> load_old_decisions(Connection& db, Micros before, Loaded::OldDecisions& old) {
  const auto oldest = oldest_instant(db);
  if (!oldest) return oldest.error();
  old.oldest = *oldest;
  if (!*oldest || **oldest >= before) return {};
  const auto unmarked = db.integer("SELECT value FROM setting WHERE name = 'last_unmarked_decision'");
  if (!unmarked) return unmarked.error();
  Statement blocks(db,
                   "SELECT " SCRIP_BLOCK_COLUMNS " FROM decision_block WHERE first_id > 0 ORDER BY first_id LIMIT ?1");
  blocks.bind(blocks_dropped_at_once);
  Block block;
  while (blocks.next()) {
    read_block(blocks, block);
    const bool is_old = std::all_of(block.rows.begin(), block.rows.end(),
                                    [before](const DecisionView& row) { return row.at < before; });
    if (!is_old || block.rows.empty()) break;
    old.last = block.rows.back().id;
    for (const DecisionView& row : block.rows) {
      if (row.counts || (row.id <= *unmarked && row.code.empty())) old.counting.push_back(row.row());
    }
  }
  auto ended = blocks.end();
  // A damaged block stays, and all after it; it must not end the claims.
  return !ended && ended.error().code == Code::internal ? Result<void>() : ended;
}

Result<void> drop_decisions(Connection& db, Indexes& indexes, std::int64_t last) {
  const auto oldest = first_decision(db);
  if (!oldest) return oldest.error();
  std::set<std::pair<std::int64_t, std::int64_t>> of_campaigns;  // campaign, first_id
  {
    Statement blocks(db, "SELECT " SCRIP_BLOCK_COLUMNS " FROM decision_block WHERE first_id <= ?1");
    blocks.bind(last);
    Block block;
    while (blocks.next()) {
      read_block(blocks, block);
      if (!block.rows.empty() && block.rows.back().id > last) {
        blocks.malformed("only whole blocks of decisions are dropped");
      }
      for (const DecisionView& row : block.rows) of_campaigns.emplace(row.campaign, block.rows.front().id);
    }
    if (auto ended = blocks.end(); !ended) return ended;
  }
  for (const auto& [campaign, first] : of_campaigns) {
    Statement drop(db, "DELETE FROM decision_block_campaign WHERE campaign = ?1 AND first_id = ?2");
    if (auto dropped = drop.bind(campaign, first).run(); !dropped) return dropped;
  }
  {
    Statement drop(db, "DELETE FROM decision_block WHERE first_id <= ?1");
    if (auto dropped = drop.bind(last).run(); !dropped) return dropped;
  }
  Statement note(db, "UPDATE setting SET value = ?1 WHERE name = 'last_dropped_decision' AND value < ?1");
  if (auto noted = note.bind(last).run(); !noted) return noted;
  // Those below what was the oldest until now: should the commit fail, none is missing.
  indexes.forget_below(Index::decided_for, *oldest);
  indexes.forget_below(Index::decided_on, *oldest);
  return {};
}

Result<void> each_decision(Connection& db, const std::function<void(const DecisionRow&)>& take) {
  Statement query(db, "SELECT " SCRIP_BLOCK_COLUMNS " FROM decision_block ORDER BY first_id");
  Block block;
  while (query.next()) {
    read_block(query, block);
    for (const DecisionView& row : block.rows) take(row.row());
  }
  return query.end();
}

}  // namespace scrip::sqlite
