// The campaigns and the code book as they are now: what the ledger decides with and what every
// reader resolves ids and codes by. Immutable; the ledger publishes a new one after each commit
// that changed it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/campaign.h"
#include "coupon/code_book.h"
#include "db/store.h"

namespace scrip {

class Catalog {
 public:
  static std::shared_ptr<const Catalog> from(const Definitions& definitions);

  // Null when there is none.
  std::shared_ptr<const Campaign> campaign(std::int64_t number) const;
  std::shared_ptr<const Campaign> campaign(std::string_view id) const;
  const std::map<std::int64_t, std::shared_ptr<const Campaign>>& campaigns() const { return by_number_; }
  const CodeBook& book() const { return book_; }
  // Some campaign has imported coupons: a code that the book does not know may be one of theirs.
  bool has_imports() const { return has_imports_; }

  // The catalog after a definition was added or (a campaign) edited. A batch's format and campaign
  // are there before it.
  std::shared_ptr<const Catalog> with(std::shared_ptr<const CodeFormat> format) const;
  std::shared_ptr<const Catalog> with(const Campaign& campaign) const;
  std::shared_ptr<const Catalog> with(const CodeBatch& batch) const;
  std::shared_ptr<const Catalog> with_imports() const;

 private:
  void put(const Campaign& campaign);

  std::map<std::int64_t, std::shared_ptr<const Campaign>> by_number_;
  std::map<std::string, std::int64_t, std::less<>> number_of_;
  CodeBook book_;
  bool has_imports_ = false;
};

}  // namespace scrip
