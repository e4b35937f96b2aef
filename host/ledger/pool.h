// A campaign's coupons in the order of their serials: the rows of those that were given, and
// between and after them the computed ones that nobody holds, which have no rows. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coupon/campaign.h"
#include "coupon/code_book.h"
#include "db/store.h"

namespace scrip {

// `stored`: those that were given out or imported, without the computed ones that nobody holds.
enum class CouponFilter : std::uint8_t { all, stored, available, issued, redeemed, expired };

// The filter of ?state=; nullopt for a text that is none of the coupons' states.
std::optional<CouponFilter> parse_coupon_filter(std::string_view state);

struct PoolPage {
  std::vector<std::pair<Coupon, std::string>> coupons;  // with their codes
  std::optional<std::int64_t> next;                     // the serial to go on from; nullopt: that was all
};

// At most `limit` coupons with from <= serial. A page may be shorter, even empty, and yet have a
// `next`: a filter that few rows pass is answered in steps of bounded work.
Result<PoolPage> list_pool(Reader& reader, const CodeBook& book, const Campaign& campaign, CouponFilter filter,
                           std::int64_t from, int limit, Micros now);

// The imported ones alone, in the order in which they were imported: serials below `before`, going
// down. `next` is the next `before`.
Result<PoolPage> list_imported(Reader& reader, const Campaign& campaign, CouponFilter filter, std::int64_t before,
                               int limit, Micros now);

// The code of a coupon, computed or imported.
std::string code_of(const CodeBook& book, const Coupon& coupon);

}  // namespace scrip
