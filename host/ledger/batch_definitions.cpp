// How a batch carries out what operators define: campaigns, codes, accounts, policies.
#include <openssl/rand.h>

#include <algorithm>

#include "ledger/batch.h"
#include "ledger/claim_facts.h"

namespace scrip {
namespace {

FormatKey random_key() {
  FormatKey key{};
  // Fails only when the system has no randomness to give; codes made without it could be guessed.
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) std::abort();
  return key;
}

std::int64_t codes_left(const CodeBook& book, const CodeFormat& format) {
  return format.room() - book.next_index(format.id());
}

std::string room_sentence(std::string_view pattern, std::int64_t left) {
  return "The pattern " + std::string(pattern) + " has room for only " + std::to_string(left) + " more codes.";
}

}  // namespace

bool Batch::add_codes(const Campaign& campaign, std::int64_t count) {
  const CodeBook& book = state_.catalog->book();
  const auto format = book.format(shape_of(campaign.pattern), campaign.alphabet);
  if (!format || count > codes_left(book, *format)) return false;
  if (count > max_serials - book.serials(campaign.number)) return false;
  const CodeBatch batch{.id = book.next_batch_id(),
                        .campaign = campaign.number,
                        .format = format->id(),
                        .first_index = book.next_index(format->id()),
                        .first_serial = book.serials(campaign.number),
                        .count = count,
                        .created_at = now_};
  state_.catalog = state_.catalog->with(batch);
  changes_.batches.push_back(batch);
  return true;
}

void Batch::put_campaign(Campaign campaign) {
  state_.catalog = state_.catalog->with(campaign);
  changes_.campaigns.push_back(std::move(campaign));
}

std::optional<Error> Batch::unfit(const Campaign& campaign) const {
  if (campaign.starts_at && campaign.ends_at && *campaign.ends_at <= *campaign.starts_at) {
    return invalid_field("ends_at", "must be later than starts_at");
  }
  if (!state_.judge) return invalid_field("policy", "no policies are active");
  auto binding = state_.judge->active().set->bind(campaign.policy, campaign.params);
  if (!binding) return binding.error();
  return std::nullopt;
}

Result<void> Batch::create(Submission& submission, const CreateCampaign& command) {
  Campaign campaign = command.campaign;
  auto& error = submission.outcome.error;
  if (state_.catalog->campaign(campaign.id)) {
    error = Error{.code = Code::campaign_exists, .message = "There is already a campaign " + campaign.id + "."};
    return {};
  }
  if ((error = unfit(campaign))) return {};

  const CodeBook& book = state_.catalog->book();
  const std::string shape = shape_of(campaign.pattern);
  const auto known = book.format(shape, campaign.alphabet);
  const std::int64_t left = known ? codes_left(book, *known) : room(campaign.pattern, campaign.alphabet);
  if (left < std::max<std::int64_t>(campaign.total.value_or(1), 1)) {
    error = invalid_field("code.pattern", room_sentence(campaign.pattern, left));
    return {};
  }
  if (known) {
    campaign.format = known->id();
  } else {
    const FormatRow row{
        .id = book.next_format_id(), .shape = shape, .alphabet = campaign.alphabet, .key = random_key()};
    state_.catalog = state_.catalog->with(std::make_shared<const CodeFormat>(row.id, row.shape, row.alphabet, row.key));
    changes_.formats.push_back(row);
    campaign.format = row.id;
  }
  const auto& campaigns = state_.catalog->campaigns();
  campaign.number = campaigns.empty() ? 1 : campaigns.rbegin()->first + 1;
  if (campaign.number > max_campaigns) {
    error = invalid_field("id", "there are " + std::to_string(max_campaigns) + " campaigns, and no more can be made");
    return {};
  }
  campaign.version = 1;
  campaign.created_at = now_;
  put_campaign(campaign);
  if (campaign.total.value_or(0) > 0) add_codes(campaign, *campaign.total);
  audit_created(submission.actor, campaign);
  submission.outcome.campaign = {state_.catalog->campaign(campaign.number), {}};
  return {};
}

