#include "db/postgres/definitions.h"

#include "db/postgres/columns.h"
#include "db/postgres/exchange.h"
#include "db/postgres/reader_pool.h"

namespace scrip::postgres {
namespace {

template <class Row>
Exchange::Take into(std::vector<Row>& to) {
  return [&to](Rows& rows) -> Result<void> {
    auto all = read_all<Row>(rows);
    if (!all) return all.error();
    to = std::move(*all);
    return {};
  };
}

Exchange::Take into(std::int64_t& to) {
  return [&to](Rows& rows) -> Result<void> {
    to = rows.integer().value_or(0);
    return {};
  };
}

Result<VersionedDefinitions> read(Connection& db) {
  VersionedDefinitions found;
  Definitions& all = found.definitions;
  Exchange exchange(db);
  exchange.ask("SELECT version FROM definition_version WHERE id = 1", {}, into(found.version));
  exchange.ask("SELECT " SCRIP_PG_CAMPAIGN " FROM campaign ORDER BY campaign_id", {}, into(all.campaigns));
  exchange.ask("SELECT " SCRIP_PG_FORMAT " FROM code_format ORDER BY id", {}, into(all.formats));
  exchange.ask("SELECT " SCRIP_PG_BATCH " FROM code_batch ORDER BY id", {}, into(all.batches));
  exchange.ask("SELECT value FROM setting WHERE name = 'last_work'", {}, into(all.last_work));
  exchange.ask("SELECT max(number) FROM policy_revision", {}, into(all.last_revision));
  exchange.ask("SELECT value FROM setting WHERE name = 'active_revision'", {}, into(all.active_revision));
  exchange.ask("SELECT set_aside FROM policy_activation ORDER BY id DESC LIMIT 1", {}, [&](Rows& rows) -> Result<void> {
    if (rows.size() > 0) rows.read(0, all.set_aside);
    return {};
  });
  exchange.ask("SELECT 1 FROM imported_code LIMIT 1", {}, [&](Rows& rows) -> Result<void> {
    all.has_imports = rows.size() > 0;
    return {};
  });
  exchange.ask("SELECT 1 FROM hold LIMIT 1", {}, [&](Rows& rows) -> Result<void> {
    all.has_holds = rows.size() > 0;
    return {};
  });
  exchange.ask("SELECT expires_at FROM hold WHERE state = 0 ORDER BY expires_at LIMIT 1", {},
               [&](Rows& rows) -> Result<void> {
                 all.hold_end = rows.integer();
                 return {};
               });
  if (auto done = exchange.run(); !done) return done.error();
  return found;
}

}  // namespace

Result<VersionedDefinitions> read_definitions(Connection& db) {
  if (db.in_transaction()) return read(db);
  const Snapshot snapshot(db);
  if (!snapshot.begun()) return snapshot.begun().error();
  return read(db);
}

Result<std::int64_t> definition_version(Connection& db) {
  auto rows = query(db, "SELECT version FROM definition_version WHERE id = 1");
  if (!rows) return rows.error();
  return rows->integer().value_or(0);
}

}  // namespace scrip::postgres
