// The coupons that a batch gives, as a table that SQLite can select from: so all of them are stored by one
// statement, and what it costs to begin and end one is paid once.
// https://www.sqlite.org/vtab.html, "eponymous-only virtual tables".
#pragma once

#include <sqlite3.h>

#include <vector>

#include "coupon/coupon.h"
#include "coupon/error.h"
#include "db/sqlite/connection.h"

namespace scrip::sqlite {

class NewCoupons {
 public:
  // Makes it the table new_coupon of the connection, which it has to outlive.
  Result<void> open(Connection& db);

  // What nearly every claim stores: issued, with a computed code and no discount yet. The others take an INSERT of
  // their own.
  static bool takes(const Coupon& coupon);

  // In the order of their keys, as that is how they are appended. The coupon has to stay until store().
  void add(const Coupon& coupon) { rows_.push_back(&coupon); }
  // Stores what was added since the last call, and forgets it.
  Result<void> store(Connection& db);
  void forget() { rows_.clear(); }

 private:
  std::vector<const Coupon*> rows_;
};

}  // namespace scrip::sqlite
