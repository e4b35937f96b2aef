#include "db/postgres/postgres_store.h"

#include <unistd.h>

#include <array>
#include <mutex>
#include <utility>

#include "db/postgres/columns.h"
#include "db/postgres/decision_order.h"
#include "db/postgres/ids.h"
#include "db/postgres/postgres_reader.h"
#include "db/postgres/reader_pool.h"
#include "db/postgres/verify.h"
#include "db/postgres/writer.h"

namespace scrip {
namespace postgres {
namespace {

std::string name_of_this_process() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return std::string(host.data()) + ":" + std::to_string(getpid());
}

class PostgresStore final : public Store {
 public:
  PostgresStore(std::string url, const PostgresOptions& options)
      : url_(std::move(url)),
        writer_(url_, options),
        pool_(std::make_shared<ReaderPool>(url_, static_cast<std::size_t>(options.readers))) {}

  Result<void> start() { return writer_.start(); }

  Result<Definitions> definitions() override {
    auto found = writer_.definitions();
    if (!found) return found.error();
    return std::move(found->definitions);
  }
  bool shared() const override { return true; }
  Result<std::optional<Definitions>> changed_definitions() override { return writer_.changed_definitions(); }

  Result<std::int64_t> last_decision() override {
    return pool_->with([](Connection& db) { return find_last_decision(db); });
  }

  Result<std::optional<RevisionRow>> find_revision(const std::string& revision) override {
    PostgresReader reader(pool_);
    auto found = reader.revisions_like(revision, 1);
    if (!found) return found.error();
    if (found->empty() || found->front().revision != revision) return std::optional<RevisionRow>();
    return reader.revision(found->front().number);
  }

  Result<void> begin() override { return writer_.begin(); }
  Result<void> load(const Wanted& wanted, Loaded& loaded) override { return writer_.load(wanted, loaded); }
  Result<void> commit(const Changes& changes) override { return writer_.commit(changes); }
  void rollback() override { writer_.rollback(); }
  void idle() override { writer_.idle(); }

  std::int64_t decision_after(std::int64_t last) override { return id_after(last, writer_.node(), machine_time()); }

  Result<bool> lead(const std::string& job, Micros how_long) override {
    Params params;
    params.add(job).add(writer_.node()).add(how_long);
    auto rows = on_side("INSERT INTO job (name, node_id, ends_at) VALUES ($1, $2, " SCRIP_PG_CLOCK
                        " + $3) ON CONFLICT (name) DO UPDATE SET node_id = excluded.node_id,"
                        " ends_at = excluded.ends_at WHERE job.node_id = excluded.node_id"
                        " OR job.ends_at < " SCRIP_PG_CLOCK,
                        params);
    if (!rows) return rows.error();
    return rows->affected() == 1;
  }

  Result<std::vector<Event>> take_due_events(Micros now, Micros until, int limit) override {
    Params params;
    params.add(now).add(until).add(limit);
    auto rows = on_side(
        "UPDATE outbox SET next_attempt_at = $2 WHERE id IN (SELECT id FROM outbox WHERE state = 0"
        " AND next_attempt_at <= $1 ORDER BY next_attempt_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)"
        " RETURNING " SCRIP_PG_EVENT,
        params);
    if (!rows) return rows.error();
    auto events = read_all<Event>(*rows);
    if (!events) return events;
    std::sort(events->begin(), events->end(), [](const Event& a, const Event& b) { return a.id < b.id; });
    return events;
  }

  Result<std::string> counters_over_before() override {
    return pool_->with([](Connection& db) -> Result<std::string> {
      auto rows = query(db, "SELECT value FROM setting WHERE name = 'counters_over_before'");
      if (!rows) return rows.error();
      const std::int64_t number = rows->integer().value_or(0);
      if (number == 0) return std::string();
      const std::string digits = std::to_string(number + 100'000'000);  // 1YYYYMMDD
      return digits.substr(1, 4) + '-' + digits.substr(5, 2) + '-' + digits.substr(7, 2);
    });
  }

  Result<std::unique_ptr<Reader>> reader() override {
    return std::unique_ptr<Reader>(std::make_unique<PostgresReader>(pool_));
  }

  Result<std::vector<Drift>> verify(const Progress& progress, const std::function<void(const DecisionRow&)>& decision,
                                    const CounterVisitor& counter) override {
    // A connection of its own: it is busy for long.
    auto connection = Connection::open(url_, Connection::Use::reading);
    if (!connection) return connection.error();
    const Snapshot snapshot(**connection);
    if (!snapshot.begun()) return snapshot.begun().error();
    return postgres::verify(**connection, progress, decision, counter);
  }

  // The node stops: what it has leased goes back.
  Result<void> checkpoint() override { return writer_.give_back(); }

 private:
  // One statement that writes, beside the batches.
  Result<Rows> on_side(const char* sql, const Params& params) {
    const std::lock_guard lock(side_mutex_);
    const bool fresh = !side_ || side_->broken();
    for (int attempt = fresh ? 1 : 0;; ++attempt) {
      if (!side_ || side_->broken()) {
        auto connection = Connection::open(url_, Connection::Use::writing);
        if (!connection) return connection.error();
        side_ = std::move(*connection);
      }
      auto rows = query(*side_, sql, params);
      // It may have lain idle while the server was restarted.
      if (rows || !side_->broken() || attempt > 0) return rows;
    }
  }

  const std::string url_;
  Writer writer_;
  const std::shared_ptr<ReaderPool> pool_;
  std::mutex side_mutex_;
  std::unique_ptr<Connection> side_;
};

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Store>> open_postgres(const std::string& url, const PostgresOptions& options) {
  PostgresOptions named = options;
  if (named.node_name.empty()) named.node_name = postgres::name_of_this_process();
  auto store = std::make_unique<postgres::PostgresStore>(url, named);
  if (auto started = store->start(); !started) return started.error();
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace scrip
