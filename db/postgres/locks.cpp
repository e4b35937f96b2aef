#include "db/postgres/locks.h"

#include <algorithm>
#include <array>
#include <vector>

#include "db/postgres/node_registration.h"

namespace scrip::postgres {
namespace {

using Numbers = std::vector<std::int64_t>;

// Those that are shared, and of which this node has too little.
void find_too_little(const Locking& locking, Locked& locked) {
  for (auto& [number, held] : locked.held) {
    held.exact = locking.exact.contains(number);
    const auto wanted = locking.wanted.find(number);
    if (held.alone || wanted == locking.wanted.end()) continue;
    const bool enough =
        sold_out(held.stock) || (held.stock.pooled == 0 && left_of(held.stock, locking.node) > wanted->second);
    if (!enough) locked.alone_too.insert(number);
  }
}

#define SCRIP_PG_CAMPAIGN_ROWS \
  "SELECT campaign_id, total, version FROM campaign WHERE campaign_id = ANY($1) ORDER BY campaign_id FOR "

// A campaign that has no row yet is nobody else's.
void ask_for_rows(Exchange& exchange, const Numbers& numbers, bool alone, bool at_once, Locked& locked) {
  Params params;
  params.array(std::span<const std::int64_t>(numbers));
  for (const std::int64_t number : numbers) locked.held[number].alone = true;
  exchange.ask(alone     ? SCRIP_PG_CAMPAIGN_ROWS "UPDATE"
               : at_once ? SCRIP_PG_CAMPAIGN_ROWS "SHARE NOWAIT"
                         : SCRIP_PG_CAMPAIGN_ROWS "SHARE",
               params, [alone, &locked](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   std::int64_t number = 0;
                   std::optional<std::int64_t> total;
                   std::int64_t version = 0;
                   rows.read(row, number, total, version);
                   locked.held[number].alone = alone;
                   locked.held[number].version = version;
                   locked.held[number].stock.total = total;
                 }
                 return {};
               });
}

// What a row of ask_for_stock() is about.
enum StockRow : std::int64_t { sums = 1, lease = 2, frontier = 3, generated = 4, turn = 5 };

void read_stock(Rows& rows, Locked& locked) {
  for (int row = 0; row < rows.size(); ++row) {
    std::int64_t about = 0;
    std::int64_t number = 0;
    std::array<std::int64_t, 6> value{};
    rows.read(row, about, number, value[0], value[1], value[2], value[3], value[4], value[5]);
    Held& held = locked.held[number];
    Stock& stock = held.stock;
    switch (about) {
      case StockRow::sums:
        stock.issued = value[0];
        stock.computed = value[1];
        stock.redeemed = value[2];
        stock.pooled = value[3];
        stock.held = value[4];
        stock.by_hand = value[5] != 0;
        break;
      case StockRow::lease:
        stock.leases.push_back(
            {.first = value[0], .end = value[1], .next = value[2], .node = static_cast<int>(value[3])});
        break;
      case StockRow::frontier:
        stock.frontier = value[0];
        break;
      case StockRow::generated:
        stock.generated = value[0];
        break;
      case StockRow::turn:
        // It is shared, and somebody wants it alone.
        if (!held.alone) locked.alone_too.insert(number);
        break;
      default:
        break;
    }
  }
  for (auto& [number, held] : locked.held) {
    std::sort(held.stock.leases.begin(), held.stock.leases.end(),
              [](const Lease& a, const Lease& b) { return a.first < b.first; });
  }
}

// All of it in one statement: what a statement costs by itself is most of what a small batch costs.
void ask_for_stock(Exchange& exchange, const Numbers& numbers, const Locking& locking, Locked& locked) {
  Params params;
  params.array(std::span<const std::int64_t>(numbers));
  exchange.ask(
      "SELECT 1, campaign_id, CAST(sum(issued) AS bigint), CAST(sum(computed) AS bigint),"
      " CAST(sum(redeemed) AS bigint), CAST(sum(pooled) AS bigint), CAST(sum(held) AS bigint),"
      " CASE WHEN bool_or(by_hand) THEN 1 ELSE 0 END FROM stock WHERE campaign_id = ANY($1) GROUP BY campaign_id"
      " UNION ALL SELECT 2, campaign_id, first_serial, end_serial, next_serial, node_id, 0, 0 FROM lease"
      " WHERE campaign_id = ANY($1)"
      " UNION ALL SELECT 3, campaign_id, next_serial, 0, 0, 0, 0, 0 FROM frontier WHERE campaign_id = ANY($1)"
      " UNION ALL SELECT 4, campaign_id, CAST(sum(count) AS bigint), 0, 0, 0, 0, 0 FROM code_batch"
      " WHERE campaign_id = ANY($1) GROUP BY campaign_id"
      " UNION ALL SELECT 5, campaign_id, 0, 0, 0, 0, 0, 0 FROM turn WHERE campaign_id = ANY($1)"
      " AND ends_at > " SCRIP_PG_CLOCK,
      params, [&locking, &locked](Rows& rows) -> Result<void> {
        read_stock(rows, locked);
        find_too_little(locking, locked);
        if (locked.alone_too.empty()) return {};
        return {Code::storage_conflict, "a campaign has to be locked alone"};
      });
}

void ask_for_nodes(Exchange& exchange, Locked& locked) {
  exchange.ask("SELECT id FROM node WHERE seen_at >= " SCRIP_PG_CLOCK " - " SCRIP_PG_DEAD_AFTER, {},
               [&locked](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   int number = 0;
                   rows.read(row, number);
                   locked.live.insert(number);
                 }
                 return {};
               });
}

}  // namespace

