// Finding postings: in a batch by the writer's indexes (indexes.h), elsewhere in what a connection's
// snapshot holds.
#pragma once

#include <cstdint>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/key_hash.h"
#include "db/sqlite/runs/posting.h"
#include "db/sqlite/runs/run.h"

namespace scrip::sqlite {

class Lookup {
 public:
  explicit Lookup(const KeyHash& hash) : hash_(hash) {}
  virtual ~Lookup() = default;

  // All postings with the key, in no order.
  virtual Result<std::vector<Posting>> find(Index index, std::uint64_t key) = 0;
  const KeyHash& hash() const { return hash_; }

 private:
  const KeyHash hash_;
};

// Precondition: the connection is inside a Snapshot while this is used.
class SnapshotLookup final : public Lookup {
 public:
  SnapshotLookup(Connection& db, const KeyHash& hash, RunCache& cache) : Lookup(hash), db_(db), cache_(cache) {}
  Result<std::vector<Posting>> find(Index index, std::uint64_t key) override;

 private:
  Connection& db_;
  RunCache& cache_;
};

}  // namespace scrip::sqlite
