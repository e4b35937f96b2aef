#include "db/postgres/load_decisions.h"

#include <algorithm>

#include "db/postgres/columns.h"

namespace scrip::postgres {
namespace {

// More than a batch of the usual size adds, so that dropping keeps up with what comes.
constexpr int dropped_at_once = 2'048;

}  // namespace

void ask_for_old_decisions(Exchange& exchange, Micros before, BatchState& batch, Loaded::OldDecisions& old) {
  exchange.ask("SELECT at FROM decision ORDER BY at, id LIMIT 1", {}, [&old](Rows& rows) -> Result<void> {
    old.oldest = rows.integer();
    return {};
  });
  Params params;
  params.add(before).add(dropped_at_once);
  exchange.ask(
      "SELECT id, at, campaign_id, serial, user_id, revision, code,"
      " CASE WHEN counts THEN record ELSE CAST('' AS bytea) END, counts"
      " FROM decision WHERE at < $1 ORDER BY at, id LIMIT $2 FOR UPDATE SKIP LOCKED",
      params, [&batch, &old](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          DecisionRow decision;
          read(rows, row, decision);
          old.last = std::max(old.last, decision.id);
          batch.old_decisions.emplace_back(decision.campaign, decision.id);
          if (decision.counts) old.counting.push_back(std::move(decision));
        }
        return {};
      });
}

}  // namespace scrip::postgres
