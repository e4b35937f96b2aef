// Nodes on one database, in threads of their own: what a ledger does with a store, without its rules.
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <thread>

#include "engines.h"

namespace scrip {

// Decides a batch until it is stored; `decide` makes the changes from what it loads, and is called again after a
// conflict. False: it was not to be stored.
using Decide = std::function<Result<bool>(Store&, Changes&)>;

inline Result<bool> run_batch(Store& store, const Decide& decide) {
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    Result<void> done = store.begin();
    Changes changes;
    if (done) {
      auto decided = decide(store, changes);
      if (decided && !*decided) {
        store.rollback();
        return false;
      }
      done = decided ? store.commit(changes) : Result<void>(decided.error());
      if (!decided) store.rollback();
    }
    if (done) return true;
    if (done.error().code != Code::storage_conflict) return done.error();
  }
  return Error{.code = Code::internal, .message = "it never ended"};
}

// Gives `wanted` coupons of campaign 1 to users whom `user` names, one each, as far as the total of a thousand allows.
inline Result<bool> claim(Store& store, Changes& changes, int wanted, const std::function<std::string(int)>& user,
                          std::vector<std::int64_t>& given) {
  given.clear();
  Wanted load{.tallies = {1}, .in_hand = {{1, wanted}}};
  for (int i = 0; i < wanted; ++i) load.holdings.push_back({1, user(i), std::nullopt});
  Loaded loaded;
  if (auto done = store.load(load, loaded); !done) return done.error();
  CampaignTally& tally = loaded.tallies[1];
  const auto& hand = loaded.in_hand[1];
  auto ranges = hand.ranges;
  if (ranges.empty()) ranges = {{tally.next_serial, std::numeric_limits<std::int64_t>::max()}};
  std::size_t range = 0;
  std::int64_t serial = ranges.front().first;
  for (int i = 0; i < wanted; ++i) {
    Holding& holding = loaded.holdings[{1, user(i), std::nullopt}];
    if (holding.issued > 0) continue;
    if (tally.issued >= 1'000) break;
    for (;; ++serial) {
      while (range < ranges.size() && serial >= ranges[range].end) {
        if (++range < ranges.size()) serial = ranges[range].first;
      }
      if (range == ranges.size()) return Error{.code = Code::internal, .message = "fewer serials than were wanted"};
      if (!std::binary_search(hand.taken.begin(), hand.taken.end(), serial)) break;
    }
    given.push_back(serial);
    Coupon coupon = issued_coupon(1, serial++, user(i));
    add_new(changes, coupon);
    changes.tallies[1].issued += 1;
    ++tally.issued;
    ++holding.issued;
  }
  return !given.empty();
}

// What threads found wrong; Catch's own checks are for one thread.
class Complaints {
 public:
  void add(const std::string& what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(what);
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> all_;
};

inline void on_nodes(const Postgres& engine, int count, const std::function<void(Store&, int)>& work) {
  std::vector<std::unique_ptr<Store>> nodes;
  for (int i = 0; i < count; ++i) nodes.push_back(engine.open());
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&, i] { work(*nodes[static_cast<std::size_t>(i)], i); });
  for (std::thread& thread : threads) thread.join();
}

inline std::vector<std::string> verified(Store& store) {
  std::vector<std::string> texts;
  for (const Drift& drift : value_of(store.verify({}, {}, {}))) {
    texts.push_back(drift.what + " " + std::to_string(drift.stored) + " " + std::to_string(drift.counted));
  }
  return texts;
}

inline const std::vector<std::string> nothing;

}  // namespace scrip
