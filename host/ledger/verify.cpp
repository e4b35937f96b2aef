#include "ledger/verify.h"

#include <unordered_map>

#include "coupon/counter_day.h"
#include "policy/decision_record.h"

namespace scrip {

Result<std::vector<Drift>> verify(Store& store, const Progress& progress) {
  std::unordered_map<CounterKey, std::int64_t> counted;
  std::unordered_map<CounterKey, std::int64_t> stored;
  std::vector<Drift> unreadable;
  auto drift = store.verify(
      progress,
      [&](const DecisionRow& row) {
        auto decision = decode_decision(row.record);
        if (!decision) {
          unreadable.push_back({.what = "decision " + std::to_string(row.id) + ": " + decision.error().message});
          return;
        }
        if (!decision->verdict.allowed()) return;
        for (const auto& [counter, by] : decision->verdict.counts) counted[{row.campaign, counter}] += by;
      },
      [&](const CounterKey& key, std::int64_t value, std::int64_t unrecorded) {
        stored[key] = value;
        if (unrecorded != 0) counted[key] += unrecorded;
      });
  if (!drift) return drift;
  // Asked afterwards: meanwhile it only grows, and what it spares is over.
  const auto over = store.counters_over_before();
  if (!over) return over.error();
  for (const auto& [key, value] : counted) stored.try_emplace(key, 0);
  for (const auto& [key, value] : stored) {
    const std::string_view last_day = last_day_of(key.name);
    if (!last_day.empty() && last_day < *over) continue;
    const auto found = counted.find(key);
    const std::int64_t expected = found == counted.end() ? 0 : found->second;
    if (value != expected) {
      drift->push_back({.what = "campaign number " + std::to_string(key.campaign) + ": counter " + key.name,
                        .stored = value,
                        .counted = expected});
    }
  }
  drift->insert(drift->end(), unreadable.begin(), unreadable.end());
  return drift;
}

}  // namespace scrip
