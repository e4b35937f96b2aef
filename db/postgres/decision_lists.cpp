#include "db/postgres/decision_lists.h"

#include <algorithm>
#include <limits>

#include "db/postgres/columns.h"
#include "db/postgres/decision_order.h"
#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr std::int64_t highest_id = std::numeric_limits<std::int64_t>::max();

// What a page looks at, at most, and how many records at a time when only they say whether they pass.
constexpr int looked_at = 65'536;
constexpr int records_at_once = 1'000;

// The ways to walk: each has an index that ends with the id. A coupon's decisions are fewer than a user's, and
// those fewer than a campaign's.
enum class Walk { all, campaign, coupon, user };

Walk walk_of(const Reader::DecisionFilter& filter) {
  if (filter.coupon) return Walk::coupon;
  if (filter.user_id) return Walk::user;
  return filter.campaign ? Walk::campaign : Walk::all;
}

// $1 < id < $2, of campaign $3, serial $4 and user $5.
#define SCRIP_PG_BY_ALL "id > $1 AND id < $2"
#define SCRIP_PG_BY_CAMPAIGN "campaign_id = $3 AND id > $1 AND id < $2"
#define SCRIP_PG_BY_COUPON "campaign_id = $3 AND serial = $4 AND id > $1 AND id < $2"
#define SCRIP_PG_BY_USER "user_id = $5 AND id > $1 AND id < $2"

// The id of the last one that a page looks at.
#define SCRIP_PG_LAST_LOOKED_AT(by) "SELECT id FROM decision WHERE " by " ORDER BY id DESC LIMIT 1 OFFSET $6"

#define SCRIP_PG_DECISIONS(by)                                                                        \
  "SELECT " SCRIP_PG_DECISION " FROM decision WHERE " by                                              \
  " AND ($3 IS NULL OR campaign_id = $3) AND ($4 IS NULL OR serial = $4)"                             \
  " AND ($5 IS NULL OR user_id = $5) AND ($6 IS NULL OR code = $6) AND ($7 IS NULL OR revision = $7)" \
  " AND ($8 IS NULL OR at >= $8) AND ($9 IS NULL OR at < $9) ORDER BY id DESC LIMIT $10"

const char* last_looked_at(Walk walk) {
  if (walk == Walk::coupon) return SCRIP_PG_LAST_LOOKED_AT(SCRIP_PG_BY_COUPON);
  if (walk == Walk::user) return SCRIP_PG_LAST_LOOKED_AT(SCRIP_PG_BY_USER);
  if (walk == Walk::campaign) return SCRIP_PG_LAST_LOOKED_AT(SCRIP_PG_BY_CAMPAIGN);
  return SCRIP_PG_LAST_LOOKED_AT(SCRIP_PG_BY_ALL);
}

const char* decisions(Walk walk) {
  if (walk == Walk::coupon) return SCRIP_PG_DECISIONS(SCRIP_PG_BY_COUPON);
  if (walk == Walk::user) return SCRIP_PG_DECISIONS(SCRIP_PG_BY_USER);
  if (walk == Walk::campaign) return SCRIP_PG_DECISIONS(SCRIP_PG_BY_CAMPAIGN);
  return SCRIP_PG_DECISIONS(SCRIP_PG_BY_ALL);
}

// One page of one filter.
class Page {
 public:
  Page(Connection& db, const Reader::DecisionFilter& filter, int limit)
      : db_(db), filter_(filter), limit_(static_cast<std::size_t>(std::max(limit, 0))) {
    if (filter.coupon) {
      campaign_ = filter.coupon->campaign;
      serial_ = filter.coupon->serial;
    } else {
      campaign_ = filter.campaign;
    }
  }

  // after < id < before
  Result<Reader::DecisionPage> read(std::int64_t after, std::int64_t before) {
    // Two campaigns: no decision is of both.
    if (filter_.coupon && filter_.campaign && *filter_.campaign != filter_.coupon->campaign) {
      return Reader::DecisionPage();
    }
    const Result<std::optional<std::int64_t>> last =
        passes_all() ? std::optional<std::int64_t>() : find_last_looked_at(after, before);
    if (!last) return last.error();
    std::vector<DecisionRow> rows;
    if (auto gathered = gather(*last ? **last - 1 : after, before, rows); !gathered) return gathered.error();
    Reader::DecisionPage page;
    if (rows.size() > limit_) {
      rows.resize(limit_);
      page.next = rows.empty() ? before : rows.back().id;
    } else if (*last) {
      page.next = **last;
    }
    page.rows = std::move(rows);
    return page;
  }

