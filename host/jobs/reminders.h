// Looks for coupons that come closer to their end and has the ledger make the notices that their
// policies want. What is asked here only narrows down: the ledger asks again inside its transaction,
// on what is true then, and makes each notice once (db/store.h, ReminderMark), so a pass may be
// repeated, interrupted, or run twice at the same time.
//
// A campaign's rules say from how many days before a coupon's last day on they want to be asked, and
// in whose days (plugins/README.md, remind_from). Its coupons of these last days are walked through
// when such a day begins, in the order of their expiry, and when its policy or itself was changed; at
// a start all are. A coupon that comes to be held within its last days (a claim, an import, a
// cancelled use) is asked about when it does, see changed().
//
// changed() and interrupt() may be called from any thread; pass() by one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/store.h"
#include "ledger/catalog.h"
#include "ledger/judge.h"
#include "ledger/ledger.h"
#include "ops/clock.h"

namespace scrip::jobs {

class Reminders {
 public:
  Reminders(Ledger& ledger, Store& store, const Clock& clock) : ledger_(ledger), store_(store), clock_(clock) {}

  // For LedgerEvents::changed. True: pass() has something to do.
  bool changed(const Changes& changes);

  struct Pass {
    std::int64_t walked = 0;   // coupons that expire within the last days of some campaign
    std::int64_t asked = 0;    // of these, and of those that changed: the policy was asked
    std::int64_t failed = 0;   // the policy failed
    std::int64_t notices = 0;  // were made
    std::string failure;       // why the last one failed
  };
  // Everything that is due by now; little when nothing is. After an error the next pass does what is left.
  Result<Pass> pass();

  // A pass that is under way ends soon, and so do all after it.
  void interrupt() { interrupted_.store(true, std::memory_order_relaxed); }

 private:
  // What is known of a campaign's rules.
  struct Plan {
    std::string of;  // what in the campaign it depends on
    int days = -1;   // -1: nothing is ever asked
    std::vector<std::string> zones;
    Micros next_walk = 0;
  };

  void plan(const Catalog& catalog, const std::shared_ptr<const ActivePolicies>& active, Micros now);
  Result<void> walk(const std::set<std::int64_t>& campaigns, Micros now, Pass& pass);
  Result<void> ask_fresh(Micros now, Pass& pass);
  // Adds the coupon to candidates_ when its policy wants a notice that it has not had.
  Result<void> ask(const Catalog& catalog, Reader& reader, const Coupon& coupon, Micros now, Pass& pass);
  Result<void> make_notices(Pass& pass);

  Ledger& ledger_;
  Store& store_;
  const Clock& clock_;
  std::atomic<bool> interrupted_{false};

  // The thread of pass() alone.
  std::shared_ptr<const Catalog> planned_;
  std::unique_ptr<Judge> judge_;
  std::map<std::int64_t, Plan> plans_;  // by campaign number
  std::vector<CouponKey> candidates_;

  std::mutex mutex_;                            // guards:
  bool ready_ = false;                          // days_ is filled in
  std::unordered_map<std::int64_t, int> days_;  // Plan::days
  struct Fresh {
    CouponKey coupon;
    Micros expires_at = 0;
  };
  std::vector<Fresh> fresh_;
  bool too_many_ = false;  // more than fresh_ takes: all have to be walked through
};

}  // namespace scrip::jobs
