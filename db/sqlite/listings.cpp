#include "db/sqlite/listings.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "db/sqlite/holds.h"
#include "db/sqlite/lookups.h"
#include "db/sqlite/revisions.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/runs/stored_postings.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();

}  // namespace

Result<std::vector<Coupon>> list_coupons(Connection& db, std::int64_t campaign, std::int64_t from, int limit) {
  Statement query(db, "SELECT " SCRIP_COUPON_COLUMNS " FROM coupon WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3");
  const std::int64_t first = coupon_id({campaign, std::clamp(from, -max_serials, max_serials - 1)});
  return read_all<Coupon>(query.bind(first, CouponIds(campaign).end, limit));
}

Result<std::vector<Coupon>> list_imported_coupons(Connection& db, std::int64_t campaign, std::int64_t before,
                                                  int limit) {
  Statement query(db,
                  "SELECT " SCRIP_COUPON_COLUMNS " FROM coupon WHERE id >= ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3");
  const std::int64_t end = coupon_id({campaign, std::clamp<std::int64_t>(before, -max_serials, 0)});
  return read_all<Coupon>(query.bind(CouponIds(campaign).first, end, limit));
}

Result<std::vector<Coupon>> list_expiring(Connection& db, RunCache& cache, Micros first, Micros last,
                                          const std::optional<Reader::ByExpiry>& after, int limit) {
  Posting start{.key = sortable(first), .first = lowest, .second = lowest};
  if (after && after->expires_at >= first) {
    start = {.key = sortable(after->expires_at), .first = after->key.campaign, .second = after->key.serial};
  }
  auto postings = read_stored(db, Index::expiry, cache, start.key);
  if (!postings) return postings.error();
  std::vector<Coupon> coupons;
  while (std::ssize(coupons) < limit) {
    const auto next = (*postings)->next(db);
    if (!next) return next.error();
    const Posting* const posting = *next;
    if (!posting || posting->key >= sortable(last)) break;
    if (*posting <= start) continue;
    auto coupon = find_coupon(db, {posting->first, posting->second});
    if (!coupon) return coupon.error();
    if (*coupon && (*coupon)->state == CouponState::issued) coupons.push_back(std::move(**coupon));
  }
  return coupons;
}

Result<std::vector<User>> list_users(Connection& db, const std::string& after_login, int limit) {
  Statement query(db, "SELECT " SCRIP_ACCOUNT_COLUMNS " FROM account WHERE login > ?1 ORDER BY login LIMIT ?2");
  return read_all<User>(query.bind(after_login, limit));
}

Result<std::vector<Work>> list_works(Connection& db, std::int64_t after, int limit) {
  Statement query(db, "SELECT " SCRIP_WORK_COLUMNS " FROM work WHERE id > ?1 ORDER BY id LIMIT ?2");
  return read_all<Work>(query.bind(after, limit));
}

Result<std::vector<ImportJob>> list_imports(Connection& db, std::int64_t before, int limit) {
  Statement query(db,
                  "SELECT " SCRIP_IMPORT_COLUMNS " FROM import_job WHERE number < ?1 ORDER BY number DESC LIMIT ?2");
  return read_all<ImportJob>(query.bind(before > 0 ? before : std::numeric_limits<std::int64_t>::max(), limit));
}

Result<std::vector<ImportJob>> list_running_imports(Connection& db) {
  Statement query(db, "SELECT " SCRIP_IMPORT_COLUMNS " FROM import_job WHERE state = 'running' ORDER BY number");
  return read_all<ImportJob>(query);
}

Result<std::vector<ImportError>> list_import_errors(Connection& db, std::int64_t job) {
  Statement query(db, "SELECT line, message FROM import_error WHERE job = ?1 ORDER BY line");
  return read_all<ImportError>(query.bind(job));
}

Result<std::vector<std::pair<std::int64_t, CampaignTally>>> list_tallies(Connection& db) {
  std::vector<std::pair<std::int64_t, CampaignTally>> tallies;
  Statement query(db, "SELECT " SCRIP_TALLY_COLUMNS ", campaign FROM tally ORDER BY campaign");
  while (query.next()) {
    auto& [campaign, tally] = tallies.emplace_back();
    query.read(tally.issued, tally.redeemed, tally.next_serial, tally.by_hand, tally.pooled, tally.held, campaign);
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return tallies;
}

Result<Definitions> list_definitions(Connection& db) {
  Statement campaigns(db, "SELECT " SCRIP_CAMPAIGN_COLUMNS " FROM campaign ORDER BY number");
  auto campaign_rows = read_all<Campaign>(campaigns);
  if (!campaign_rows) return campaign_rows.error();
  Statement formats(db, "SELECT " SCRIP_FORMAT_COLUMNS " FROM code_format ORDER BY id");
  auto format_rows = read_all<FormatRow>(formats);
  if (!format_rows) return format_rows.error();
  Statement batches(db, "SELECT " SCRIP_BATCH_COLUMNS " FROM code_batch ORDER BY id");
  auto batch_rows = read_all<CodeBatch>(batches);
  if (!batch_rows) return batch_rows.error();
  // Not the greatest id of a row, which may have been deleted.
  const auto last_work = db.integer("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'work'");
  if (!last_work) return last_work.error();
  const auto has_imports = db.integer(
      "SELECT EXISTS (SELECT 1 FROM campaign WHERE EXISTS (SELECT 1 FROM coupon"
      " WHERE coupon.id >= campaign.number << 43 AND coupon.id < (campaign.number << 43) + (1 << 42)))");
  if (!has_imports) return has_imports.error();
  const auto holds = has_holds(db);
  if (!holds) return holds.error();
  const auto hold_end = first_hold_end(db);
  if (!hold_end) return hold_end.error();
  const auto last_revision = db.integer("SELECT coalesce(max(number), 0) FROM policy_revision");
  if (!last_revision) return last_revision.error();
  const auto active_revision =
      db.integer("SELECT coalesce((SELECT value FROM setting WHERE name = 'active_revision'), 0)");
  if (!active_revision) return active_revision.error();
  auto activation = find_last_activation(db);
  if (!activation) return activation.error();
  return Definitions{.campaigns = std::move(*campaign_rows),
                     .formats = std::move(*format_rows),
                     .batches = std::move(*batch_rows),
                     .last_work = *last_work,
                     .last_revision = *last_revision,
                     .active_revision = *active_revision,
                     .set_aside = *activation ? std::move((*activation)->set_aside) : std::string(),
                     .has_imports = *has_imports != 0,
                     .has_holds = *holds,
                     .hold_end = *hold_end};
}

}  // namespace scrip::sqlite
