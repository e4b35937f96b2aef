// The numbers by which the nodes of a database tell each other apart: 0 to 127, the lowest that is free. A node says
// with every commit, and while it has nothing to do, that it is there.
#pragma once

#include <cstdint>
#include <string>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/postgres/exchange.h"

// The database's clock, so that no node's own decides who is dead: microseconds since 1970.
#define SCRIP_PG_CLOCK "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"

// A node that was not seen for so long (microseconds) is dead: its number and its leases go to others.
#define SCRIP_PG_DEAD_AFTER "60000000"

namespace scrip::postgres {

struct NodeId {
  int number = -1;
  std::int64_t incarnation = 0;
};

// storage_unavailable when there are 64 already. `name` is for people.
Result<NodeId> register_node(Connection& db, const std::string& name);

// Says that the node is there and, with a batch, that this is the last it has committed; part of what is asked. `lost`
// is told when the number is another's meanwhile, and the exchange is then a conflict.
void ask_to_be_seen(Exchange& exchange, NodeId node, std::optional<std::int64_t> batch, bool& lost);

// The last batch that a node has committed; waits for one whose commit is under way. nullopt: the number is another's.
Result<std::optional<std::int64_t>> last_batch(Connection& db, NodeId node);

// Gives the number up.
Result<void> sign_off(Connection& db, NodeId node);

}  // namespace scrip::postgres
