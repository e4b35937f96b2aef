// What a batch changed, as statements of one round trip.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "db/postgres/batch_state.h"
#include "db/postgres/exchange.h"
#include "db/postgres/node_registration.h"
#include "db/store.h"

namespace scrip::postgres {

struct Applying {
  NodeId node;
  std::int64_t definition_version = 0;                      // that the batch was decided by
  const std::unordered_map<std::int64_t, Campaign>& known;  // as they were before the batch
  bool has_imports = false;                                 // as the ledgers know
  std::int64_t lease_at_most = 0;
  std::function<std::int64_t()> next_id;
};

// Asks for all of it. storage_conflict, now or when the exchange has run: what the batch has read is not so any more,
// or it needs a campaign alone that it shares; `contended` then names those campaigns. All arguments stay until then.
Result<void> apply(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch,
                   Contended& contended);

// The parts; each as apply().
Result<void> apply_stock(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch,
                         Contended& contended);
void apply_definitions(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch);
void lock_coupons(Exchange& exchange, const Changes& changes, const BatchState& batch);
void apply_coupons(Exchange& exchange, const Changes& changes, BatchState& batch, Contended& contended);
void apply_holdings(Exchange& exchange, const Changes& changes, BatchState& batch, Contended& contended);
Result<void> apply_counters(Exchange& exchange, const Changes& changes, BatchState& batch, Contended& contended);
void apply_answers(Exchange& exchange, const Changes& changes, BatchState& batch);
void apply_decisions(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch);
void apply_records(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch);
void apply_imports(Exchange& exchange, const Applying& applying, const Changes& changes);
void apply_outbox(Exchange& exchange, const Applying& applying, const Changes& changes);

// Looks whether a statement has changed a row for each of these campaigns, as often as it is named, whose numbers it
// returns. Those where it has not are contended.
Exchange::Take expect_rows(std::vector<std::int64_t> campaigns, Contended& contended);

// As expect_rows(), of a statement that returns no rows: all of them are contended if any is.
Exchange::Take expect_all(std::vector<std::int64_t> campaigns, Contended& contended);

// Looks whether a statement has changed so many rows.
Exchange::Take expect_count(std::size_t count, const char* otherwise);

}  // namespace scrip::postgres
