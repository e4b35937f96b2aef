#include "db/postgres/verify_holdings.h"

#include <string>

#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr int rows_at_once = 2'000;

struct Row {
  HoldingKey key;
  Holding stored;
  Holding counted;
};

Result<std::vector<Row>> read_page(Connection& db, const Row& after) {
  auto rows = query(
      db,
      "SELECT h.campaign_id, h.user_id, h.subject, h.issued, h.redeemed, count(c.serial),"
      " count(CASE WHEN c.state = 2 OR x.serial IS NOT NULL THEN 1 END) FROM"
      " (SELECT * FROM holding WHERE (campaign_id, user_id, subject) > ($1, $2, $3)"
      " ORDER BY campaign_id, user_id, subject LIMIT $4) AS h"
      " LEFT JOIN coupon c ON c.user_id = h.user_id AND c.campaign_id = h.campaign_id"
      " AND (h.subject = '' OR c.subject = h.subject)"
      " LEFT JOIN hold x ON x.campaign_id = c.campaign_id AND x.serial = c.serial AND x.state = 0"
      " GROUP BY h.campaign_id, h.user_id, h.subject, h.issued, h.redeemed ORDER BY 1, 2, 3",
      std::move(Params().add(after.key.campaign).add(after.key.user_id).add(*after.key.subject).add(rows_at_once)));
  if (!rows) return rows.error();
  std::vector<Row> page(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    Row& row = page[static_cast<std::size_t>(i)];
    rows->read(i, row.key.campaign, row.key.user_id, row.key.subject.emplace(), row.stored.issued, row.stored.redeemed,
               row.counted.issued, row.counted.redeemed);
  }
  return page;
}

void add(Holding& sum, const Holding& other) {
  sum.issued += other.issued;
  sum.redeemed += other.redeemed;
}

}  // namespace

void HeldCounts::add(const StoredCoupon& row) {
  if (!row.user_id || row.state == 0) return;
  Sum& sum = sums_[row.key.campaign];
  const Holding one{.issued = 1, .redeemed = row.state == 2 ? 1 : 0};
  postgres::add(sum.all, one);
  if (row.subject) postgres::add(sum.with_subject, one);
}

Result<void> verify_holdings(Connection& db, const Definition& known, const HeldCounts& held, Findings& findings) {
  std::map<std::int64_t, HeldCounts::Sum> stored;
  for (Row after{.key = {.campaign = 0, .user_id = "", .subject = ""}};;) {
    const auto page = read_page(db, after);
    if (!page) return page.error();
    for (const Row& row : *page) {
      const bool overall = row.key.subject->empty();
      const std::string what = known.name(row.key.campaign) + ": user " + row.key.user_id +
                               (overall ? "" : " for " + *row.key.subject) + ": ";
      findings.compare(what + "issued", row.stored.issued, row.counted.issued);
      findings.compare(what + "redeemed", row.stored.redeemed, row.counted.redeemed);
      HeldCounts::Sum& sum = stored[row.key.campaign];
      add(overall ? sum.all : sum.with_subject, row.counted);
    }
    if (page->size() < rows_at_once) break;
    after = page->back();
  }
  // Each row is right or was told; what the sums lack has no row.
  for (const auto& [campaign, counted] : held.sums()) {
    const HeldCounts::Sum& sum = stored[campaign];
    findings.compare(known.name(campaign) + ": coupons of users that a holding counts", sum.all.issued,
                     counted.all.issued);
    findings.compare(known.name(campaign) + ": coupons for subjects that a holding counts", sum.with_subject.issued,
                     counted.with_subject.issued);
  }
  return {};
}

}  // namespace scrip::postgres
