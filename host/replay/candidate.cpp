#include "replay/candidate.h"

namespace scrip {
namespace {

std::string in_one_line(const Error& error) {
  std::string text = error.message;
  for (const FieldError& field : error.fields) text += " " + field.field + ": " + field.message;
  return text;
}

}  // namespace

std::shared_ptr<const Binding> Candidate::stacking() {
  const std::scoped_lock lock(mutex_);
  if (!stacking_) {
    auto bound = set_->bind(std::string(stacking_policy), "{}");
    stacking_ = bound ? std::move(*bound) : nullptr;
  }
  return *stacking_;
}

Result<std::shared_ptr<const CandidateCampaign>> Candidate::campaign(Reader& reader, std::int64_t number,
                                                                     std::int64_t version) {
  const std::scoped_lock lock(mutex_);
  auto& known = known_[{number, version}];
  if (known) return known;
  auto kept = reader.campaign_version(number, version);
  if (!kept) return kept.error();
  auto made = std::make_shared<CandidateCampaign>();
  if (!*kept) {
    made->unable = "the campaign's definition of then was not kept";
  } else {
    made->campaign = std::make_shared<const Campaign>(std::move(**kept));
    auto binding = set_->bind(made->campaign->policy, made->campaign->params);
    if (binding) {
      made->binding = std::move(*binding);
    } else {
      made->unable = "campaign " + made->campaign->id + " does not fit: " + in_one_line(binding.error());
    }
  }
  known = std::move(made);
  return known;
}

}  // namespace scrip
