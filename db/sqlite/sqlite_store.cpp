#include "db/sqlite/sqlite_store.h"

#include <optional>
#include <utility>

#include "db/sqlite/apply.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/counters.h"
#include "db/sqlite/decision_blocks.h"
#include "db/sqlite/gathering_vfs.h"
#include "db/sqlite/listings.h"
#include "db/sqlite/load.h"
#include "db/sqlite/open_database.h"
#include "db/sqlite/reader_pool.h"
#include "db/sqlite/revisions.h"
#include "db/sqlite/runs/indexes.h"
#include "db/sqlite/sqlite_reader.h"
#include "db/sqlite/statement.h"
#include "db/sqlite/verify.h"
#include "db/sqlite/write_ahead_log.h"

namespace scrip {
namespace sqlite {
namespace {

Error no_batch() {
  return Error{.code = Code::internal, .message = "the store was used outside a batch"};
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<Connection> writer, std::unique_ptr<NewCoupons> new_coupons, const KeyHash& hash,
              const SqliteOptions& options)
      : options_(options),
        new_coupons_(std::move(new_coupons)),
        writer_(std::move(writer)),
        log_(*writer_, options),
        postings_(std::make_shared<Postings>(hash)),
        indexes_(*writer_, *postings_, options.runs),
        pool_(std::make_shared<ReaderPool>(writer_->path(), options)),
        log_file_(*log_file(writer_->handle())) {}

  Result<Definitions> definitions() override {
    return on_snapshot<Definitions>([](Connection& db) { return list_definitions(db); });
  }

  Result<std::int64_t> last_decision() override {
    return on_snapshot<std::int64_t>([](Connection& db) { return sqlite::last_decision(db); });
  }

  Result<std::optional<RevisionRow>> find_revision(const std::string& revision) override {
    return on_snapshot<std::optional<RevisionRow>>([&](Connection& db) { return sqlite::find_revision(db, revision); });
  }

  Result<void> begin() override {
    if (writer_->in_transaction()) return {Code::internal, "a batch was begun inside another"};
    log_.before_batch();
    if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
    auto prepared = repair();
    if (prepared) prepared = prepare();
    if (!prepared) rollback();
    return prepared;
  }

  Result<void> load(const Wanted& wanted, Loaded& loaded) override {
    if (!writer_->in_transaction()) return no_batch();
    return sqlite::load(*writer_, *lookup_, wanted, loaded);
  }

  Result<void> commit(const Changes& changes) override {
    if (!writer_->in_transaction()) return no_batch();
    auto done = apply(*writer_, {indexes_, *new_coupons_, newest_}, changes);
    if (done) done = indexes_.commit();
    if (!done) rollback();
    return done;
  }

  Result<Durable> write(const Changes& changes) override {
    Durability& durability = pool_->durability();
    durability.begin_commit();
    log_file_.put_off(true);
    const auto done = commit(changes);
    log_file_.put_off(false);
    if (!done) {
      durability.end_commit(Durability::Commit::failed);
      return done.error();
    }
    const bool pending = log_file_.has_unsynced();
    durability.end_commit(pending ? Durability::Commit::pending : Durability::Commit::durable);
    return pending ? Durable::after_flush : Durable::yes;
  }

  Result<void> flush() override {
    Durability& durability = pool_->durability();
    const std::uint64_t ended = durability.ended();
    if (log_file_.flush() != SQLITE_OK) {
      durability.failed();
      return not_durable();
    }
    durability.flushed(ended);
    return {};
  }

  void rollback() override {
    // A rollback cannot fail to happen: at worst SQLite does it when the transaction's locks go.
    if (writer_->in_transaction()) static_cast<void>(run("ROLLBACK"));
    indexes_.rolled_back();
    new_coupons_->forget();
    newest_.forget();
  }

  void idle() override { log_.idle(); }

