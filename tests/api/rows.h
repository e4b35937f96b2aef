// Everything that is stored, as rows to compare: what a call changed, and that a refused one changed
// nothing but the record of the decision.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "shop.h"

namespace scrip::test {

// "coupon 1/0" -> its content.
using Rows = std::map<std::string, std::string>;

Rows rows_of(Shop& shop);

// What became of the rows, in order: "+coupon" for a new one, "~tally" for one that changed,
// "-account" for one that is gone.
std::vector<std::string> changes(const Rows& before, const Rows& after);

}  // namespace scrip::test
