#include "api/supposition_body.h"

#include "api/attributes_body.h"
#include "policy/composition.h"

namespace scrip::api {
namespace {

constexpr std::size_t most_counters = 1'000;

void read_user(const Json& json, Supposition& supposition, std::vector<FieldError>& errors) {
  Fields user(json, "facts.user", errors);
  supposition.user_issued = user.integer("issued", 0, max_exact);
  supposition.user_issued_for_subject = user.integer("issued_for_subject", 0, max_exact);
  supposition.user_redeemed = user.integer("redeemed", 0, max_exact);
  if (const Json* attributes = user.any("attributes")) {
    if (!attributes->is_object()) {
      user.refuse("attributes", "must be an object");
    } else {
      supposition.attributes = attributes_text(*attributes, "facts.user.attributes.", errors);
      if (supposition.attributes->size() > max_attributes) {
        user.refuse("attributes", "must be at most " + std::to_string(max_attributes) + " bytes of JSON");
      }
    }
  }
  user.finish();
}

void read_campaign(const Json& json, Supposition& supposition, std::vector<FieldError>& errors) {
  Fields campaign(json, "facts.campaign", errors);
  supposition.campaign_issued = campaign.integer("issued", 0, max_exact);
  supposition.campaign_redeemed = campaign.integer("redeemed", 0, max_exact);
  campaign.finish();
}

void read_counters(const Json& json, Supposition& supposition, std::vector<FieldError>& errors) {
  Fields counters(json, "facts.counter", errors);
  if (!json.is_object()) return;
  if (json.size() > most_counters) {
    errors.push_back({"facts.counter", "must have at most " + std::to_string(most_counters) + " members"});
    return;
  }
  for (const auto& [name, value] : json.items()) {
    if (!is_counter_name(name)) counters.refuse(name, "must have a name of 1 to 64 bytes without control characters");
    if (const auto number = counters.integer(name, -max_exact, max_exact)) {
      supposition.counters.emplace_back(name, *number);
    }
  }
}

}  // namespace

Supposition read_supposition(Fields& fields, std::vector<FieldError>& errors) {
  Supposition supposition{.now = fields.instant("now")};
  // Later than that rules cannot count.
  if (supposition.now && *supposition.now > max_exact) fields.refuse("now", "must be before the year 2255");
  const Json* json = fields.any("facts");
  if (!json) return supposition;
  Fields facts(*json, "facts", errors);
  if (const Json* user = facts.any("user")) read_user(*user, supposition, errors);
  if (const Json* campaign = facts.any("campaign")) read_campaign(*campaign, supposition, errors);
  if (const Json* counters = facts.any("counter")) read_counters(*counters, supposition, errors);
  facts.finish();
  return supposition;
}

}  // namespace scrip::api
