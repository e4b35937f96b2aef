#include "db/sqlite/decision_lists.h"

#include <algorithm>
#include <limits>
#include <span>

#include "db/sqlite/decision_blocks.h"
#include "db/sqlite/decision_order.h"
#include "db/sqlite/rows.h"

namespace scrip::sqlite {
namespace {

// What a page looks at, at most: decisions, where a block counts as some however few are in it.
constexpr std::int64_t looked_at = 65'536;
constexpr std::int64_t least_of_block = 16;

bool passes(const DecisionView& row, const Reader::DecisionFilter& filter) {
  return (!filter.campaign || row.campaign == *filter.campaign) &&
         (!filter.coupon || (row.campaign == filter.coupon->campaign && row.serial == filter.coupon->serial)) &&
         (!filter.user_id || row.user_id == std::string_view(*filter.user_id)) &&
         (!filter.code || row.code == *filter.code) && (!filter.revision || row.revision == *filter.revision) &&
         (!filter.since || row.at >= *filter.since) && (!filter.until || row.at < *filter.until) &&
         (!filter.matches || filter.matches(row.record));
}

// Gathers the newest that pass, and one more to know whether a page follows.
class Gathering {
 public:
  // Ids between `after` and `before`.
  Gathering(const Reader::DecisionFilter& filter, std::int64_t after, std::int64_t before, int limit)
      : filter_(filter), after_(after), before_(before), limit_(static_cast<std::size_t>(std::max(limit, 0))) {}

  std::int64_t after() const { return after_; }
  std::int64_t before() const { return before_; }
  bool is_over() const { return rows_.size() > limit_ || left_ <= 0; }

  void count_block(const Block& block) {
    left_ -= std::max(least_of_block, static_cast<std::int64_t>(block.rows.size()));
  }
  // In descending order of ids.
  void offer(const DecisionView& row) {
    if (row.id >= before_ || row.id <= after_ || rows_.size() > limit_) return;
    last_ = row.id;
    if (passes(row, filter_)) rows_.push_back(row.row());
  }
  void offer(const Block& block) {
    count_block(block);
    std::for_each(block.rows.rbegin(), block.rows.rend(), [this](const DecisionView& row) { offer(row); });
  }

  // There is no such row.
  void pass_over(std::int64_t id) { last_ = id; }

  // `ended`: everything was offered.
  Reader::DecisionPage take(bool ended) {
    Reader::DecisionPage page;
    if (rows_.size() > limit_) {
      rows_.resize(limit_);
      page.next = rows_.empty() ? before_ : rows_.back().id;
    } else if (!ended) {
      page.next = last_;
    }
    page.rows = std::move(rows_);
    return page;
  }

