// How a batch locks and reads.
#include <utility>

#include "db/postgres/exchange.h"
#include "db/postgres/holds.h"
#include "db/postgres/load_rows.h"
#include "db/postgres/load_stock.h"
#include "db/postgres/stacked_orders.h"
#include "db/postgres/writer.h"

namespace scrip::postgres {
namespace {

// As often as a batch's locks are taken anew: brief, shared, alone, and once more when a share ends meanwhile.
constexpr int attempts = 4;

void name_campaigns(const Wanted& wanted, Locks& locks) {
  for (const std::int64_t campaign : wanted.tallies) locks.try_emplace(campaign, false);
  for (const auto& [campaign, count] : wanted.in_hand) locks.try_emplace(campaign, false);
  for (const HoldingKey& key : wanted.holdings) locks.try_emplace(key.campaign, false);
  for (const CouponKey& key : wanted.coupons) locks.try_emplace(key.campaign, false);
  for (const CouponKey& key : wanted.holds) locks.try_emplace(key.campaign, false);
  for (const CounterKey& key : wanted.counters) locks.try_emplace(key.campaign, false);
  for (const std::int64_t campaign : wanted.lowest_serials) locks.try_emplace(campaign, false);
  for (const std::int64_t campaign : wanted.exact) locks[campaign] = true;
}

}  // namespace

Result<void> Writer::load(const Wanted& wanted, Loaded& loaded) {
  if (!in_batch_) return {Code::internal, "the store was used outside a batch"};
  foresight_.learn(wanted.counters, batch_);
  if (foresight_.serve(wanted, batch_, loaded)) return {};
  Locking locking{.node = node_.number};
  name_campaigns(wanted, locking.locks);
  Contended too_late;
  for (auto lock = locking.locks.begin(); lock != locking.locks.end();) {
    const auto held = batch_.held.find(lock->first);
    if (held == batch_.held.end()) {
      ++lock;
      continue;
    }
    // A lock is never raised: two who did would wait for each other.
    if (lock->second && !held->second.alone) too_late.insert(lock->first);
    if (lock->second) held->second.exact = true;
    lock = locking.locks.erase(lock);
  }
  if (!too_late.empty()) {
    contend(too_late);
    return fail({.code = Code::storage_conflict, .message = "a campaign has to be locked alone"});
  }
  for (auto& [campaign, alone] : locking.locks) alone = alone || contended(campaign);
  for (const auto& [campaign, count] : wanted.in_hand) locking.wanted[campaign] += count;
  for (const std::int64_t campaign : wanted.exact) locking.exact.insert(campaign);

  const bool may_redo = batch_.held.empty() && batch_.old_decisions.empty();
  for (int attempt = 1;; ++attempt) {
    const bool last = !may_redo || attempt == attempts;
    locking.brief = !last && attempt == 1;
    BatchState before;
    Loaded fresh;
    if (!last) {
      before = batch_;
      fresh = loaded;
    }
    Locked locked;
    auto done = try_load(wanted, last ? loaded : fresh, locking, locked);
    if (done) {
      if (!last) loaded = std::move(fresh);
      loaded_ = true;
      return {};
    }
    const bool too_few_turns = done.error().code == Code::storage_conflict && locked.alone_too.empty();
    if (last || db_->broken() || done.error().code != Code::storage_conflict || !versions_agree_) {
      if (!locked.alone_too.empty()) contend(locked.alone_too);
      return fail(done.error());
    }
    if (auto rolled_back = db_->execute("ROLLBACK"); !rolled_back) return fail(rolled_back.error());
    begun_ = false;
    if (too_few_turns) {
      if (auto asked = ask_for_turns(*db_, locking.locks); !asked) return fail(asked.error());
    }
    for (const std::int64_t campaign : locked.alone_too) locking.locks[campaign] = true;
    batch_ = std::move(before);
  }
}

// One attempt, in one round trip where nothing is unusual about a campaign.
Result<void> Writer::try_load(const Wanted& wanted, Loaded& loaded, const Locking& locking, Locked& locked) {
  Exchange exchange(*db_);
  ask_to_begin(exchange);
  ask_for_locks(exchange, locking, locked);
  if (!loaded_) ask_whether_current(exchange);
  ask_for_wanted(exchange, wanted, batch_, loaded);
  foresight_.ask(exchange, wanted, batch_);
  // After the coupons: who finds none has read a version of the coupon that a later one would have raised.
  ask_for_holds(exchange, wanted, batch_, loaded);
  ask_for_stacked_orders(exchange, wanted, batch_, loaded);
  if (auto done = exchange.run(); !done) return done;
  for (const auto& [campaign, held] : locked.held) {
    const auto known = known_.find(campaign);
    if (held.version == 0 || (known != known_.end() && known->second.version == held.version)) continue;
    versions_agree_ = false;
    stale_ = true;
    return {Code::storage_conflict, "another node has changed the campaign"};
  }
  batch_.live.merge(locked.live);
  batch_.held.merge(locked.held);

  Contended contended;
  auto stocked = load_stock(*db_, locking.wanted, node_.number, batch_, loaded, contended);
  if (!stocked) {
    locked.alone_too = contended;
    return stocked;
  }
  for (const std::int64_t campaign : wanted.tallies) {
    if (loaded.tallies.contains(campaign)) continue;
    Held& held = batch_.held.at(campaign);
    const Stock& stock = held.stock;
    if (held.offered.empty()) held.tally.next_serial = lowest_left(stock);
    held.tally.issued = stock.issued;
    held.tally.redeemed = stock.redeemed;
    held.tally.pooled = stock.pooled;
    held.tally.held = stock.held;
    held.tally.by_hand = std::max<std::int64_t>(stock.computed - held.tally.next_serial, 0);
    loaded.tallies.emplace(campaign, held.tally);
  }
  for (const auto& [campaign, held] : batch_.held) {
    if (!held.alone) loaded.estimated.insert(campaign);
  }
  return {};
}

// Whether this node knows what is defined. Whether it is still the one that it takes itself for it learns when it
// writes.
void Writer::ask_whether_current(Exchange& exchange) {
  versions_agree_ = true;
  exchange.ask("SELECT version FROM definition_version WHERE id = 1", {}, [this](Rows& rows) -> Result<void> {
    const std::int64_t version = rows.integer().value_or(0);
    if (version == seen_version_) return {};
    seen_version_ = version;
    versions_agree_ = false;
    return {Code::storage_conflict, "another node has changed what is defined"};
  });
}

// Locks and reads what the changes name and the batch has not loaded.
Result<void> Writer::find_missing(const Changes& changes) {
  Wanted wanted;
  std::set<std::int64_t> campaigns;
  for (const Campaign& campaign : changes.campaigns) campaigns.insert(campaign.number);
  for (const CodeBatch& batch : changes.batches) campaigns.insert(batch.campaign);
  for (const auto& [key, change] : changes.coupons) {
    campaigns.insert(key.campaign);
    if (!change.is_new && !batch_.coupons.contains(key)) wanted.coupons.push_back(key);
  }
  for (const auto& [key, hold] : changes.holds) {
    campaigns.insert(key.campaign);
    if (!batch_.holds.contains(key)) wanted.holds.push_back(key);
    if (!changes.coupons.contains(key) && !batch_.coupons.contains(key)) wanted.coupons.push_back(key);
  }
  for (const auto& [id, order] : changes.stacked_orders) {
    if (!batch_.stacked_orders.contains(id)) wanted.stacked_orders.push_back(id);
  }
  for (const auto& [campaign, tally] : changes.tallies) campaigns.insert(campaign);
  for (const auto& [key, by] : changes.counters) campaigns.insert(key.campaign);
  for (const std::int64_t campaign : campaigns) {
    if (!batch_.held.contains(campaign)) wanted.exact.push_back(campaign);
  }
  if (wanted.exact.empty() && wanted.coupons.empty() && wanted.holds.empty() && wanted.stacked_orders.empty()) {
    return {};
  }
  Loaded loaded;
  return load(wanted, loaded);
}

}  // namespace scrip::postgres
