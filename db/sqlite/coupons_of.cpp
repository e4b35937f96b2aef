// A user's coupons over all campaigns, latest expiry first. The index that counts what a user holds
// of a campaign has them in this order for each campaign; this merges the campaigns. An index in
// the list's own order would make every claim dirty one more page at random.
#include <algorithm>
#include <set>

#include "db/sqlite/listings.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

struct LatestFirst {
  bool operator()(const Coupon& a, const Coupon& b) const {
    const auto left = by_expiry(a);
    const auto right = by_expiry(b);
    if (left.expires_at != right.expires_at) return left.expires_at > right.expires_at;
    return left.key < right.key;
  }
};

// The best `limit` coupons seen so far.
class Page {
 public:
  explicit Page(int limit) : limit_(static_cast<std::size_t>(std::max(limit, 0))) {}

  // False when the coupon is beyond the page, and with it all that its campaign would still offer.
  bool offer(Coupon coupon) {
    if (best_.size() == limit_ && (best_.empty() || !LatestFirst()(coupon, *best_.rbegin()))) return false;
    best_.insert(std::move(coupon));
    if (best_.size() > limit_) best_.erase(std::prev(best_.end()));
    return true;
  }

  std::vector<Coupon> take() {
    std::vector<Coupon> coupons;
    coupons.reserve(best_.size());
    while (!best_.empty()) coupons.push_back(std::move(best_.extract(best_.begin()).value()));
    return coupons;
  }

 private:
  std::size_t limit_;
  std::set<Coupon, LatestFirst> best_;
};

// Returns whether the page took every coupon it was offered.
Result<bool> offer_all(Statement& query, Page& page) {
  bool taken = true;
  while (taken && query.next()) {
    Coupon coupon;
    read(query, coupon);
    taken = page.offer(std::move(coupon));
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return taken;
}

// Offers the user's coupons of one campaign that come after the cursor.
Result<void> offer_campaign(Connection& db, const std::string& user_id, std::int64_t campaign,
                            const Reader::ByExpiry& after, int limit, Page& page) {
  if (campaign == after.key.campaign) {
    // SQLite would rather go through the campaign from that serial on; it does not know how many
    // others hold coupons of it.
    Statement same_expiry(
        db, "SELECT " SCRIP_COUPON_COLUMNS
            " FROM coupon INDEXED BY coupon_by_user WHERE user_id = ?1 AND campaign = ?2 AND " SCRIP_EXPIRY
            " = ?3 AND serial > ?4 ORDER BY serial LIMIT ?5");
    const auto taken = offer_all(same_expiry.bind(user_id, campaign, after.expires_at, after.key.serial, limit), page);
    if (!taken) return taken.error();
    if (!*taken) return {};
  }
  // Of equal expiries, a later campaign's come after the cursor and an earlier one's before it.
  const Micros below = campaign > after.key.campaign ? after.expires_at + 1 : after.expires_at;
  Statement later(db, "SELECT " SCRIP_COUPON_COLUMNS
                      " FROM coupon INDEXED BY coupon_by_user WHERE user_id = ?1 AND campaign = ?2 AND " SCRIP_EXPIRY
                      " < ?3 ORDER BY " SCRIP_EXPIRY " DESC, serial LIMIT ?4");
  const auto taken = offer_all(later.bind(user_id, campaign, below, limit), page);
  if (!taken) return taken.error();
  return {};
}

}  // namespace

Result<std::vector<Coupon>> list_coupons_of(Connection& db, const std::string& user_id,
                                            const std::optional<Reader::ByExpiry>& after, int limit) {
  const Reader::ByExpiry start = after.value_or(Reader::ByExpiry{.expires_at = never, .key = {0, 0}});
  Page page(limit);
  std::int64_t campaign = 0;  // campaigns are numbered from 1
  for (;;) {
    std::optional<std::int64_t> next;
    Statement following(
        db, "SELECT min(campaign) FROM coupon INDEXED BY coupon_by_user WHERE user_id = ?1 AND campaign > ?2");
    following.bind(user_id, campaign);
    if (following.next()) following.read(next);
    if (auto ended = following.end(); !ended) return ended.error();
    if (!next) return page.take();
    campaign = *next;
    if (auto offered = offer_campaign(db, user_id, campaign, start, limit, page); !offered) return offered.error();
  }
}

}  // namespace scrip::sqlite
