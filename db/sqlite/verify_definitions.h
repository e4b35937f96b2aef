// The part of verify that looks at campaigns, formats and batches, and what the rest needs of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "coupon/code_book.h"
#include "db/sqlite/findings.h"
#include "db/store.h"

namespace scrip::sqlite {

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

}  // namespace scrip::sqlite
