#include "db/sqlite/decisions.h"

#include <algorithm>
#include <limits>
#include <set>
#include <span>

#include "db/sqlite/decision_codec.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// One decision is found by reading its block.
constexpr std::size_t decisions_per_block = 256;

using Block = std::vector<DecisionRow>;

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

void read_block(Statement& row, Block& block) {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::string_view bytes;
  row.read(first, count, bytes);
  block.clear();
  if (!decode_decisions(first, bytes, block) || static_cast<std::int64_t>(block.size()) != count) {
    row.malformed("the decisions from " + std::to_string(first) + " on are damaged");
  }
}

bool passes(const DecisionRow& row, const Reader::DecisionFilter& filter) {
  return (!filter.user_id || row.user_id == filter.user_id) && (!filter.campaign || row.campaign == *filter.campaign) &&
         (!filter.coupon || (row.campaign == filter.coupon->campaign && row.serial == filter.coupon->serial));
}

// Gathers the newest that pass.
class Page {
 public:
  Page(const Reader::DecisionFilter& filter, std::int64_t before, int limit)
      : filter_(filter), before_(before), limit_(static_cast<std::size_t>(std::max(limit, 0))) {}

  bool full() const { return rows_.size() == limit_; }
  void offer(DecisionRow& row) {
    if (!full() && row.id < before_ && passes(row, filter_)) rows_.push_back(std::move(row));
  }
  void offer(Block& block) {
    std::for_each(block.rbegin(), block.rend(), [this](DecisionRow& row) { offer(row); });
  }
  std::vector<DecisionRow> take() { return std::move(rows_); }

 private:
  const Reader::DecisionFilter& filter_;
  const std::int64_t before_;
  const std::size_t limit_;
  std::vector<DecisionRow> rows_;
};

Result<void> offer_blocks(Statement& blocks, Page& page) {
  Block block;
  while (!page.full() && blocks.next()) {
    read_block(blocks, block);
    page.offer(block);
  }
  return blocks.end();
}

std::optional<CouponKey> coupon_of(const DecisionRow& row) {
  return row.serial ? std::optional(CouponKey{row.campaign, *row.serial}) : std::nullopt;
}

// What the rows of these coupons name.
Result<void> add_named(Connection& db, std::span<const CouponKey> coupons, std::vector<std::int64_t>& ids) {
  for (const CouponKey& key : coupons) {
    Statement query(db, "SELECT decision FROM coupon WHERE id = ?1 AND decision <> 0");
    query.bind(coupon_id(key));
    if (query.next()) query.read(ids.emplace_back());
    if (auto ended = query.end(); !ended) return ended;
  }
  return {};
}

// All that may be one of the filter's user or coupon.
Result<std::vector<std::int64_t>> find_ids(Connection& db, Lookup& lookup, const Reader::DecisionFilter& filter) {
  const auto& [user_id, campaign, coupon] = filter;
  // The coupon's are fewer.
  auto postings = coupon ? lookup.find(Index::decided_on, lookup.hash().of_coupon(coupon->campaign, coupon->serial))
                         : lookup.find(Index::decided_for, lookup.hash().of_user(*user_id));
  if (!postings) return postings.error();
  std::vector<std::int64_t> ids;
  for (const Posting& posting : *postings) ids.push_back(posting.second);
  std::vector<CouponKey> coupons;
  if (coupon) {
    coupons.push_back(*coupon);
  } else {
    auto held = lookup.find(Index::holder, lookup.hash().of_user(*user_id));
    if (!held) return held.error();
    for (const Posting& posting : *held) coupons.push_back({posting.first, posting.second});
  }
  if (auto named = add_named(db, coupons, ids); !named) return named.error();
  return ids;
}

Result<void> offer_each(Connection& db, std::vector<std::int64_t> ids, std::int64_t before, Page& page) {
  std::sort(ids.begin(), ids.end(), std::greater<>());
  Block block;
  for (const std::int64_t id : ids) {
    if (page.full()) break;
    if (id >= before) continue;
    if (block.empty() || id < block.front().id || id > block.back().id) {
      Statement query(db,
                      "SELECT first_id, count, decisions FROM decision_block WHERE first_id <= ?1"
                      " ORDER BY first_id DESC LIMIT 1");
      query.bind(id);
      block.clear();
      if (query.next()) read_block(query, block);
      if (auto ended = query.end(); !ended) return ended;
    }
    if (block.empty() || id < block.front().id || id > block.back().id) continue;  // dropped since
    page.offer(block[static_cast<std::size_t>(id - block.front().id)]);
  }
  return {};
}

}  // namespace

void post_decision(Indexes& indexes, const DecisionPlace& place) {
  const KeyHash& hash = indexes.hash();
  if (place.user_id) indexes.post(Index::decided_for, {hash.of_user(*place.user_id), 0, place.id});
  if (place.coupon) {
    indexes.post(Index::decided_on, {hash.of_coupon(place.coupon->campaign, place.coupon->serial), 0, place.id});
  }
}

