#include "ledger/pool.h"

#include <algorithm>

namespace scrip {
namespace {

constexpr int rows_at_once = 1'000;
constexpr int most_rows = 3'000;  // looked at for one page, so that none takes long

bool passes(const Coupon& coupon, CouponFilter filter, Micros now) {
  switch (filter) {
    case CouponFilter::all:
    case CouponFilter::stored:
      return true;
    case CouponFilter::available:
      return coupon.state == CouponState::available;
    case CouponFilter::issued:
      return coupon.state == CouponState::issued && !coupon.expired_at(now);
    case CouponFilter::redeemed:
      return coupon.state == CouponState::redeemed;
    case CouponFilter::expired:
      return coupon.expired_at(now);
  }
  return false;
}

// Walks the serials of one campaign.
class Walk {
 public:
  Walk(const CodeBook& book, const Campaign& campaign, CouponFilter filter, std::int64_t from, int limit, Micros now)
      : book_(book),
        campaign_(campaign.number),
        filter_(filter),
        limit_(static_cast<std::size_t>(limit)),
        now_(now),
        at_(from) {}

  bool full() const { return page_.coupons.size() >= limit_; }
  std::int64_t at() const { return at_; }

  void row(const Coupon& coupon) {
    at_ = coupon.key.serial + 1;
    if (passes(coupon, filter_, now_)) page_.coupons.emplace_back(coupon, code_of(book_, coupon));
  }

  void skip_to(std::int64_t serial) { at_ = std::max(at_, serial); }

  // The computed coupons without a row from here to `end`.
  void unissued_until(std::int64_t end) {
    if (filter_ != CouponFilter::all && filter_ != CouponFilter::available) {
      at_ = std::max(at_, end);
      return;
    }
    for (; at_ < end && !full(); ++at_) {
      const CouponKey key{campaign_, at_};
      if (book_.owns(key)) page_.coupons.emplace_back(Coupon{.key = key}, book_.code(key));
    }
  }

  PoolPage finish(bool more) {
    if (more) page_.next = at_;
    return std::move(page_);
  }

 private:
  const CodeBook& book_;
  const std::int64_t campaign_;
  const CouponFilter filter_;
  const std::size_t limit_;
  const Micros now_;
  std::int64_t at_;
  PoolPage page_;
};

}  // namespace

std::optional<CouponFilter> parse_coupon_filter(std::string_view state) {
  if (state == "available") return CouponFilter::available;
  if (state == "issued") return CouponFilter::issued;
  if (state == "redeemed") return CouponFilter::redeemed;
  if (state == "expired") return CouponFilter::expired;
  return std::nullopt;
}

std::string code_of(const CodeBook& book, const Coupon& coupon) {
  return coupon.key.serial < 0 ? coupon.imported_code : book.code(coupon.key);
}

Result<PoolPage> list_imported(Reader& reader, const Campaign& campaign, CouponFilter filter, std::int64_t before,
                               int limit, Micros now) {
  auto rows = reader.imported_coupons(campaign.number, before, limit);
  if (!rows) return rows.error();
  PoolPage page;
  if (std::ssize(*rows) == limit) page.next = rows->back().key.serial;
  for (Coupon& row : *rows) {
    if (!passes(row, filter, now)) continue;
    std::string code = row.imported_code;
    page.coupons.emplace_back(std::move(row), std::move(code));
  }
  return page;
}

Result<PoolPage> list_pool(Reader& reader, const CodeBook& book, const Campaign& campaign, CouponFilter filter,
                           std::int64_t from, int limit, Micros now) {
  auto tally = reader.tally(campaign.number);
  if (!tally) return tally.error();
  if (filter == CouponFilter::redeemed && tally->redeemed == 0) return PoolPage{};
  // Codes that the total does not let out any more are not on offer.
  std::int64_t end = book.serials(campaign.number);
  if (const auto remaining = tally->remaining(campaign)) {
    const std::int64_t computed = std::max<std::int64_t>(0, *remaining - tally->pooled);
    end = std::min(end, tally->next_serial + tally->by_hand + computed);
  }
  // Below next_serial every coupon has a row; what has none there is a gap.
  const std::int64_t first_free = tally->next_serial;

  Walk walk(book, campaign, filter, from, limit, now);
  const bool only_free = filter == CouponFilter::available && tally->pooled == 0;
  std::int64_t read_from = only_free ? std::max(from, first_free) : from;
  for (int looked_at = 0;; looked_at += rows_at_once) {
    auto rows = reader.coupons(campaign.number, read_from, rows_at_once);
    if (!rows) return rows.error();
    for (const Coupon& row : *rows) {
      // Given after this book was read: the next call's book has it.
      if (row.key.serial >= book.serials(campaign.number)) return walk.finish(false);
      if (row.key.serial > first_free) {
        walk.skip_to(first_free);
        walk.unissued_until(std::min(row.key.serial, end));
      }
      if (walk.full()) return walk.finish(true);
      walk.row(row);
      if (walk.full()) return walk.finish(true);
    }
    if (rows->size() < static_cast<std::size_t>(rows_at_once)) break;
    read_from = rows->back().key.serial + 1;
    if (looked_at + rows_at_once >= most_rows) return walk.finish(true);
  }
  walk.skip_to(first_free);
  walk.unissued_until(end);
  return walk.finish(walk.at() < end && walk.full());
}

}  // namespace scrip
