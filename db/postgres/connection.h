// One connection to a PostgreSQL server, with the statements that were prepared on it. A connection that
// was lost stays lost: whoever owns it opens another. Used by one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

#include "coupon/error.h"

// libpq's, so that only this folder's sources include its header.
struct pg_conn;
struct pg_result;

namespace scrip::postgres {

// What an SQLSTATE means to the store's callers: storage_conflict when another transaction came in between,
// storage_unavailable when another try may succeed (connection lost, server starting or out of room),
// internal when it will not. Empty: the connection was lost.
Code code_of(std::string_view sqlstate);

// The error of a server or of libpq as the store tells it.
Error storage_error(std::string_view sqlstate, std::string message);

struct ClearResult {
  void operator()(pg_result* result) const;
};
using ResultPointer = std::unique_ptr<pg_result, ClearResult>;

class Connection {
 public:
  enum class Use { reading, writing };

  // `url` as libpq takes it: postgresql://user@host1,host2/name?sslmode=require, or "host=/run/x dbname=y". With
  // several hosts the one that can be written is chosen, unless the URL says otherwise. Waits at most two seconds
  // for each host. A connection for reading refuses to write.
  static Result<std::unique_ptr<Connection>> open(const std::string& url, Use use);

  // Runs one or more statements without parameters, one round trip. Not inside a pipeline.
  Result<void> execute(const char* sql);

  // Whether the server is lost, or is not to be used any more (it became a standby).
  bool broken() const;
  void give_up() { given_up_ = true; }

  // Whether a transaction is open, failed ones included.
  bool in_transaction() const;

  // Sends what is queued and waits until the server has answered it all or `deadline` has passed; then, or when
  // the connection breaks, the connection is given up. To be called between pipelined sends and their results.
  bool flush();
  bool wait_for_result(std::chrono::steady_clock::time_point deadline);

  // The name under which a statement is prepared; `sql` must be a literal, it is found again by its address. `known`:
  // it has been prepared already.
  struct Prepared {
    const char* name = nullptr;
    bool known = false;
  };
  Prepared prepared(const char* sql);
  void note_prepared(const char* sql);

  // The error of what libpq has just failed to do.
  Error error() const;

  pg_conn* handle() const { return db_.get(); }

 private:
  struct Close {
    void operator()(pg_conn* db) const;
  };
  struct Statement {
    std::string name;
    bool known = false;
  };

  explicit Connection(pg_conn* db) : db_(db) {}

  std::unique_ptr<pg_conn, Close> db_;
  std::unordered_map<const char*, Statement> statements_;
  bool given_up_ = false;
};

}  // namespace scrip::postgres
