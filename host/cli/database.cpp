#include "cli/database.h"

#include <algorithm>

#include "db/sqlite/sqlite_store.h"
#include "ops/clock.h"

namespace scrip::cli {

Result<Database> Database::open(const DataDirectory& data) {
  auto store = open_sqlite(data.database());
  if (!store) return store.error();
  return Database(std::move(*store));
}

Result<Campaign> Database::campaign(const std::string& id) {
  auto definitions = store_->definitions();
  if (!definitions) return definitions.error();
  auto& campaigns = definitions->campaigns;
  const auto found =
      std::find_if(campaigns.begin(), campaigns.end(), [&](const Campaign& each) { return each.id == id; });
  if (found == campaigns.end()) return no_campaign(id);
  return std::move(*found);
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

Error no_campaign(const std::string& id) {
  return {.code = Code::campaign_not_found, .message = "there is no campaign '" + id + "'"};
}

}  // namespace scrip::cli
