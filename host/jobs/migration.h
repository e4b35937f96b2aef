// Moves everything that one store holds into another: from the file of a server that has stopped to a
// database that nodes share. In pages, each of them one commit, so that memory stays flat and what broke off
// goes on where it was when it is begun again. Which policies are in force comes last: a store without any is
// one that is not complete.
//
// Ids stay what they are, but for those of events and of the audit log, which the store gives. Events that
// were delivered or given up stay behind, and so do counts of attempts.
//
// One thread, with nobody else at work on either store.
#pragma once

#include <cstdint>

#include "db/inventory.h"
#include "db/store.h"

namespace scrip::jobs {

struct MigrationSource {
  Store& store;
  Inventory& inventory;
};

// What was copied now; less than all of it when an earlier run had copied some.
struct Migrated {
  std::int64_t campaigns = 0;
  std::int64_t coupons = 0;
  std::int64_t decisions = 0;
  std::int64_t users = 0;
  std::int64_t counters = 0;
};

// The error is invalid_request when `to` holds something else already, or all of it.
Result<Migrated> migrate(MigrationSource from, Store& to, const Progress& progress);

}  // namespace scrip::jobs
