#include "db/postgres/node_registration.h"

#include <set>

#include "db/postgres/ids.h"

namespace scrip::postgres {
namespace {

constexpr int most_attempts = 100;

// The lowest number that is free, and the incarnation that it had; 0: never used.
struct Candidate {
  int number = 0;
  std::int64_t incarnation = 0;
};

Result<std::optional<Candidate>> find_free(Connection& db) {
  auto rows =
      query(db, "SELECT id, incarnation, seen_at < " SCRIP_PG_CLOCK " - " SCRIP_PG_DEAD_AFTER " FROM node ORDER BY id");
  if (!rows) return rows.error();
  int expected = 0;
  for (int row = 0; row < rows->size(); ++row, ++expected) {
    Candidate node;
    bool dead = false;
    rows->read(row, node.number, node.incarnation, dead);
    if (node.number != expected) break;
    if (dead) return std::optional(node);
  }
  if (expected >= max_nodes) return std::optional<Candidate>();
  return std::optional(Candidate{.number = expected});
}

// false: somebody else was faster.
Result<bool> take(Connection& db, const Candidate& node, const std::string& name) {
  Params params;
  params.add(node.number).add(name);
  if (node.incarnation == 0) {
    auto rows = query(db,
                      "INSERT INTO node (id, incarnation, seen_at, name, batch) VALUES ($1, 1, " SCRIP_PG_CLOCK
                      ", $2, 0) ON CONFLICT (id) DO NOTHING",
                      std::move(params));
    return rows ? Result<bool>(rows->affected() == 1) : Result<bool>(rows.error());
  }
  params.add(node.incarnation);
  auto rows = query(db,
                    "UPDATE node SET incarnation = incarnation + 1, seen_at = " SCRIP_PG_CLOCK
                    ", name = $2, batch = 0 WHERE id = $1 AND incarnation = $3 AND seen_at < " SCRIP_PG_CLOCK
                    " - " SCRIP_PG_DEAD_AFTER,
                    std::move(params));
  return rows ? Result<bool>(rows->affected() == 1) : Result<bool>(rows.error());
}

}  // namespace

Result<NodeId> register_node(Connection& db, const std::string& name) {
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const auto node = find_free(db);
    if (!node) return node.error();
    if (!*node) {
      return Error{.code = Code::storage_unavailable,
                   .message = "The database has " + std::to_string(max_nodes) + " nodes already.",
                   .retry_after_s = 60};
    }
    const auto taken = take(db, **node, name);
    if (!taken && taken.error().code != Code::storage_conflict) return taken.error();
    if (taken && *taken) return NodeId{.number = (*node)->number, .incarnation = (*node)->incarnation + 1};
  }
  return Error{
      .code = Code::storage_unavailable, .message = "No number for this node could be had.", .retry_after_s = 1};
}

void ask_to_be_seen(Exchange& exchange, NodeId node, std::optional<std::int64_t> batch, bool& lost) {
  Params params;
  params.add(node.number).add(node.incarnation).add(batch);
  exchange.ask("UPDATE node SET seen_at = " SCRIP_PG_CLOCK
               ", batch = coalesce($3, batch) WHERE id = $1 AND incarnation = $2",
               params, [&lost](Rows& rows) -> Result<void> {
                 lost = rows.affected() != 1;
                 if (!lost) return {};
                 return {Code::storage_conflict, "this node was not seen for long and has lost its number"};
               });
}

Result<std::optional<std::int64_t>> last_batch(Connection& db, NodeId node) {
  std::optional<std::int64_t> batch;
  Exchange exchange(db);
  exchange.ask("BEGIN");
  // The lock waits for the lost session's transaction, which may be committing still. It is nothing to be kept.
  exchange.ask("SET LOCAL synchronous_commit = off");
  exchange.ask("SELECT batch FROM node WHERE id = $1 AND incarnation = $2 FOR UPDATE",
               std::move(Params().add(node.number).add(node.incarnation)), [&batch](Rows& rows) -> Result<void> {
                 batch = rows.integer();
                 return {};
               });
  exchange.ask("COMMIT");
  auto done = exchange.run();
  if (!done && db.in_transaction()) static_cast<void>(db.execute("ROLLBACK"));
  if (!done) return done.error();
  return batch;
}

Result<void> sign_off(Connection& db, NodeId node) {
  auto rows = query(db, "UPDATE node SET seen_at = 0 WHERE id = $1 AND incarnation = $2",
                    std::move(Params().add(node.number).add(node.incarnation)));
  return rows ? Result<void>() : Result<void>(rows.error());
}

}  // namespace scrip::postgres
