// The part of Store::verify that looks at campaigns, formats and batches, and what the rest needs of them; the
// same for both engines.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "coupon/code_book.h"
#include "db/findings.h"
#include "db/store.h"

namespace scrip {

struct Definition {
  std::map<std::int64_t, Campaign> campaigns;
  CodeBook book;
  // False when a format or batch makes no sense: then the book is not complete, and which serials
  // exist cannot be said.
  bool sound = true;

  bool knows(std::int64_t campaign) const { return campaigns.contains(campaign); }
  // "campaign summer"
  std::string name(std::int64_t campaign) const;
};

Definition verify_definitions(const Definitions& definitions, Findings& findings);

}  // namespace scrip
