#include "db/postgres/locks.h"

#include <vector>

#include "db/postgres/node_registration.h"

namespace scrip::postgres {
namespace {

using Numbers = std::vector<std::int64_t>;

// A campaign that has no row yet is nobody else's.
void ask_for_rows(Exchange& exchange, const Numbers& numbers, bool alone, Locked& locked) {
  Params params;
  params.array(std::span<const std::int64_t>(numbers));
  for (const std::int64_t number : numbers) locked.held[number].alone = true;
  exchange.ask(alone ? "SELECT campaign_id, total, version FROM campaign WHERE campaign_id = ANY($1) ORDER BY "
                       "campaign_id FOR UPDATE"
                     : "SELECT campaign_id, total, version FROM campaign WHERE campaign_id = ANY($1) ORDER BY "
                       "campaign_id FOR SHARE",
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

void ask_for_stock(Exchange& exchange, const Numbers& numbers, Locked& locked) {
  Params params;
  params.array(std::span<const std::int64_t>(numbers));
  exchange.ask(
      "SELECT campaign_id, CAST(sum(issued) AS bigint), CAST(sum(computed) AS bigint), CAST(sum(redeemed) AS bigint),"
      " CAST(sum(pooled) AS bigint), CAST(sum(held) AS bigint), bool_or(by_hand) FROM stock WHERE campaign_id = "
      "ANY($1) GROUP BY campaign_id",
      params, [&locked](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          std::int64_t number = 0;
          Stock sums;
          rows.read(row, number, sums.issued, sums.computed, sums.redeemed, sums.pooled, sums.held, sums.by_hand);
          Stock& stock = locked.held[number].stock;
          sums.total = stock.total;
          stock = sums;
        }
        return {};
      });
  Params leases;
  leases.array(std::span<const std::int64_t>(numbers));
  exchange.ask(
      "SELECT campaign_id, first_serial, end_serial, next_serial, node_id FROM lease WHERE campaign_id = ANY($1)"
      " ORDER BY campaign_id, first_serial",
      leases, [&locked](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          std::int64_t number = 0;
          Lease lease;
          rows.read(row, number, lease.first, lease.end, lease.next, lease.node);
          locked.held[number].stock.leases.push_back(lease);
        }
        return {};
      });
  Params frontiers;
  frontiers.array(std::span<const std::int64_t>(numbers));
  exchange.ask("SELECT campaign_id, next_serial FROM frontier WHERE campaign_id = ANY($1)", frontiers,
               [&locked](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   std::int64_t number = 0;
                   std::int64_t next = 0;
                   rows.read(row, number, next);
                   locked.held[number].stock.frontier = next;
                 }
                 return {};
               });
}

void ask_for_generated(Exchange& exchange, const Numbers& numbers, Locked& locked) {
  Params params;
  params.array(std::span<const std::int64_t>(numbers));
  exchange.ask(
      "SELECT campaign_id, CAST(sum(count) AS bigint) FROM code_batch WHERE campaign_id = ANY($1)"
      " GROUP BY campaign_id",
      params, [&locked](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          std::int64_t number = 0;
          std::int64_t generated = 0;
          rows.read(row, number, generated);
          locked.held[number].stock.generated = generated;
        }
        return {};
      });
}

// Those that are shared and that somebody wants alone, or that this node has too little of.
void ask_who_waits(Exchange& exchange, const Numbers& numbers, const Locking& locking, Locked& locked) {
  Params params;
  params.array(std::span<const std::int64_t>(numbers));
  exchange.ask("SELECT campaign_id FROM turn WHERE campaign_id = ANY($1) AND ends_at > " SCRIP_PG_CLOCK, params,
               [&locking, &locked](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   std::int64_t number = 0;
                   rows.read(row, number);
                   if (!locked.held[number].alone) locked.alone_too.insert(number);
                 }
                 for (auto& [number, held] : locked.held) {
                   held.exact = locking.exact.contains(number);
                   const auto wanted = locking.wanted.find(number);
                   if (held.alone || wanted == locking.wanted.end()) continue;
                   const bool enough = sold_out(held.stock) ||
                                       (held.stock.pooled == 0 && left_of(held.stock, locking.node) > wanted->second);
                   if (!enough) locked.alone_too.insert(number);
                 }
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
  if (locking.brief) exchange.ask("SET LOCAL lock_timeout = 100");
  Numbers all;
  Numbers same;  // neighbours that are locked alike
  bool alone = false;
  for (const auto& [number, is_alone] : locking.locks) {
    if (!same.empty() && is_alone != alone) {
      ask_for_rows(exchange, same, alone, locked);
      same.clear();
    }
    alone = is_alone;
    same.push_back(number);
    all.push_back(number);
  }
  ask_for_rows(exchange, same, alone, locked);
  if (locking.brief) exchange.ask("SET LOCAL lock_timeout = 2000");
  ask_for_stock(exchange, all, locked);
  ask_for_generated(exchange, all, locked);
  ask_for_nodes(exchange, locked);
  ask_who_waits(exchange, all, locking, locked);
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
