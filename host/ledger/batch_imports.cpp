// How a batch carries out imports. Importing is the operator's act: no policy is asked and no
// decision recorded.
#include "ledger/batch.h"
#include "ledger/claim_facts.h"

namespace scrip {

ImportJob* Batch::running_import(Submission& submission, const std::string& id) {
  std::optional<ImportJob>& job = loaded_.imports[id];
  if (job && job->state == ImportState::running) return &*job;
  submission.outcome.error = Error{.code = Code::import_not_found, .message = "There is no import " + id + " running."};
  return nullptr;
}

void Batch::put_import(const ImportJob& job) {
  changes_.imports[job.id].job = job;
}

Result<void> Batch::start_import(Submission& submission, const StartImport& command) {
  if (!state_.catalog->campaign(command.campaign)) {
    submission.outcome.error = campaign_not_found();
    return {};
  }
  std::optional<ImportJob>& job = loaded_.imports[command.id];
  if (job && job->state == ImportState::running) {
    submission.outcome.error =
        Error{.code = Code::request_in_progress, .message = "The import " + command.id + " is running."};
    return {};
  }
  job =
      ImportJob{.id = command.id, .campaign = command.campaign, .bytes_total = command.bytes_total, .started_at = now_};
  Changes::ImportChange& change = changes_.imports[command.id];
  change = {.job = *job, .is_new = true, .errors = {}};
  audit_import(submission.actor, *job);
  submission.outcome.import = *job;
  return {};
}

std::optional<std::string> Batch::objection_to_import(const ImportRow& row, const Campaign& campaign) const {
  const auto found = loaded_.imported.find(row.normalized);
  if (found != loaded_.imported.end() && found->second) {
    const auto other = state_.catalog->campaign(found->second->campaign);
    if (!other || other->number == campaign.number) return "The code " + row.code + " has been imported already.";
    return "The code " + row.code + " is one of campaign " + other->id + ".";
  }
  if (imported_here_.contains(row.normalized)) return "The code " + row.code + " has been imported already.";
  if (const auto computed = state_.catalog->book().find(row.normalized)) {
    const auto other = state_.catalog->campaign(computed->campaign);
    return "The code " + row.code + " is one of campaign " + (other ? other->id : std::string()) + ".";
  }
  if (campaign.total && *campaign.total >= max_total) {
    return "The campaign's total would pass " + std::to_string(max_total) + ".";
  }
  const auto lowest = loaded_.lowest_serials.find(campaign.number);
  if (lowest != loaded_.lowest_serials.end() && lowest->second <= -max_serials) {
    return "The campaign takes no more imported codes.";
  }
  return std::nullopt;
}

void Batch::import_row(const ImportRow& row, std::int64_t campaign) {
  Coupon coupon{.key = {campaign, --loaded_.lowest_serials[campaign]},
                .state = row.state,
                .user_id = row.user_id,
                .subject = row.subject,
                .expires_at = row.expires_at,
                .imported_code = row.code,
                .created_at = now_};
  CampaignTally& tally = loaded_.tallies[campaign];
  if (row.state == CouponState::available) {
    const auto hand = loaded_.in_hand.find(campaign);
    // Behind all of the pool, if all of it is there.
    if (hand != loaded_.in_hand.end() && std::ssize(hand->second.pooled) == tally.pooled &&
        tally.pooled < hand->second.wanted) {
      hand->second.pooled.push_back(coupon);
    }
    ++tally.pooled;
  } else {
    const bool redeemed = row.state == CouponState::redeemed;
    if (redeemed) coupon.redeemed_at = row.redeemed_at.value_or(now_);
    coupon.issued_at = row.issued_at.value_or(coupon.redeemed_at.value_or(now_));
    ++tally.issued;
    if (redeemed) ++tally.redeemed;
    change_holdings(coupon, {.issued = 1, .redeemed = redeemed ? 1 : 0});
  }
  imported_here_.insert(row.normalized);
  // Not into the working set: no other command of this batch can name it, and the pool has its own.
  changes_.coupons[coupon.key] = {.coupon = coupon, .is_new = true};
}

Result<void> Batch::import_coupons(Submission& submission, const ImportCoupons& command) {
  ImportJob* const job = running_import(submission, command.job);
  if (!job) return {};
  const auto known = state_.catalog->campaign(job->campaign);
  if (!known) {
    submission.outcome.error = campaign_not_found();
    return {};
  }
  Campaign campaign = *known;
  auto& errors = changes_.imports[job->id].errors;
  const auto reject = [&](std::int64_t line, std::string message) {
    if (job->rejected++ < kept_import_errors) errors.push_back({.line = line, .message = std::move(message)});
  };
  const std::int64_t imported_before = job->imported;
  auto bad = command.rejected.begin();
  for (const ImportRow& row : command.rows) {
    for (; bad != command.rejected.end() && bad->line < row.line; ++bad) reject(bad->line, bad->message);
    if (auto objection = objection_to_import(row, campaign)) {
      reject(row.line, std::move(*objection));
      continue;
    }
    import_row(row, campaign.number);
    ++job->imported;
    if (campaign.total) ++*campaign.total;
  }
  for (; bad != command.rejected.end(); ++bad) reject(bad->line, bad->message);
  if (job->imported > imported_before) {
    if (!state_.catalog->has_imports()) state_.catalog = state_.catalog->with_imports();
    if (campaign.total) {
      ++campaign.version;
      put_campaign(std::move(campaign));
    }
  }
  job->rows += std::ssize(command.rows) + std::ssize(command.rejected);
  job->bytes_read = command.bytes_read;
  put_import(*job);
  submission.outcome.import = *job;
  return {};
}

Result<void> Batch::end_import(Submission& submission, const EndImport& command) {
  ImportJob* const job = running_import(submission, command.job);
  if (!job) return {};
  job->state = command.why.empty() ? ImportState::done : ImportState::failed;
  job->why = command.why;
  job->ended_at = now_;
  if (command.bytes_read) job->bytes_read = *command.bytes_read;
  put_import(*job);
  audit_import(submission.actor, *job);
  submission.outcome.import = *job;
  return {};
}

}  // namespace scrip
