// Reload as one transaction: read every file once, compile, check and test them all, let the ledger
// check that every campaign still fits and swap, and answer only then. Any error keeps the old set.
// The command, the HTTP call, SIGHUP, --watch and the start all go through here, and so does a
// rollback, whose files come from the database. Thread-safe; reloads happen one after the other.
//
// A rollback sets the files on disk aside: as they are, neither --watch nor a start puts them in force
// again, since nobody would have asked for it, at night least of all. Somebody's reload does, and so
// does any change of them, which is somebody's act as well. The files themselves stay as they are: they
// may be a checkout or an image that is not the server's to write, and whoever repairs them needs them.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "db/store.h"
#include "ledger/ledger.h"
#include "ops/parking_mutex.h"
#include "policy/policy_files.h"
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
    bool left_aside = false;  // nothing was tried: what is on disk is set aside
  };

  // Who asks, from where, and why.
  struct Act {
    std::string by;  // a token's subject, or "start", "watch", "SIGHUP"
    PolicyOrigin origin = PolicyOrigin::reload;
    std::string notes{};  // is_policy_notes
  };

  // Reads the disk and activates what is there. An error is the store's; bad policies are in
  // Attempt::errors.
  Result<Attempt> from_disk(const Act& act);

  // Activates a set of the database through the same gate, and sets aside what is on disk.
  Result<Attempt> roll_back(const RevisionRow& to, const Act& act);

  // What is on disk and not wanted since a rollback.
  struct SetAside {
    std::string revision;  // of the files on disk, as they were then
    Micros at = 0;         // real time
    std::string by;
    std::string notes;
  };
  std::optional<SetAside> set_aside() const;

  // What from_disk() would say if these files were on disk, put over those that are: nothing is written
  // or activated.
  struct Check {
    std::string revision;             // of the set that was checked
    std::size_t tests = 0;            // of the policies' own, that were run
    std::vector<PolicyError> errors;  // empty: it would be accepted
  };
  Check check(const std::vector<PolicyFile>& over) const;

  // The files on disk that a set is made of, and the links among them, which cannot be edited.
  PolicyFiles files() const;

  // One of them, named "scripts/x.lua" or "plugins/x.lua"; nullopt: there is none. not_found for a name
  // that no such file can have. See policy/policy_file_edit.h.
  Result<std::optional<std::string>> file(const std::string& name) const;

  // Writes one, without activating anything, when what is on disk is what its editor had before:
  // `expected` is its SHA-256, nullopt for a file that is new. policy_file_changed when it is not.
  Result<void> write(const PolicyFile& file, const std::optional<std::string>& expected);

  // Takes into force here what another node has activated (Ledger::active_revision). When it cannot run
  // here, what is in force stays, and the errors say why.
  Result<Attempt> follow();

  // At start: on a store that nodes share, its active revision, if there is one. Else the disk's set, or, when that is
  // bad or set aside, the last good one of the database. The error is invalid_policy when there is neither.
  Result<Attempt> at_start();

  // The last attempt, rollbacks that were refused excepted; `at` is 0 before the first.
  Attempt last() const;

  // Not empty: why what runs is not what is on disk.
  std::string degraded() const;

  // A value that changes whenever a file of the set may have changed (names, sizes, times).
  std::string disk_stamp() const;

 private:
  struct Place {
    std::filesystem::path folder;
    std::string leaf;
  };
  Result<Place> place_of(const std::string& name) const;
  Result<Attempt> activate(std::vector<PolicyFile> files, std::vector<PolicyError> errors, const Act& act,
                           const std::string& set_aside);
  Result<Attempt> run_stored(const Act& act);
  bool is_set_aside(const PolicyFiles& read) const;
  void note(const Attempt& attempt);

  Ledger& ledger_;
  Store& store_;
  const Sources sources_;
  const Compile compile_;
  const PolicyLimits limits_;
  const std::function<void(bool)> attempted_;
  ParkingMutex one_at_a_time_;  // reloads, which wait for the ledger meanwhile, and edits of files
  mutable std::mutex last_mutex_;
  Attempt last_;
  std::optional<SetAside> set_aside_;  // guarded by last_mutex_, as last_ is
  bool elsewhere_ = false;             // what runs was activated by another node and is not on disk here; likewise
};

}  // namespace scrip
