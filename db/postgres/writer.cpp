#include "db/postgres/writer.h"

#include <thread>
#include <utility>

#include "db/postgres/apply.h"
#include "db/postgres/exchange.h"
#include "db/postgres/ids.h"
#include "db/postgres/load_rows.h"
#include "db/postgres/load_stock.h"
#include "db/postgres/migrate.h"

namespace scrip::postgres {
namespace {

constexpr auto turn = std::chrono::seconds(1);
constexpr auto back_off = std::chrono::milliseconds(500);
constexpr auto seen_every = std::chrono::seconds(1);
// A batch that loads something finds out by itself whether it knows what is defined; this is for the others.
constexpr auto look_every = std::chrono::milliseconds(200);
// For how long a node tries to find out what came of a commit whose answer was lost.
constexpr auto settling = std::chrono::seconds(2);

}  // namespace

Result<void> Writer::connect() {
  const auto now = SteadyClock::now();
  if (now < connect_next_) {
    return Error{.code = Code::storage_unavailable, .message = "The database is away.", .retry_after_s = 1};
  }
  auto connection = Connection::open(url_, Connection::Use::writing);
  if (!connection) {
    connect_next_ = SteadyClock::now() + back_off;
    return connection.error();
  }
  db_ = std::move(*connection);
  news_.listen_on(*db_);
  look_ = true;
  return {};
}

Result<void> Writer::take_number() {
  auto node = register_node(*db_, options_.node_name);
  if (!node) return node.error();
  node_ = *node;
  number_.store(node->number, std::memory_order_relaxed);
  registered_ = true;
  batch_number_ = 0;
  return {};
}

Result<void> Writer::start() {
  if (auto connected = connect(); !connected) return connected;
  if (auto migrated = migrate(*db_, migrations()); !migrated) return migrated;
  if (auto taken = take_number(); !taken) return taken;
  auto found = definitions();
  return found ? Result<void>() : Result<void>(found.error());
}

Result<void> Writer::begin() {
  if (in_batch_) return {Code::internal, "a batch was begun inside another"};
  if (!db_ || db_->broken()) {
    if (auto connected = connect(); !connected) return connected;
  }
  if (!registered_) {
    if (auto taken = take_number(); !taken) return taken;
  }
  batch_ = {};
  in_batch_ = true;
  begun_ = false;
  loaded_ = false;
  return {};
}

void Writer::rollback() {
  if (begun_ && db_ && !db_->broken()) {
    if (auto done = db_->execute("ROLLBACK"); !done) db_->give_up();
  }
  begun_ = false;
  in_batch_ = false;
}

Error Writer::fail(Error error) {
  look_ = true;
  rollback();
  return error;
}

void Writer::contend(const Contended& campaigns) {
  const auto now = SteadyClock::now();
  std::erase_if(contended_, [now](const auto& entry) { return entry.second < now; });
  for (const std::int64_t campaign : campaigns) contended_[campaign] = now + turn;
}

bool Writer::contended(std::int64_t campaign) {
  const auto found = contended_.find(campaign);
  return found != contended_.end() && SteadyClock::now() < found->second;
}

void Writer::ask_to_begin(Exchange& exchange) {
  if (begun_) return;
  exchange.ask("BEGIN ISOLATION LEVEL READ COMMITTED");
  begun_ = true;
}

void Writer::idle() {
  const auto now = SteadyClock::now();
  if (in_batch_ || now < seen_next_) return;
  seen_next_ = now + seen_every;
  if (!db_ || db_->broken()) {
    if (!connect()) return;
  }
  if (!registered_ && !take_number()) return;
  Exchange exchange(*db_);
  bool lost = false;
  ask_to_be_seen(exchange, node_, std::nullopt, lost);
  static_cast<void>(exchange.run());
  if (lost) registered_ = false;
}

Result<VersionedDefinitions> Writer::definitions() {
  // Not inside the batch's transaction, which holds locks and may fail.
  std::unique_ptr<Connection> other;
  Connection* db = db_.get();
  if (begun_ || !db || db->broken()) {
    auto opened = Connection::open(url_, Connection::Use::reading);
    if (!opened) return opened.error();
    other = std::move(*opened);
    db = other.get();
  }
  auto found = read_definitions(*db);
  if (!found) return found;
  seen_version_ = given_version_ = found->version;
  has_imports_ = found->definitions.has_imports;
  stale_ = false;
  known_.clear();
  for (const Campaign& campaign : found->definitions.campaigns) known_.emplace(campaign.number, campaign);
  return found;
}

bool Writer::look_is_due() {
  const bool heard = news_.heard_on(*db_);
  return heard || look_ || !in_batch_ || SteadyClock::now() >= look_next_;
}

Result<std::optional<Definitions>> Writer::changed_definitions() {
  // Once the batch has locked or loaded something, that has told.
  if (!begun_ && db_ && !db_->broken() && look_is_due()) {
    const auto version = definition_version(*db_);
    if (!version) return version.error();
    seen_version_ = *version;
    look_ = false;
    look_next_ = SteadyClock::now() + look_every;
  }
  if (seen_version_ == given_version_ && !stale_) return std::optional<Definitions>();
  auto found = definitions();
  if (!found) return found.error();
  return std::optional(std::move(found->definitions));
}

Result<void> Writer::commit(const Changes& changes) {
  if (!in_batch_) return {Code::internal, "the store was used outside a batch"};
  if (changes.empty()) {
    rollback();
    return {};
  }
  if (auto found = find_missing(changes); !found) return found;
  if (auto written = write(changes); !written) return fail(written.error());
  Exchange exchange(*db_);
  exchange.ask("COMMIT");
  return settle(exchange.run());
}

Result<void> Writer::write(const Changes& changes) {
  Exchange exchange(*db_);
  ask_to_begin(exchange);
  bool lost = false;
  ask_to_be_seen(exchange, node_, ++batch_number_, lost);
  Contended contended;
  batch_.campaigns = changes.campaigns;
  const Applying applying{.node = node_,
                          .definition_version = seen_version_,
                          .known = known_,
                          .has_imports = has_imports_,
                          .lease_at_most = options_.lease_at_most,
                          .next_id = [this] {
                            last_id_ = id_after(last_id_, node_.number, machine_time());
                            return last_id_;
                          }};
  auto done = apply(exchange, applying, changes, batch_, contended);
  if (batch_.raises_version) news_.tell(exchange);
  if (done) done = exchange.run();
  if (lost) registered_ = false;
  contend(contended);
  return done;
}

// The transaction is over, or nobody knows.
Result<void> Writer::settle(Result<void> committed) {
  begun_ = false;
  in_batch_ = false;
  const auto stored = [this]() -> Result<void> {
    seen_next_ = SteadyClock::now() + seen_every;
    const bool changed = batch_.raises_version;
    if (changed && given_version_ == seen_version_) ++given_version_;
    if (changed) ++seen_version_;
    for (Campaign& campaign : batch_.campaigns) known_.insert_or_assign(campaign.number, std::move(campaign));
    has_imports_ = has_imports_ || batch_.imports;
    return {};
  };
  if (committed) return stored();
  look_ = true;
  if (!db_->broken()) {
    if (db_->in_transaction()) static_cast<void>(db_->execute("ROLLBACK"));
    return committed;
  }
  Error unknown{.code = Code::storage_unavailable,
                .message = "The database was lost while it stored this; it may have been stored or not.",
                .retry_after_s = 1};
  const auto deadline = SteadyClock::now() + settling;
  do {
    connect_next_ = {};
    if (!connect()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    const auto last = last_batch(*db_, node_);
    if (!last) continue;
    if (!*last) return unknown;
    if (**last == batch_number_) return stored();
    unknown.message = "The database was lost, and nothing was stored.";
    return unknown;
  } while (SteadyClock::now() < deadline);
  return unknown;
}

Result<void> Writer::give_back(std::int64_t campaign) {
  Exchange exchange(*db_);
  exchange.ask("BEGIN");
  Params lock;
  lock.add(campaign);
  exchange.ask("SELECT campaign_id FROM campaign WHERE campaign_id = $1 FOR UPDATE", lock);
  Params params;
  params.add(campaign).add(node_.number);
  exchange.ask("UPDATE lease SET node_id = -1 WHERE campaign_id = $1 AND node_id = $2", params);
  exchange.ask("COMMIT");
  auto done = exchange.run();
  if (!done && db_->in_transaction()) static_cast<void>(db_->execute("ROLLBACK"));
  return done;
}

Result<void> Writer::give_back() {
  if (in_batch_ || !db_ || db_->broken() || !registered_) return {};
  auto rows =
      query(*db_, "SELECT DISTINCT campaign_id FROM lease WHERE node_id = $1", std::move(Params().add(node_.number)));
  if (!rows) return rows.error();
  for (int row = 0; row < rows->size(); ++row) {
    std::int64_t campaign = 0;
    rows->read(row, campaign);
    if (auto given = give_back(campaign); !given) return given;
  }
  registered_ = false;
  return sign_off(*db_, node_);
}

}  // namespace scrip::postgres