 private:
  // Whether all that the walk comes by are asked for: then a page sees no more than it gives.
  bool passes_all() const {
    const Walk walk = walk_of(filter_);
    const bool other_key = (walk == Walk::coupon && filter_.user_id) || (walk == Walk::user && filter_.campaign);
    return !other_key && !filter_.code && !filter_.revision && !filter_.since && !filter_.until && !filter_.matches;
  }

  // nullopt: a page looks at all of them.
  Result<std::optional<std::int64_t>> find_last_looked_at(std::int64_t after, std::int64_t before) {
    auto rows = query(
        db_, last_looked_at(walk_of(filter_)),
        std::move(Params().add(after).add(before).add(campaign_).add(serial_).add(filter_.user_id).add(looked_at - 1)));
    if (!rows) return rows.error();
    return rows->integer();
  }

  // The newest that pass, and one more to know whether a page follows.
  Result<void> gather(std::int64_t after, std::int64_t before, std::vector<DecisionRow>& found) {
    const std::int64_t wanted = static_cast<std::int64_t>(limit_) + 1;
    const std::int64_t at_once = filter_.matches ? std::max<std::int64_t>(wanted, records_at_once) : wanted;
    for (;;) {
      auto rows = query(db_, decisions(walk_of(filter_)),
                        std::move(Params()
                                      .add(after)
                                      .add(before)
                                      .add(campaign_)
                                      .add(serial_)
                                      .add(filter_.user_id)
                                      .add(filter_.code)
                                      .add(filter_.revision)
                                      .add(filter_.since)
                                      .add(filter_.until)
                                      .add(at_once)));
      if (!rows) return rows.error();
      auto page = read_all<DecisionRow>(*rows);
      if (!page) return page.error();
      for (DecisionRow& row : *page) {
        before = row.id;
        if (!filter_.matches || filter_.matches(row.record)) found.push_back(std::move(row));
        if (found.size() > limit_) return {};
      }
      if (static_cast<std::int64_t>(page->size()) < at_once) return {};
    }
  }

  Connection& db_;
  const Reader::DecisionFilter& filter_;
  const std::size_t limit_;
  std::optional<std::int64_t> campaign_;
  std::optional<std::int64_t> serial_;
};

}  // namespace

Result<std::optional<DecisionRow>> find_decision(Connection& db, std::int64_t id) {
  auto rows = query(db, "SELECT " SCRIP_PG_DECISION " FROM decision WHERE id = $1", std::move(Params().add(id)));
  if (!rows) return rows.error();
  return read_one<DecisionRow>(*rows);
}

Result<Reader::DecisionPage> list_decisions(Connection& db, const Reader::DecisionFilter& filter, std::int64_t before,
                                            int limit) {
  if (before <= 0) before = highest_id;
  std::int64_t after = 0;
  if (filter.since) {
    const auto last = find_decision_before(db, *filter.since);
    if (!last) return last.error();
    after = *last;
  }
  if (filter.until) {
    const auto last = find_last_decision_before(db, *filter.until);
    if (!last) return last.error();
    before = std::min(before, *last + 1);
  }
  return Page(db, filter, limit).read(after, before);
}

Result<std::vector<DecisionRow>> list_decisions_between(Connection& db, std::int64_t after, std::int64_t last,
                                                        std::optional<std::int64_t> campaign) {
  auto rows = campaign ? query(db,
                               "SELECT " SCRIP_PG_DECISION
                               " FROM decision WHERE campaign_id = $3 AND id > $1 AND id <= $2 ORDER BY id",
                               std::move(Params().add(after).add(last).add(*campaign)))
                       : query(db, "SELECT " SCRIP_PG_DECISION " FROM decision WHERE id > $1 AND id <= $2 ORDER BY id",
                               std::move(Params().add(after).add(last)));
  if (!rows) return rows.error();
  return read_all<DecisionRow>(*rows);
}

}  // namespace scrip::postgres