  Result<std::string> counters_over_before() override {
    return on_snapshot<std::string>([](Connection& db) { return sqlite::counters_over_before(db); });
  }

  Result<std::unique_ptr<Reader>> reader() override {
    auto connection = PooledConnection::from(pool_);
    if (!connection) return connection.error();
    return std::unique_ptr<Reader>(std::make_unique<SqliteReader>(std::move(*connection), postings_));
  }

  Result<std::vector<Drift>> verify(const Progress& progress, const std::function<void(const DecisionRow&)>& decision,
                                    const CounterVisitor& counter) override {
    // A connection of its own: it is busy for long, and fills its cache with pages nobody asks for.
    auto connection = open_for_reading(writer_->path(), options_);
    if (!connection) return connection.error();
    const Snapshot snapshot(**connection);
    if (!snapshot.begun()) return snapshot.begun().error();
    return sqlite::verify(**connection, postings_->hash, progress, decision, counter);
  }

  Result<void> checkpoint() override { return log_.truncate(); }

 private:
  Result<void> run(const char* sql) { return Statement(*writer_, sql).run(); }

  Error not_durable() const {
    return Error{.code = Code::storage_unavailable,
                 .message = "cannot make durable what was written to " + writer_->path() + ": fsync has failed",
                 .retry_after_s = 1};
  }

  // In a transaction: a flush has failed.
  Result<void> repair() {
    if (!log_file_.failed()) return {};
    const std::uint64_t ended = pool_->durability().ended();
    if (log_file_.write_again() != SQLITE_OK) return not_durable();
    pool_->durability().flushed(ended);
    return {};
  }

  Result<void> prepare() {
    // Changes when another process has written; the indexes are then not what is in memory.
    const auto version = writer_->integer("PRAGMA data_version");
    if (!version) return version.error();
    if (*version != version_) {
      newest_.forget();
      if (auto read = indexes_.read(); !read) return read;
    }
    version_ = *version;
    auto lookup = Lookup::in_transaction(*writer_, *postings_);
    if (!lookup) return lookup.error();
    lookup_ = std::move(*lookup);
    return {};
  }

  template <class T, class Read>
  Result<T> on_snapshot(const Read& read) {
    auto connection = PooledConnection::from(pool_);
    if (!connection) return connection.error();
    const Snapshot snapshot(**connection);
    if (!snapshot.begun()) return snapshot.begun().error();
    return read(**connection);
  }

  const SqliteOptions options_;
  std::unique_ptr<NewCoupons> new_coupons_;  // the writer's table
  std::unique_ptr<Connection> writer_;
  WriteAheadLog log_;
  std::shared_ptr<Postings> postings_;
  Indexes indexes_;
  NewestDecision newest_;
  std::int64_t version_ = 0;  // PRAGMA data_version
  std::optional<Lookup> lookup_;
  std::shared_ptr<ReaderPool> pool_;
  LogFile& log_file_;  // the writer's
};

}  // namespace
}  // namespace sqlite

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, const SqliteOptions& options) {
  auto writer = sqlite::open_for_writing(path, options);
  if (!writer) return writer.error();
  const auto key_0 = (*writer)->integer("SELECT value FROM setting WHERE name = 'hash_key_0'");
  if (!key_0) return key_0.error();
  const auto key_1 = (*writer)->integer("SELECT value FROM setting WHERE name = 'hash_key_1'");
  if (!key_1) return key_1.error();
  if (sqlite::log_file((*writer)->handle()) == nullptr) return {Code::internal, "the log of " + path + " is not ours"};
  auto new_coupons = std::make_unique<sqlite::NewCoupons>();
  if (auto opened = new_coupons->open(**writer); !opened) return opened.error();
  const sqlite::KeyHash hash(*key_0, *key_1);
  return std::unique_ptr<Store>(
      std::make_unique<sqlite::SqliteStore>(std::move(*writer), std::move(new_coupons), hash, options));
}

}  // namespace scrip
