#include "ledger/catalog.h"

namespace scrip {

void Catalog::put(const Campaign& campaign) {
  by_number_[campaign.number] = std::make_shared<const Campaign>(campaign);
  number_of_[campaign.id] = campaign.number;
  book_.set_pattern(campaign.number, campaign.pattern);
}

std::shared_ptr<const Catalog> Catalog::from(const Definitions& definitions) {
  auto catalog = std::make_shared<Catalog>();
  for (const FormatRow& row : definitions.formats) {
    catalog->book_.add(std::make_shared<const CodeFormat>(row.id, row.shape, row.alphabet, row.key));
  }
  for (const Campaign& campaign : definitions.campaigns) catalog->put(campaign);
  for (const CodeBatch& batch : definitions.batches) catalog->book_.add(batch);
  catalog->has_imports_ = definitions.has_imports;
  return catalog;
}

std::shared_ptr<const Campaign> Catalog::campaign(std::int64_t number) const {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second;
}

std::shared_ptr<const Campaign> Catalog::campaign(std::string_view id) const {
  const auto found = number_of_.find(id);
  return found == number_of_.end() ? nullptr : campaign(found->second);
}

std::shared_ptr<const Catalog> Catalog::with(std::shared_ptr<const CodeFormat> format) const {
  auto next = std::make_shared<Catalog>(*this);
  next->book_.add(std::move(format));
  return next;
}

std::shared_ptr<const Catalog> Catalog::with(const Campaign& campaign) const {
  auto next = std::make_shared<Catalog>(*this);
  next->put(campaign);
  return next;
}

std::shared_ptr<const Catalog> Catalog::with(const CodeBatch& batch) const {
  auto next = std::make_shared<Catalog>(*this);
  next->book_.add(batch);
  return next;
}

std::shared_ptr<const Catalog> Catalog::with_imports() const {
  auto next = std::make_shared<Catalog>(*this);
  next->has_imports_ = true;
  return next;
}

}  // namespace scrip
