// The write side of a node: its number, its connection, and the batch that is open. By one thread at a time.
//
// A batch takes three round trips, however many commands are in it: one that begins, locks and loads, one that writes,
// and COMMIT; a fourth now and then to ask what others have defined. What it has read is checked
// as it writes; if another node came in between, nothing is stored, the batch is a storage_conflict, and the campaigns
// over which that was are locked alone for a second.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "db/postgres/batch_state.h"
#include "db/postgres/connection.h"
#include "db/postgres/definitions.h"
#include "db/postgres/foresight.h"
#include "db/postgres/locks.h"
#include "db/postgres/news.h"
#include "db/postgres/node_registration.h"
#include "db/postgres/postgres_store.h"
#include "db/store.h"

namespace scrip::postgres {

class Writer {
 public:
  Writer(std::string url, PostgresOptions options) : url_(std::move(url)), options_(std::move(options)) {}

  // Connects, brings the schema up to date, and takes a number.
  Result<void> start();

  Result<void> begin();
  Result<void> load(const Wanted& wanted, Loaded& loaded);
  Result<void> commit(const Changes& changes);
  void rollback();

  // Outside a batch: says that the node is there, at most once a second.
  void idle();

  Result<VersionedDefinitions> definitions();
  Result<std::optional<Definitions>> changed_definitions();

  // Gives back all leases, and the number: outside a batch, by a node that stops.
  Result<void> give_back();

  // Any thread.
  int node() const { return number_.load(std::memory_order_relaxed); }

 private:
  using SteadyClock = std::chrono::steady_clock;

  Result<void> connect();
  Result<void> take_number();
  Result<void> try_load(const Wanted& wanted, Loaded& loaded, const Locking& locking, Locked& locked);
  Result<void> find_missing(const Changes& changes);
  Result<void> write(const Changes& changes);
  Result<void> settle(Result<void> committed);
  bool look_is_due();
  void ask_to_begin(Exchange& exchange);
  void ask_whether_current(Exchange& exchange);
  void contend(const Contended& campaigns);
  bool contended(std::int64_t campaign);
  Result<void> give_back(std::int64_t campaign);
  // Ends the batch with an error: nothing of it is stored.
  Error fail(Error error);

  const std::string url_;
  const PostgresOptions options_;
  std::unique_ptr<Connection> db_;
  SteadyClock::time_point connect_next_{};  // not before
  NodeId node_;
  std::atomic<int> number_{-1};
  bool registered_ = false;
  std::int64_t batch_number_ = 0;
  std::int64_t last_id_ = 0;
  std::int64_t seen_version_ = 0;                     // of the definitions in the database, when last looked
  std::int64_t given_version_ = 0;                    // of those that the ledger was given
  bool stale_ = false;                                // a campaign is another than they say
  std::unordered_map<std::int64_t, Campaign> known_;  // the campaigns of them
  bool has_imports_ = false;
  News news_;
  Foresight foresight_;
  bool look_ = true;  // something suggests that the version is another
  SteadyClock::time_point look_next_{};
  SteadyClock::time_point seen_next_{};
  std::unordered_map<std::int64_t, SteadyClock::time_point> contended_;  // until when

  bool in_batch_ = false;
  bool begun_ = false;   // the database's transaction
  bool loaded_ = false;  // something was loaded: version and number are known to be right
  bool versions_agree_ = true;
  BatchState batch_;
};

}  // namespace scrip::postgres
