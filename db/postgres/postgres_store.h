// The PostgreSQL engine behind db/store.h: a database that several nodes share, each with a ledger of its own. SQL is
// what PostgreSQL 15, Citus, CockroachDB and YugabyteDB have in common.
//
// Batches of several nodes are at work side by side. Each node gives coupons from its own leases (leases.h); what a
// batch has read is checked when it is written; campaigns that are fought over, and the last coupons of each, are given
// out by one batch at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "coupon/error.h"
#include "db/store.h"

namespace scrip {

struct PostgresOptions {
  // For people who look into table `node`; empty: the host's name and the process's number.
  std::string node_name;

  // Serials that a node keeps for itself of one campaign, at most. More of them are fewer turns; those of a node that
  // died are found again.
  std::int64_t lease_at_most = 32'768;

  // Connections that readers share, besides that of the batches, one for jobs, and now and then one more.
  int readers = 12;
};

// Connects, makes or updates the tables, and takes a number for this node. Refused with a sentence: a URL that is none,
// a server that cannot be reached (storage_unavailable), a database of a newer Scrip.
//
// A store that is destroyed without checkpoint() keeps its leases until others find, a minute later, that it is dead.
Result<std::unique_ptr<Store>> open_postgres(const std::string& url, const PostgresOptions& options = {});

}  // namespace scrip