Result<void> Batch::edit(Submission& submission, const EditCampaign& command) {
  const auto before = state_.catalog->campaign(command.campaign);
  auto& error = submission.outcome.error;
  if (!before) {
    error = campaign_not_found();
    return {};
  }
  Campaign campaign = *before;
  if (command.name) campaign.name = *command.name;
  if (command.policy) campaign.policy = *command.policy;
  if (command.params) campaign.params = *command.params;
  if (command.total) campaign.total = *command.total;
  if (command.starts_at) campaign.starts_at = *command.starts_at;
  if (command.ends_at) campaign.ends_at = *command.ends_at;
  if (command.status) campaign.status = *command.status;
  if (command.metadata) campaign.metadata = *command.metadata;
  ++campaign.version;

  const CampaignTally& tally = loaded_.tallies[campaign.number];
  if (campaign.total && *campaign.total < tally.issued) {
    error = Error{.code = Code::total_below_issued,
                  .message = std::to_string(tally.issued) + " coupons have been given out already."};
    return {};
  }
  if ((error = unfit(campaign))) return {};
  const std::int64_t at_hand =
      state_.catalog->book().serials(campaign.number) - tally.next_serial - tally.by_hand + tally.pooled;
  const std::int64_t lacking = campaign.total ? *campaign.total - tally.issued - at_hand : 0;
  if (lacking > 0 && !add_codes(campaign, lacking)) {
    const CodeBook& book = state_.catalog->book();
    const auto format = book.format(shape_of(campaign.pattern), campaign.alphabet);
    error = invalid_field("total", room_sentence(campaign.pattern, codes_left(book, *format)));
    return {};
  }
  put_campaign(campaign);
  audit_edited(submission.actor, *before, campaign);
  if (campaign.total != before->total) tell_if_sold_out(campaign);
  submission.outcome.campaign = {state_.catalog->campaign(campaign.number), tally};
  return {};
}

Result<void> Batch::generate(Submission& submission, const Generate& command) {
  const auto before = state_.catalog->campaign(command.campaign);
  auto& error = submission.outcome.error;
  if (!before) {
    error = campaign_not_found();
    return {};
  }
  Campaign campaign = *before;
  if (campaign.total) {
    if (*campaign.total > max_total - command.count) {
      error = invalid_field("count", "the campaign's total would pass " + std::to_string(max_total));
      return {};
    }
    *campaign.total += command.count;
    ++campaign.version;
  }
  if (!add_codes(campaign, command.count)) {
    const CodeBook& book = state_.catalog->book();
    const auto format = book.format(shape_of(campaign.pattern), campaign.alphabet);
    error = invalid_field("count", room_sentence(campaign.pattern, codes_left(book, *format)));
    return {};
  }
  if (campaign.total) put_campaign(campaign);
  audit_generated(submission.actor, *before, campaign, command.count);
  submission.outcome.campaign = {state_.catalog->campaign(campaign.number), loaded_.tallies[campaign.number]};
  return {};
}

Result<void> Batch::add_user(Submission& submission, const AddUser& command) {
  std::optional<User>& known = loaded_.users[command.user.login];
  if (known) {
    submission.outcome.error =
        Error{.code = Code::user_exists, .message = "There is already an account " + command.user.login + "."};
    return {};
  }
  known = command.user;
  known->created_at = now_;
  changes_.users.push_back(*known);
  // Who signs up is a customer, and they are many.
  if (submission.actor.role == Role::operator_) audit_user(submission.actor, nullptr, *known, false);
  return {};
}

Result<void> Batch::change_user(Submission& submission, const ChangeUser& command) {
  std::optional<User>& known = loaded_.users[command.login];
  if (!known) {
    submission.outcome.error = Error{.code = Code::not_found, .message = "There is no account " + command.login + "."};
    return {};
  }
  const User before = *known;
  if (command.password_hash) known->password_hash = *command.password_hash;
  if (command.role) known->role = *command.role;
  std::erase_if(changes_.users, [&](const User& user) { return user.login == command.login; });
  changes_.users.push_back(*known);
  audit_user(submission.actor, &before, *known, command.password_hash.has_value());
  return {};
}

}  // namespace scrip