Result<void> add_decisions(Connection& db, Indexes& indexes, const std::vector<DecisionRow>& decisions,
                           const std::unordered_set<std::int64_t>& named) {
  for (std::size_t i = 1; i < decisions.size(); ++i) {
    // A block knows the first id alone.
    if (decisions[i].id != decisions[i - 1].id + 1) return {Code::internal, "the decisions of a batch have gaps"};
  }
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

Result<std::int64_t> last_decision(Connection& db) {
  return db.integer(
      "SELECT first_id + count - 1 FROM decision_block"
      " WHERE first_id = (SELECT max(first_id) FROM decision_block)");
}

Result<std::vector<DecisionRow>> list_decisions(Connection& db, Lookup& lookup, const Reader::DecisionFilter& filter,
                                                std::int64_t before, int limit) {
  if (before == 0) before = std::numeric_limits<std::int64_t>::max();
  Page page(filter, before, limit);
  if (filter.coupon || filter.user_id) {
    auto ids = find_ids(db, lookup, filter);
    if (!ids) return ids.error();
    if (auto offered = offer_each(db, std::move(*ids), before, page); !offered) return offered.error();
    return page.take();
  }
  if (filter.campaign) {
    Statement blocks(db,
                     "SELECT b.first_id, b.count, b.decisions FROM decision_block_campaign c"
                     " CROSS JOIN decision_block b ON b.first_id = c.first_id"
                     " WHERE c.campaign = ?1 AND c.first_id < ?2 ORDER BY c.first_id DESC");
    if (auto offered = offer_blocks(blocks.bind(*filter.campaign, before), page); !offered) return offered.error();
    return page.take();
  }
  Statement blocks(db,
                   "SELECT first_id, count, decisions FROM decision_block WHERE first_id < ?1"
                   " ORDER BY first_id DESC");
  if (auto offered = offer_blocks(blocks.bind(before), page); !offered) return offered.error();
  return page.take();
}

Result<std::vector<DecisionRow>> list_decisions_between(Connection& db, std::int64_t after, std::int64_t last,
                                                        std::optional<std::int64_t> campaign) {
  std::vector<DecisionRow> rows;
  Block block;
  const auto take = [&](Statement& blocks) -> Result<void> {
    while (blocks.next()) {
      read_block(blocks, block);
      for (DecisionRow& row : block) {
        if (row.id > after && row.id <= last && (!campaign || row.campaign == *campaign))
          rows.push_back(std::move(row));
      }
    }
    return blocks.end();
  };
  // The first block may begin before the range.
  if (campaign) {
    Statement blocks(db,
                     "SELECT b.first_id, b.count, b.decisions FROM decision_block_campaign c"
                     " CROSS JOIN decision_block b ON b.first_id = c.first_id"
                     " WHERE c.campaign = ?1 AND c.first_id <= ?3 AND c.first_id >="
                     " coalesce((SELECT max(first_id) FROM decision_block WHERE first_id <= ?2 + 1), 0)"
                     " ORDER BY c.first_id");
    if (auto taken = take(blocks.bind(*campaign, after, last)); !taken) return taken.error();
  } else {
    Statement blocks(db,
                     "SELECT first_id, count, decisions FROM decision_block WHERE first_id <= ?2 AND first_id >="
                     " coalesce((SELECT max(first_id) FROM decision_block WHERE first_id <= ?1 + 1), 0)"
                     " ORDER BY first_id");
    if (auto taken = take(blocks.bind(after, last)); !taken) return taken.error();
  }
  return rows;
}

Result<std::int64_t> find_decision_before(Connection& db, Micros at) {
  // Ids grow with time, so the block is found by halving.
  const auto least =
      db.integer("SELECT first_id FROM decision_block WHERE first_id = (SELECT min(first_id) FROM decision_block)");
  if (!least) return least.error();
  const auto greatest =
      db.integer("SELECT first_id FROM decision_block WHERE first_id = (SELECT max(first_id) FROM decision_block)");
  if (!greatest) return greatest.error();
  if (*greatest == 0) return 0;
  std::int64_t first = *least;
  std::int64_t last = *greatest;
  std::int64_t before = first - 1;  // all up to here are earlier
  Block block;
  while (first <= last) {
    const std::int64_t middle = first + (last - first) / 2;
    Statement query(db,
                    "SELECT first_id, count, decisions FROM decision_block WHERE first_id <= ?1"
                    " ORDER BY first_id DESC LIMIT 1");
    query.bind(middle);
    block.clear();
    if (query.next()) read_block(query, block);
    if (auto ended = query.end(); !ended) return ended.error();
    if (block.empty()) return {Code::internal, "a block of decisions is missing"};
    if (block.front().at >= at) {
      last = block.front().id - 1;
      continue;
    }
    const auto later = std::find_if(block.begin(), block.end(), [at](const DecisionRow& row) { return row.at >= at; });
    if (later != block.end()) return later->id - 1;
    before = block.back().id;
    first = before + 1;
  }
  return before;
}

Result<void> each_decision(Connection& db, const std::function<void(const DecisionRow&)>& take) {
  Statement query(db, "SELECT first_id, count, decisions FROM decision_block ORDER BY first_id");
  Block block;
  while (query.next()) {
    read_block(query, block);
    for (const DecisionRow& row : block) take(row);
  }
  return query.end();
}

}  // namespace scrip::sqlite
