#include "db/postgres/verify_stock.h"

#include <algorithm>
#include <limits>
#include <string>

#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

Result<void> read_sums(Connection& db, const Definition& known, Stocks& stocks, Findings& findings) {
  auto rows = query(db,
                    "SELECT campaign_id, CAST(sum(issued) AS bigint), CAST(sum(redeemed) AS bigint),"
                    " CAST(sum(pooled) AS bigint) FROM stock GROUP BY campaign_id ORDER BY campaign_id");
  if (!rows) return rows.error();
  for (int row = 0; row < rows->size(); ++row) {
    std::int64_t campaign = 0;
    StoredStock stock;
    rows->read(row, campaign, stock.issued, stock.redeemed, stock.pooled);
    if (!known.knows(campaign)) findings.add("tally of an unknown " + known.name(campaign), campaign, 0);
    stocks[campaign] = stock;
  }
  return {};
}

Result<std::map<std::int64_t, std::int64_t>> read_frontiers(Connection& db) {
  auto rows = query(db, "SELECT campaign_id, next_serial FROM frontier");
  if (!rows) return rows.error();
  std::map<std::int64_t, std::int64_t> frontiers;
  for (int row = 0; row < rows->size(); ++row) {
    std::int64_t campaign = 0;
    std::int64_t next = 0;
    rows->read(row, campaign, next);
    frontiers[campaign] = next;
  }
  return frontiers;
}

struct LeaseRow {
  std::int64_t campaign = 0;
  std::int64_t first = 0;
  std::int64_t end = 0;
  std::int64_t next = 0;
};

// Null: it makes sense. `taken`: where the lease before it ended.
const char* objection_to(const LeaseRow& lease, std::int64_t taken, std::int64_t frontier) {
  if (lease.next < lease.first || lease.next > lease.end) return "is given beyond its end";
  if (lease.first < taken) return "overlaps another";
  if (lease.end > frontier) return "reaches beyond what was leased";
  return nullptr;
}

}  // namespace

Result<Stocks> verify_stock(Connection& db, const Definition& known, Findings& findings) {
  Stocks stocks;
  if (auto read = read_sums(db, known, stocks, findings); !read) return read.error();
  const auto frontiers = read_frontiers(db);
  if (!frontiers) return frontiers.error();
  auto rows = query(db,
                    "SELECT campaign_id, first_serial, end_serial, next_serial FROM lease"
                    " ORDER BY campaign_id, first_serial");
  if (!rows) return rows.error();
  std::map<std::int64_t, std::int64_t> taken;
  std::map<std::int64_t, std::int64_t> leased;
  for (int row = 0; row < rows->size(); ++row) {
    LeaseRow lease;
    rows->read(row, lease.campaign, lease.first, lease.end, lease.next);
    const auto frontier = frontiers->find(lease.campaign);
    const std::int64_t end = frontier == frontiers->end() ? 0 : frontier->second;
    if (const char* objection = objection_to(lease, taken[lease.campaign], end)) {
      findings.add("lease from " + std::to_string(lease.first) + " of " + known.name(lease.campaign) + " " + objection,
                   lease.next, lease.end);
      continue;
    }
    taken[lease.campaign] = lease.end;
    leased[lease.campaign] += lease.end - lease.next;
    if (lease.next < lease.end) stocks[lease.campaign].open.push_back({lease.next, lease.end});
  }
  for (const auto& [campaign, next] : *frontiers) stocks[campaign].open.push_back({next, highest});
  for (auto& [campaign, stock] : stocks) {
    if (stock.open.empty() || stock.open.back().end != highest) stock.open.push_back({0, highest});
    const auto found = known.campaigns.find(campaign);
    if (found == known.campaigns.end() || !found->second.total) continue;
    const std::int64_t most = std::max(*found->second.total, stock.issued);
    if (stock.issued + leased[campaign] > most) {
      findings.add(known.name(campaign) + ": issued and leased beyond its total", stock.issued + leased[campaign],
                   most);
    }
  }
  return stocks;
}

}  // namespace scrip::postgres
