// Several statements in one round trip, in PostgreSQL's pipeline mode. They are carried out in order; after the first
// that fails the others are skipped. Without BEGIN among them, and outside a transaction, all are one transaction.
//
//   Pipeline pipeline(db);
//   pipeline.add("BEGIN");
//   const auto tally = pipeline.add("SELECT ...", std::move(params));
//   auto results = pipeline.run();
//   if (!results) return results.error();
//   Rows& rows = (*results)[tally];
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/postgres/params.h"
#include "db/postgres/rows.h"

namespace scrip::postgres {

class Pipeline {
 public:
  explicit Pipeline(Connection& db) : db_(db) {}

  // `sql` must be a literal (Connection::prepared). The place of its rows among the results.
  std::size_t add(const char* sql, Params params = {});
  // The same of a statement that is planned anew each time: what drops rows may have been planned when there were none.
  std::size_t add_unprepared(const char* sql, Params params);

  bool empty() const { return statements_.empty(); }
  std::size_t size() const { return statements_.size(); }

  // Sends all and waits for all; at most 15 seconds, then the connection is given up. On an error a transaction that
  // was open or begun has failed, and is to be rolled back. Can be used again.
  Result<std::vector<Rows>> run();

 private:
  struct Statement {
    const char* sql;
    Params params;
    bool prepared = true;
    bool prepares = false;
  };

  bool send(Statement& statement);
  Result<ResultPointer> next(std::chrono::steady_clock::time_point deadline);

  Connection& db_;
  std::vector<Statement> statements_;
};

// One statement alone: a round trip.
Result<Rows> query(Connection& db, const char* sql, Params params = {});

}  // namespace scrip::postgres
