#include "cli/database.h"

#include "db/sqlite/sqlite_store.h"
#include "ops/clock.h"

namespace scrip::cli {

Result<Database> Database::open(const DataDirectory& data) {
  auto store = open_sqlite(data.database());
  if (!store) return store.error();
  return Database(std::move(*store));
}

Result<void> Database::execute(Command command) {
  const SystemClock clock;
  auto ledger = Ledger::open(*store_, clock, {.end_holds = false}, {});
  if (!ledger) return ledger.error();
  (*ledger)->start();
  Submission submission{.command = std::move(command), .actor = {.subject = "operator", .role = Role::operator_}};
  (*ledger)->execute(submission);
  if (submission.outcome.error) return *submission.outcome.error;
  return {};
}

}  // namespace scrip::cli
