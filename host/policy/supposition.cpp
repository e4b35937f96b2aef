#include "policy/supposition.h"

#include <algorithm>

namespace scrip {

bool Supposition::empty() const {
  return !now && !campaign_issued && !campaign_redeemed && !user_issued && !user_issued_for_subject && !user_redeemed &&
         !attributes && counters.empty();
}

void Supposition::put_into(Facts& facts) const {
  facts.now = now.value_or(facts.now);
  facts.tally.issued = campaign_issued.value_or(facts.tally.issued);
  facts.tally.redeemed = campaign_redeemed.value_or(facts.tally.redeemed);
  // Without a subject the user's coupons for it are all of them.
  if (user_issued && !facts.subject) facts.user.issued_for_subject = *user_issued;
  facts.user.issued = user_issued.value_or(facts.user.issued);
  facts.user.issued_for_subject = user_issued_for_subject.value_or(facts.user.issued_for_subject);
  facts.user.redeemed = user_redeemed.value_or(facts.user.redeemed);
  facts.user.attributes = attributes.value_or(facts.user.attributes);
}

std::optional<std::int64_t> Supposition::counter(std::string_view name) const {
  const auto found =
      std::find_if(counters.begin(), counters.end(), [&](const auto& counter) { return counter.first == name; });
  return found == counters.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace scrip
