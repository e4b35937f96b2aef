// Finding postings by their key, and the rows that they point to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/key_hash.h"
#include "db/sqlite/runs/posting.h"
#include "db/sqlite/runs/posting_views.h"
#include "db/sqlite/runs/run.h"

namespace scrip::sqlite {

// What an index's postings are looked up with. Lives as long as the process writes or reads.
struct Postings {
  KeyHash hash;
  RunCache runs;
  PostingViews views;

  explicit Postings(const KeyHash& key_hash) : hash(key_hash) {}
};

// Appends the view's postings with the key. The snapshot that the view was captured with is still there.
Result<void> find_in_view(Connection& db, const PostingView& view, std::uint64_t key, std::vector<Posting>& to);

// Finds postings in the transaction of a connection. A posting may point to a row that is not there.
class Lookup {
 public:
  // Inside a transaction that has read nothing yet, or one that writes. What it finds is all that was
  // committed before.
  static Result<Lookup> in_transaction(Connection& db, Postings& postings);

  // All postings with the key, in no order.
  Result<std::vector<Posting>> find(Index index, std::uint64_t key);
  // Those of each key, in its place: faster than one after the other.
  Result<std::vector<std::vector<Posting>>> find_each(Index index, const std::vector<std::uint64_t>& keys);

  const KeyHash& hash() const { return postings_->hash; }

 private:
  Lookup(Connection& db, Postings& postings) : db_(&db), postings_(&postings) {}

  Connection* db_;
  Postings* postings_;
  std::optional<IndexViews> views_;  // nullopt: the file is asked
};

}  // namespace scrip::sqlite
