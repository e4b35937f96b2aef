#include "db/postgres/verify_coupons.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "coupon/code_format.h"
#include "db/postgres/columns.h"
#include "db/postgres/pipeline.h"
#include "db/postgres/verify_holdings.h"

namespace scrip::postgres {
namespace {

constexpr int coupons_at_once = 10'000;
constexpr int codes_at_once = 100'000;

Result<std::vector<StoredCoupon>> read_page(Connection& db, CouponKey after) {
  auto rows = query(db,
                    "SELECT campaign_id, serial, state, user_id, subject, issued_at, expires_at, redeemed_at,"
                    " discount_amount IS NOT NULL, discount_currency IS NOT NULL, decision, imported_code FROM coupon"
                    " WHERE (campaign_id, serial) > ($1, $2) ORDER BY campaign_id, serial LIMIT $3",
                    std::move(Params().add(after.campaign).add(after.serial).add(coupons_at_once)));
  if (!rows) return rows.error();
  std::vector<StoredCoupon> page(static_cast<std::size_t>(rows->size()));
  for (int row = 0; row < rows->size(); ++row) {
    StoredCoupon& coupon = page[static_cast<std::size_t>(row)];
    rows->read(row, coupon.key.campaign, coupon.key.serial, coupon.state, coupon.user_id, coupon.subject,
               coupon.issued_at, coupon.expires_at, coupon.redeemed_at, coupon.has_amount, coupon.has_currency,
               coupon.decision, coupon.imported_code);
  }
  return page;
}

using Codes = std::unordered_map<std::string, CouponKey>;

Result<Codes> find_codes(Connection& db, const std::vector<std::string>& normalized) {
  Codes codes;
  if (normalized.empty()) return codes;
  auto rows = query(db, "SELECT code, campaign_id, serial FROM imported_code WHERE code = ANY($1)",
                    std::move(Params().array(std::span<const std::string>(normalized))));
  if (!rows) return rows.error();
  for (int row = 0; row < rows->size(); ++row) {
    std::string code;
    CouponKey key;
    rows->read(row, code, key.campaign, key.serial);
    codes[code] = key;
  }
  return codes;
}

// Under what code each of the page's coupons is found.
Result<void> add_imported_keys(Connection& db, std::vector<StoredCoupon>& page) {
  std::vector<std::string> normalized;
  for (const StoredCoupon& row : page) {
    if (row.imported_code) normalized.push_back(normalize_code(*row.imported_code));
  }
  const auto codes = find_codes(db, normalized);
  if (!codes) return codes.error();
  for (StoredCoupon& row : page) {
    if (!row.imported_code) continue;
    const auto found = codes->find(normalize_code(*row.imported_code));
    if (found != codes->end() && found->second == row.key) row.imported_key = found->first;
  }
  return {};
}

// A page at a time: counting millions takes longer than a statement may.
Result<std::int64_t> count_codes(Connection& db) {
  std::string after;
  for (std::int64_t all = 0;;) {
    auto rows = query(db,
                      "SELECT count(*), max(code) FROM"
                      " (SELECT code FROM imported_code WHERE code > $1 ORDER BY code LIMIT $2) AS page",
                      std::move(Params().add(after).add(codes_at_once)));
    if (!rows) return rows.error();
    std::int64_t count = 0;
    rows->read(0, count, after);
    all += count;
    if (count < codes_at_once) return all;
  }
}

}  // namespace

Result<void> verify_coupons(Connection& db, const Definition& known, const Stocks& stored, std::int64_t last_decision,
                            const std::function<void()>& row_done, Findings& findings) {
  const CodeIsImported imported = [&db](const std::string& code) {
    const auto found = find_codes(db, {normalize_code(code)});
    return found && !found->empty();
  };
  Stocks unseen = stored;
  std::optional<CampaignCount> count;
  std::int64_t campaign = 0;
  const auto begin = [&](std::int64_t number) {
    if (count) count->finish();
    campaign = number;
    const auto stock = stored.find(number);
    const StoredStock none{.open = {{0, std::numeric_limits<std::int64_t>::max()}}};
    count.emplace(number, known, stock == stored.end() ? none : stock->second, imported, findings);
    unseen.erase(number);
  };

  HeldCounts held;
  std::int64_t imported_rows = 0;
  for (CouponKey after{0, std::numeric_limits<std::int64_t>::max()};;) {
    auto page = read_page(db, after);
    if (!page) return page.error();
    if (auto added = add_imported_keys(db, *page); !added) return added;
    for (const StoredCoupon& row : *page) {
      if (!count || row.key.campaign != campaign) begin(row.key.campaign);
      if (const char* objection = objection_to(row, last_decision)) {
        findings.add("coupon " + std::to_string(row.key.serial) + " of " + known.name(campaign) + " " + objection,
                     row.state, 0);
      }
      count->add(row);
      held.add(row);
      if (row.imported_key) ++imported_rows;
      row_done();
    }
    if (page->size() < coupons_at_once) break;
    after = page->back().key;
  }
  const Stocks rest = unseen;
  for (const auto& [number, stock] : rest) begin(number);
  if (count) count->finish();

  const auto codes = count_codes(db);
  if (!codes) return codes.error();
  findings.compare("imported codes", *codes, imported_rows);
  return verify_holdings(db, known, held, findings);
}

}  // namespace scrip::postgres
