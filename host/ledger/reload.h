// Reload as one transaction: read every file once, compile, check and test them all, let the ledger
// check that every campaign still fits and swap, and answer only then. Any error keeps the old set.
// The command, the HTTP call, SIGHUP, --watch and the start all go through here. Thread-safe;
// reloads happen one after the other.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "db/store.h"
#include "ledger/ledger.h"
#include "ops/parking_mutex.h"
#include "policy/policy_set.h"

namespace scrip {

class Reload {
 public:
  struct Sources {
    std::filesystem::path scripts;
    std::filesystem::path plugins;
  };
  Reload(Ledger& ledger, Store& store, Sources sources, Compile compile, PolicyLimits limits,
         std::function<void(bool ok)> attempted = nullptr);

  struct Attempt {
    Micros at = 0;  // real time
    bool ok = false;
    std::string revision;  // when ok: the one in force
    std::string previous;
    std::vector<PolicyError> errors;  // when not
    std::string by;
  };

  // Reads the disk and activates what is there. An error is the store's; bad policies are in
  // Attempt::errors.
  Result<Attempt> from_disk(const std::string& by);

  // At start: the disk's set, or, when that is bad, the last good one of the database. The error is
  // invalid_policy when there is neither.
  Result<Attempt> at_start();

  // The last attempt; `at` is 0 before the first.
  Attempt last() const;

  // Not empty: why what runs is not what is on disk.
  std::string degraded() const;

  // A value that changes whenever a file of the set may have changed (names, sizes, times).
  std::string disk_stamp() const;

 private:
  Result<Attempt> activate(std::vector<PolicyFile> files, std::vector<PolicyError> errors, const std::string& by);

  Ledger& ledger_;
  Store& store_;
  const Sources sources_;
  const Compile compile_;
  const PolicyLimits limits_;
  const std::function<void(bool)> attempted_;
  ParkingMutex one_at_a_time_;  // a reload waits for the ledger while it keeps others out
  mutable std::mutex last_mutex_;
  Attempt last_;
};

}  // namespace scrip