void ask_for_locks(Exchange& exchange, const Locking& locking, Locked& locked) {
  if (locking.locks.empty()) return;
  const bool any_alone =
      std::any_of(locking.locks.begin(), locking.locks.end(), [](const auto& it) { return it.second; });
  // Who shares waits for nobody but who has it alone, and asks anew then.
  const bool at_once = locking.brief && !any_alone;
  const bool soon = locking.brief && any_alone;
  if (soon) exchange.ask("SET LOCAL lock_timeout = 100");
  Numbers all;
  Numbers same;  // neighbours that are locked alike
  bool alone = false;
  for (const auto& [number, is_alone] : locking.locks) {
    if (!same.empty() && is_alone != alone) {
      ask_for_rows(exchange, same, alone, at_once, locked);
      same.clear();
    }
    alone = is_alone;
    same.push_back(number);
    all.push_back(number);
  }
  ask_for_rows(exchange, same, alone, at_once, locked);
  if (soon) exchange.ask("SET LOCAL lock_timeout = 2000");
  if (any_alone) ask_for_nodes(exchange, locked);
  ask_for_stock(exchange, all, locking, locked);
}

Result<void> ask_for_turns(Connection& db, const Locks& locks) {
  Numbers alone;
  for (const auto& [number, is_alone] : locks) {
    if (is_alone) alone.push_back(number);
  }
  if (alone.empty()) return {};
  Exchange exchange(db);
  // Nothing is lost with it: it need not be on the disk.
  exchange.ask("BEGIN");
  exchange.ask("SET LOCAL synchronous_commit = off");
  Params params;
  params.array(std::span<const std::int64_t>(alone));
  exchange.ask("INSERT INTO turn (campaign_id, ends_at) SELECT n, " SCRIP_PG_CLOCK
               " + 1000000 FROM unnest($1) AS n ORDER BY n ON CONFLICT (campaign_id) DO UPDATE"
               " SET ends_at = excluded.ends_at",
               params);
  exchange.ask("COMMIT");
  auto done = exchange.run();
  if (!done && db.in_transaction()) static_cast<void>(db.execute("ROLLBACK"));
  return done;
}

}  // namespace scrip::postgres
