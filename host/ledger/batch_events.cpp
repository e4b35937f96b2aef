// How a batch makes events, decides about notices, and notes what came of deliveries.
#include <algorithm>

#include "ledger/batch.h"
#include "ledger/claim_facts.h"
#include "ledger/stored_json.h"
#include "policy/host_rules.h"

namespace scrip {
namespace {

using Json = StoredJson;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

// As the API shows a coupon.
Json show(const Facts& facts, const Coupon& coupon) {
  Json shown{{"code", facts.coupon->code},
             {"campaign_id", facts.campaign->id},
             {"state", name(coupon.state)},
             {"user_id", or_null(coupon.user_id)},
             {"subject", or_null(coupon.subject)},
             {"issued_at", instant_or_null(coupon.issued_at)},
             {"expires_at", instant_or_null(coupon.expires_at)},
             {"redeemed_at", instant_or_null(coupon.redeemed_at)}};
  if (coupon.discount) {
    shown["discount"] = Json{{"amount", coupon.discount->amount}, {"currency", coupon.discount->currency}};
  }
  if (coupon.order_id) shown["order_id"] = *coupon.order_id;
  if (coupon.decision != 0) shown["decision_id"] = std::to_string(coupon.decision);
  return shown;
}

}  // namespace

void Batch::add_coupon_event(EventKind kind, const Facts& facts, const Coupon& coupon, const TraceEntry* notice) {
  Json data{{"coupon", show(facts, coupon)}};
  if (notice) {
    data["notice"] = notice->note;
    data["mark"] = notice_mark(*notice);
  }
  changes_.events.push_back(
      {.kind = kind, .at = now_, .campaign = coupon.key.campaign, .data = text_of(data), .recorded_at = real_time()});
}

// Once for each total that was reached.
void Batch::tell_if_sold_out(const Campaign& campaign) {
  const std::int64_t issued = loaded_.tallies[campaign.number].issued;
  if (!campaign.total || issued != *campaign.total || issued == 0) return;
  const Json data{{"campaign_id", campaign.id}, {"total", *campaign.total}, {"issued", issued}};
  changes_.events.push_back({.kind = EventKind::campaign_sold_out,
                             .at = now_,
                             .campaign = campaign.number,
                             .unique_key = "sold_out:" + std::to_string(campaign.number) + ":" + std::to_string(issued),
                             .data = text_of(data),
                             .recorded_at = real_time()});
}

// A start that finds what it had before is no news.
void Batch::tell_reload(const ActivationOutcome& activation, const std::string& by) {
  if (!state_.judge && activation.number == state_.stored_revision) return;
  const Json data{{"revision", activation.revision},
                  {"previous", activation.previous.empty() ? Json() : Json(activation.previous)},
                  {"by", by}};
  changes_.events.push_back(
      {.kind = EventKind::policy_reloaded, .at = now_, .data = text_of(data), .recorded_at = real_time()});
}

Result<void> Batch::remind(Submission& submission, const Remind& command) {
  for (const CouponKey& key : command.coupons) {
    const auto campaign = state_.catalog->campaign(key.campaign);
    Coupon coupon = coupon_at(key);
    if (!campaign || !coupon.expires_at) continue;
    if (host_objection(Hook::remind, *campaign, coupon_instants(coupon), now_)) continue;
    Facts facts = facts_for(campaign, coupon, coupon.user_id, coupon.subject);
    auto verdict = ask(Hook::remind, facts);
    if (!verdict) return verdict.error();
    if (!verdict->allowed()) continue;
    if (auto loaded = store_.load({.reminders = {{key, *coupon.expires_at}}}, loaded_); !loaded) return loaded;
    std::vector<std::string>& marks = loaded_.reminders[key];
    const std::int64_t before = submission.outcome.notices;
    for (const TraceEntry& entry : verdict->trace) {
      if (entry.note.empty()) continue;
      std::string mark = notice_mark(entry);
      if (std::find(marks.begin(), marks.end(), mark) != marks.end()) continue;
      add_coupon_event(EventKind::coupon_expiring, facts, coupon, &entry);
      changes_.reminders.push_back({.expires_at = *coupon.expires_at, .coupon = key, .mark = mark});
      marks.push_back(std::move(mark));
      ++submission.outcome.notices;
    }
    if (submission.outcome.notices == before) continue;
    record(Hook::remind, facts, *verdict, &coupon);
    count(campaign->number, verdict->counts);
  }
  return {};
}

void Batch::settle(const SettleEvents& command) {
  changes_.attempts.insert(changes_.attempts.end(), command.attempts.begin(), command.attempts.end());
  if (command.forget_events_before) changes_.forget_events_before = command.forget_events_before;
  if (command.forget_reminders_before) changes_.forget_reminders_before = command.forget_reminders_before;
}

}  // namespace scrip
