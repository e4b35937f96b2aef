// Who may give which serials of a campaign. Each node has leases, ranges of serials of its own, so that nodes give
// coupons of one campaign side by side; what is in no lease is given by who has locked the campaign alone.
//
// With a total there are never more serials in the nodes' leases than coupons are left, so a node that gives one of its
// own need not ask how many the others have given. Pure functions of plain data.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "db/store.h"

namespace scrip::postgres {

inline constexpr int nobody = -1;  // Lease::node: was given back, or its node is dead
inline constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

struct Lease {
  std::int64_t first = 0;  // its key
  std::int64_t end = 0;    // exclusive
  std::int64_t next = 0;   // given up to here
  int node = nobody;

  std::int64_t left() const { return end - next; }
  bool operator==(const Lease&) const = default;
};

// A campaign's stock, as it is in the database.
struct Stock {
  std::optional<std::int64_t> total;
  std::int64_t issued = 0;
  std::int64_t computed = 0;  // of these, serials 0 and up
  std::int64_t redeemed = 0;
  std::int64_t pooled = 0;
  std::int64_t held = 0;
  bool by_hand = false;        // some serial was ever given out of order
  std::int64_t frontier = 0;   // serials from here on were never leased
  std::int64_t generated = 0;  // serials below have a code
  std::vector<Lease> leases;   // by first
};

// What one node has left in its leases, and what all others have.
std::int64_t left_of(const Stock& stock, int node);
std::int64_t left_of_others(const Stock& stock, int node);

// The serials that a node may give, lowest first. Who is not alone has its own leases. Who is has what is nobody's and
// what was never leased too; the last range has no end. With `all` also what others have leased.
std::vector<Loaded::SerialRange> offered(const Stock& stock, int node, bool alone, bool all);

// Whether a node that is to give so many, alone, has to be offered the other nodes' serials: what is in no lease of
// theirs may not be enough.
bool needs_others(const Stock& stock, int node, std::int64_t wanted);

// Whether all coupons are given out. Nobody needs the campaign alone then to say so.
bool sold_out(const Stock& stock);

// The lowest serial that may still be given by somebody.
std::int64_t lowest_left(const Stock& stock);

// What a batch gives of a campaign.
struct Given {
  std::vector<std::int64_t> serials;  // new, 0 and up, lowest first
  std::vector<std::int64_t> taken;    // serials inside the ranges that had a coupon already
  // Offered serials below were passed over if they were not given: they are gaps of the code book.
  std::int64_t passed = 0;
};

// Moves the leases and the frontier past what was given from the ranges that were offered; the leases' ends stay.
// Returns the serials that were given out of order, which stay in their ranges.
std::vector<std::int64_t> give(Stock& stock, const std::vector<Loaded::SerialRange>& ranges, const Given& given);

// Divides the stock anew; alone only. `stock` is as it is after the batch.
struct Division {
  int node = 0;                    // who divides, and gets a share
  std::set<int> live;              // the nodes at work, this one among them
  std::int64_t wanted = 0;         // what a batch of this node takes; 0: its share stays as it is
  std::int64_t lease_at_most = 0;  // serials
};
void divide(Stock& stock, const Division& division);

}  // namespace scrip::postgres
