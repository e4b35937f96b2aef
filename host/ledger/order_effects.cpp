#include "ledger/order_effects.h"

namespace scrip {
namespace {

template <class Map>
std::int64_t found_in(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? 0 : found->second;
}

}  // namespace

void OrderEffects::put_into(Facts& facts) const {
  const std::int64_t campaign = facts.campaign->number;
  facts.tally.redeemed += found_in(redeemed_, campaign);
  if (facts.user.id) facts.user.redeemed += found_in(redeemed_by_user_, {campaign, *facts.user.id});
}

std::int64_t OrderEffects::counter(std::int64_t campaign, const std::string& name) const {
  return found_in(counters_, {campaign, name});
}

void OrderEffects::add(const Facts& facts, const Counters& counts, std::int64_t redeemed) {
  const std::int64_t campaign = facts.campaign->number;
  redeemed_[campaign] += redeemed;
  if (facts.user.id) redeemed_by_user_[{campaign, *facts.user.id}] += redeemed;
  for (const auto& [name, by] : counts) counters_[{campaign, name}] += by;
}

}  // namespace scrip
