#include "db/postgres/foresight.h"

#include <algorithm>
#include <set>
#include <utility>

#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

constexpr std::size_t most_patterns = 8;  // of a campaign
constexpr int forgotten_after = 32;       // batches

// The longest user's id that the name has in it; "": none.
std::string_view user_in(const CounterKey& key, const BatchState& batch) {
  std::string_view longest;
  for (const auto& [holding, read] : batch.holdings) {
    const std::string& user = holding.user_id;
    if (holding.campaign == key.campaign && user.size() > longest.size() && key.name.find(user) != std::string::npos) {
      longest = user;
    }
  }
  return longest;
}

}  // namespace

bool Foresight::Pattern::fits(const CounterKey& key, const BatchState& batch) const {
  if (!by_user) return key.name == before;
  if (key.name.size() <= before.size() + after.size() || !key.name.starts_with(before) || !key.name.ends_with(after)) {
    return false;
  }
  const std::string user = key.name.substr(before.size(), key.name.size() - before.size() - after.size());
  return batch.holdings.contains({key.campaign, user, std::nullopt});
}

void Foresight::learn(const std::vector<CounterKey>& counters, const BatchState& batch) {
  for (const CounterKey& key : counters) {
    std::vector<Pattern>& patterns = patterns_[key.campaign];
    const auto known = std::find_if(patterns.begin(), patterns.end(),
                                    [&](const Pattern& pattern) { return pattern.fits(key, batch); });
    if (known != patterns.end()) {
      known->unused = 0;
      continue;
    }
    if (patterns.size() == most_patterns) continue;
    const std::string_view user = user_in(key, batch);
    if (user.empty()) {
      patterns.push_back({.before = key.name, .after = {}, .by_user = false});
    } else {
      const std::size_t at = key.name.find(user);
      patterns.push_back(
          {.before = key.name.substr(0, at), .after = key.name.substr(at + user.size()), .by_user = true});
    }
  }
}

void Foresight::ask(Exchange& exchange, const Wanted& wanted, BatchState& batch) {
  if (patterns_.empty()) return;
  std::set<std::int64_t> campaigns(wanted.tallies.begin(), wanted.tallies.end());
  for (const HoldingKey& key : wanted.holdings) campaigns.insert(key.campaign);
  std::vector<CounterKey> keys;
  const auto add = [&](CounterKey key) {
    if (batch.counters.contains(key) || !batch.foreseen.try_emplace(key).second) return;
    keys.push_back(std::move(key));
  };
  for (const std::int64_t campaign : campaigns) {
    const auto found = patterns_.find(campaign);
    if (found == patterns_.end()) continue;
    std::erase_if(found->second, [](Pattern& pattern) { return ++pattern.unused > forgotten_after; });
    for (const Pattern& pattern : found->second) {
      if (!pattern.by_user) add({campaign, pattern.before});
    }
  }
  for (const HoldingKey& holding : wanted.holdings) {
    const auto found = patterns_.find(holding.campaign);
    if (found == patterns_.end() || holding.subject) continue;
    for (const Pattern& pattern : found->second) {
      if (pattern.by_user) add({holding.campaign, pattern.before + holding.user_id + pattern.after});
    }
  }
  if (keys.empty()) return;
  Numbers of;
  Texts names;
  for (const CounterKey& key : keys) {
    of.push_back(key.campaign);
    names.push_back(key.name);
  }
  exchange.ask(
      "SELECT c.campaign_id, c.name, c.value FROM unnest($1, $2) AS w (campaign_id, name) JOIN counter c"
      " ON c.campaign_id = w.campaign_id AND c.name = w.name",
      columns(of, names), [&batch](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          CounterKey key;
          std::int64_t value = 0;
          rows.read(row, key.campaign, key.name, value);
          batch.foreseen[key] = value;
        }
        return {};
      });
}

bool Foresight::serve(const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  const bool counters_only = !wanted.counters.empty() && wanted.tallies.empty() && wanted.exact.empty() &&
                             wanted.in_hand.empty() && wanted.holdings.empty() && wanted.coupons.empty() &&
                             wanted.holds.empty() && !wanted.holds_over && wanted.idempotency.empty() &&
                             wanted.attributes.empty() && wanted.logins.empty() && wanted.works.empty() &&
                             wanted.imported.empty() && wanted.lowest_serials.empty() && wanted.imports.empty() &&
                             wanted.reminders.empty() && wanted.stacked_orders.empty() && !wanted.decided_before;
  if (!counters_only) return false;
  for (const CounterKey& key : wanted.counters) {
    if (!batch.foreseen.contains(key) || !batch.held.contains(key.campaign)) return false;
  }
  for (const CounterKey& key : wanted.counters) {
    if (!loaded.counters.try_emplace(key).second) continue;
    const std::optional<std::int64_t> value = batch.foreseen.at(key);
    batch.counters.try_emplace(key, value);
    loaded.counters[key] = value.value_or(0);
  }
  return true;
}

}  // namespace scrip::postgres
