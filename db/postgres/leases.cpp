#include "db/postgres/leases.h"

#include <algorithm>

namespace scrip::postgres {
namespace {

void sort(Stock& stock) {
  std::sort(stock.leases.begin(), stock.leases.end(), [](const Lease& a, const Lease& b) { return a.first < b.first; });
}

// How far a range is given, from `next` on: what was passed over, then what was given or taken, one after the other.
std::int64_t advanced(std::int64_t next, std::int64_t end, const Given& given) {
  next = std::clamp(given.passed, next, end);
  auto serial = std::lower_bound(given.serials.begin(), given.serials.end(), next);
  auto taken = std::lower_bound(given.taken.begin(), given.taken.end(), next);
  // Nobody passes over what is taken without giving something behind it.
  const bool gives = serial != given.serials.end() && *serial < end;
  for (; next < end; ++next) {
    if (serial != given.serials.end() && *serial == next) {
      ++serial;
    } else if (gives && taken != given.taken.end() && *taken == next) {
      ++taken;
    } else {
      break;
    }
  }
  return next;
}

// Takes up to `size` serials that are nobody's for a node, lowest first.
std::int64_t take_free(Stock& stock, int node, std::int64_t size) {
  std::vector<Lease> rest;
  for (Lease& lease : stock.leases) {
    if (size <= 0) break;
    if (lease.node != nobody || lease.left() <= 0) continue;
    if (lease.left() > size) {
      rest.push_back({.first = lease.next + size, .end = lease.end, .next = lease.next + size, .node = nobody});
      lease.end = lease.next + size;
    }
    lease.node = node;
    size -= lease.left();
  }
  stock.leases.insert(stock.leases.end(), rest.begin(), rest.end());
  sort(stock);
  return size;
}

void take_new(Stock& stock, int node, std::int64_t size) {
  const std::int64_t end = std::min(stock.frontier + size, stock.generated);
  if (end <= stock.frontier) return;
  const auto last = std::find_if(stock.leases.begin(), stock.leases.end(),
                                 [&](const Lease& lease) { return lease.node == node && lease.end == stock.frontier; });
  if (last != stock.leases.end()) {
    last->end = end;
  } else {
    stock.leases.push_back({.first = stock.frontier, .end = end, .next = stock.frontier, .node = node});
  }
  stock.frontier = end;
}

// Takes serials from the nodes until no more of them are leased than coupons are left; from the largest lease first.
void cut(Stock& stock, std::int64_t excess) {
  while (excess > 0) {
    const auto largest = std::max_element(stock.leases.begin(), stock.leases.end(), [](const Lease& a, const Lease& b) {
      return (a.node == nobody ? -1 : a.left()) < (b.node == nobody ? -1 : b.left());
    });
    if (largest == stock.leases.end() || largest->node == nobody || largest->left() <= 0) return;
    const std::int64_t size = std::min(excess, largest->left());
    excess -= size;
    largest->end -= size;
    const Lease rest{.first = largest->end, .end = largest->end + size, .next = largest->end, .node = nobody};
    if (largest->first == largest->end) {
      *largest = rest;
    } else {
      stock.leases.push_back(rest);
    }
  }
  sort(stock);
}

}  // namespace

std::int64_t left_of(const Stock& stock, int node) {
  std::int64_t left = 0;
  for (const Lease& lease : stock.leases) left += lease.node == node ? lease.left() : 0;
  return left;
}

std::int64_t left_of_others(const Stock& stock, int node) {
  std::int64_t left = 0;
  for (const Lease& lease : stock.leases) left += lease.node != node && lease.node != nobody ? lease.left() : 0;
  return left;
}

bool needs_others(const Stock& stock, int node, std::int64_t wanted) {
  return stock.total && *stock.total - stock.issued - left_of_others(stock, node) < wanted;
}

bool sold_out(const Stock& stock) {
  return stock.total && stock.issued >= *stock.total;
}

std::int64_t lowest_left(const Stock& stock) {
  std::int64_t lowest = stock.frontier;
  for (const Lease& lease : stock.leases) {
    if (lease.left() > 0) lowest = std::min(lowest, lease.next);
  }
  return lowest;
}

std::vector<Loaded::SerialRange> offered(const Stock& stock, int node, bool alone, bool all) {
  std::vector<Loaded::SerialRange> ranges;
  const auto add = [&](std::int64_t first, std::int64_t end) {
    if (!ranges.empty() && ranges.back().end == first) {
      ranges.back().end = end;
    } else {
      ranges.push_back({.first = first, .end = end});
    }
  };
  for (const Lease& lease : stock.leases) {
    const bool may_give = lease.node == node || (alone && (all || lease.node == nobody));
    if (may_give && lease.left() > 0) add(lease.next, lease.end);
  }
  if (alone) add(stock.frontier, no_end);
  return ranges;
}

std::vector<std::int64_t> give(Stock& stock, const std::vector<Loaded::SerialRange>& ranges, const Given& given) {
  // A range may consist of several leases; each has its own place in it.
  const auto is_offered = [&](std::int64_t serial) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Loaded::SerialRange& range) { return serial >= range.first && serial < range.end; });
  };
  std::vector<Loaded::SerialRange> in_order;
  const auto advance = [&](std::int64_t& next, std::int64_t end) {
    if (next >= end || !is_offered(next)) return;
    const std::int64_t to = advanced(next, end, given);
    in_order.push_back({.first = next, .end = to});
    next = to;
  };
  for (Lease& lease : stock.leases) advance(lease.next, lease.end);
  advance(stock.frontier, no_end);
  std::vector<std::int64_t> by_hand;
  for (const std::int64_t serial : given.serials) {
    const bool ordered = std::any_of(in_order.begin(), in_order.end(), [&](const Loaded::SerialRange& range) {
      return serial >= range.first && serial < range.end;
    });
    if (!ordered) by_hand.push_back(serial);
  }
  return by_hand;
}

void divide(Stock& stock, const Division& division) {
  for (Lease& lease : stock.leases) {
    if (!division.live.contains(lease.node)) lease.node = nobody;
  }
  const int node = division.node;
  if (stock.total) {
    const std::int64_t left = std::max<std::int64_t>(*stock.total - stock.issued, 0);
    cut(stock, left_of(stock, node) + left_of_others(stock, node) - left);
  }
  if (division.wanted > 0) {
    std::int64_t share = division.lease_at_most;
    if (stock.total) {
      const std::int64_t free = *stock.total - stock.issued - left_of_others(stock, node);
      const auto nodes = static_cast<std::int64_t>(std::max<std::size_t>(division.live.size(), 1));
      share = std::clamp<std::int64_t>(free / (4 * nodes), 0, share);
    }
    const std::int64_t own = left_of(stock, node);
    if (share <= 2 * division.wanted) {
      // Too little to be worth a turn of its own: what is left is given alone.
      for (Lease& lease : stock.leases) {
        if (lease.node == node) lease.node = nobody;
      }
    } else if (own < share / 2 || own <= 2 * division.wanted) {
      take_new(stock, node, take_free(stock, node, share - own));
    }
  }
  std::erase_if(stock.leases, [](const Lease& lease) { return lease.left() <= 0; });
}

}  // namespace scrip::postgres
