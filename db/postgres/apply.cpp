#include "db/postgres/apply.h"

#include <map>

#include "db/postgres/holds.h"
#include "db/postgres/stacked_orders.h"

namespace scrip::postgres {

Result<void> apply(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch,
                   Contended& contended) {
  if (auto done = apply_stock(exchange, applying, changes, batch, contended); !done) return done;
  if (auto done = apply_counters(exchange, changes, batch, contended); !done) return done;
  apply_definitions(exchange, applying, changes, batch);
  lock_coupons(exchange, changes, batch);
  apply_coupons(exchange, changes, batch, contended);
  apply_holds(exchange, changes, batch, contended);
  apply_holdings(exchange, changes, batch, contended);
  apply_stacked_orders(exchange, changes, batch);
  apply_answers(exchange, changes, batch);
  apply_decisions(exchange, applying, changes, batch);
  apply_records(exchange, applying, changes, batch);
  apply_imports(exchange, applying, changes);
  apply_outbox(exchange, applying, changes);
  return {};
}

namespace {

Error came_between() {
  return {.code = Code::storage_conflict, .message = "another node has changed what this batch has read"};
}

}  // namespace

Exchange::Take expect_rows(std::vector<std::int64_t> campaigns, Contended& contended) {
  return [campaigns = std::move(campaigns), &contended](Rows& rows) -> Result<void> {
    if (rows.size() == static_cast<int>(campaigns.size())) return {};
    std::map<std::int64_t, std::int64_t> missing;
    for (const std::int64_t campaign : campaigns) ++missing[campaign];
    for (int row = 0; row < rows.size(); ++row) {
      std::int64_t campaign = 0;
      rows.read(row, campaign);
      --missing[campaign];
    }
    for (const auto& [campaign, count] : missing) {
      if (count != 0) contended.insert(campaign);
    }
    return came_between();
  };
}

Exchange::Take expect_all(std::vector<std::int64_t> campaigns, Contended& contended) {
  return [campaigns = std::move(campaigns), &contended](Rows& rows) -> Result<void> {
    if (rows.affected() == static_cast<std::int64_t>(campaigns.size())) return {};
    contended.insert(campaigns.begin(), campaigns.end());
    return came_between();
  };
}

Exchange::Take expect_count(std::size_t count, const char* otherwise) {
  return [count, otherwise](Rows& rows) -> Result<void> {
    if (rows.affected() == static_cast<std::int64_t>(count)) return {};
    return {Code::storage_conflict, otherwise};
  };
}

}  // namespace scrip::postgres