 private:
  const Reader::DecisionFilter& filter_;
  const std::int64_t after_;
  const std::int64_t before_;
  const std::size_t limit_;
  std::int64_t left_ = looked_at;
  std::int64_t last_ = 0;  // passed by
  std::vector<DecisionRow> rows_;
};

Result<Reader::DecisionPage> offer_blocks(Statement& blocks, Gathering& gathering) {
  Block block;
  bool ended = true;
  while (blocks.next()) {
    if (gathering.is_over()) {
      ended = false;
      break;
    }
    read_block(blocks, block);
    gathering.offer(block);
  }
  if (auto done = blocks.end(); !done) return done.error();
  return gathering.take(ended);
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
  const auto& coupon = filter.coupon;
  // The coupon's are fewer.
  auto postings = coupon ? lookup.find(Index::decided_on, lookup.hash().of_coupon(coupon->campaign, coupon->serial))
                         : lookup.find(Index::decided_for, lookup.hash().of_user(*filter.user_id));
  if (!postings) return postings.error();
  std::vector<std::int64_t> ids;
  for (const Posting& posting : *postings) ids.push_back(posting.second);
  std::vector<CouponKey> coupons;
  if (coupon) {
    coupons.push_back(*coupon);
  } else {
    auto held = lookup.find(Index::holder, lookup.hash().of_user(*filter.user_id));
    if (!held) return held.error();
    for (const Posting& posting : *held) coupons.push_back({posting.first, posting.second});
  }
  if (auto named = add_named(db, coupons, ids); !named) return named.error();
  return ids;
}

Result<Reader::DecisionPage> offer_each(Connection& db, std::vector<std::int64_t> ids, Gathering& gathering) {
  // Others were dropped; their postings, and the coupons that name them, may still be there.
  std::erase_if(ids, [&](std::int64_t id) { return id <= gathering.after() || id >= gathering.before(); });
  std::sort(ids.begin(), ids.end(), std::greater<>());
  Block block;
  for (const std::int64_t id : ids) {
    if (gathering.is_over()) return gathering.take(false);
    if (!block.holds(id)) {
      if (auto found = find_block(db, id, block); !found) return found.error();
      gathering.count_block(block);
    }
    if (block.holds(id)) {
      gathering.offer(block.row(id));
    } else {
      gathering.pass_over(id);
    }
  }
  return gathering.take(true);
}

}  // namespace

Result<std::optional<DecisionRow>> find_decision(Connection& db, std::int64_t id) {
  Block block;
  if (auto found = find_block(db, id, block); !found) return found.error();
  return block.holds(id) ? std::optional(block.row(id).row()) : std::nullopt;
}

Result<Reader::DecisionPage> list_decisions(Connection& db, Lookup& lookup, const Reader::DecisionFilter& filter,
                                            std::int64_t before, int limit) {
  if (before <= 0) before = std::numeric_limits<std::int64_t>::max();
  const auto first = first_decision(db);
  if (!first) return first.error();
  std::int64_t after = *first - 1;
  if (filter.since) {
    const auto earlier = find_decision_before(db, *filter.since);
    if (!earlier) return earlier.error();
    after = std::max(after, *earlier);
  }
  if (filter.until) {
    const auto last = find_last_decision_before(db, *filter.until);
    if (!last) return last.error();
    before = std::min(before, *last + 1);
  }
  Gathering gathering(filter, after, before, limit);
  if (filter.coupon || filter.user_id) {
    auto ids = find_ids(db, lookup, filter);
    if (!ids) return ids.error();
    return offer_each(db, std::move(*ids), gathering);
  }
  // The first block may begin before the range.
#define SCRIP_FIRST_BLOCK "coalesce((SELECT max(first_id) FROM decision_block WHERE first_id <= ?1 + 1), 0)"
  if (filter.campaign) {
    Statement blocks(db,
                     "SELECT b.first_id, b.count, b.decisions FROM decision_block_campaign c"
                     " CROSS JOIN decision_block b ON b.first_id = c.first_id"
                     " WHERE c.campaign = ?3 AND c.first_id < ?2 AND c.first_id >= " SCRIP_FIRST_BLOCK
                     " ORDER BY c.first_id DESC");
    return offer_blocks(blocks.bind(after, before, *filter.campaign), gathering);
  }
  Statement blocks(db, "SELECT " SCRIP_BLOCK_COLUMNS
                       " FROM decision_block WHERE first_id < ?2 AND first_id >= " SCRIP_FIRST_BLOCK
                       " ORDER BY first_id DESC");
  return offer_blocks(blocks.bind(after, before), gathering);
}

Result<std::vector<DecisionRow>> list_decisions_between(Connection& db, std::int64_t after, std::int64_t last,
                                                        std::optional<std::int64_t> campaign) {
  std::vector<DecisionRow> rows;
  Block block;
  const auto take = [&](Statement& blocks) -> Result<void> {
    while (blocks.next()) {
      read_block(blocks, block);
      for (const DecisionView& row : block.rows) {
        if (row.id > after && row.id <= last && (!campaign || row.campaign == *campaign)) rows.push_back(row.row());
      }
    }
    return blocks.end();
  };
  if (campaign) {
    Statement blocks(db,
                     "SELECT b.first_id, b.count, b.decisions FROM decision_block_campaign c"
                     " CROSS JOIN decision_block b ON b.first_id = c.first_id"
                     " WHERE c.campaign = ?3 AND c.first_id <= ?2 AND c.first_id >= " SCRIP_FIRST_BLOCK
                     " ORDER BY c.first_id");
    if (auto taken = take(blocks.bind(after, last, *campaign)); !taken) return taken.error();
  } else {
    Statement blocks(db, "SELECT " SCRIP_BLOCK_COLUMNS
                         " FROM decision_block WHERE first_id <= ?2 AND first_id >= " SCRIP_FIRST_BLOCK
                         " ORDER BY first_id");
    if (auto taken = take(blocks.bind(after, last)); !taken) return taken.error();
  }
  return rows;
}

}  // namespace scrip::sqlite
