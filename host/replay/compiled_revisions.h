// Compiled sets of revisions that were in force once: the last few that were asked for. They are compiled
// one at a time, and who waits for it holds up no thread. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "db/store.h"
#include "ops/parking_mutex.h"
#include "policy/policy_set.h"

namespace scrip {

class CompiledRevisions {
 public:
  // `compile` runs no tests: they were run when the revision was accepted.
  CompiledRevisions(Compile compile, const PolicyLimits& limits);

  struct Revision {
    std::string revision;  // SHA-256
    CompiledSet compiled;  // `set` is null when this version of Scrip does not accept the files any more
  };
  // By RevisionRow::number; null: the store does not have it.
  Result<std::shared_ptr<const Revision>> find(Reader& reader, std::int64_t number);

 private:
  std::shared_ptr<const Revision> kept(std::int64_t number);

  static constexpr std::size_t most_kept = 4;
  const Compile compile_;
  const PolicyLimits limits_;
  ParkingMutex compiling_;
  std::mutex mutex_;                                                          // guards:
  std::list<std::pair<std::int64_t, std::shared_ptr<const Revision>>> kept_;  // the last used first
};

}  // namespace scrip
