#include "jobs/reminders.h"

#include <algorithm>
#include <utility>

#include "ledger/claim_facts.h"
#include "ledger/command.h"
#include "policy/host_rules.h"

namespace scrip::jobs {
namespace {

constexpr int coupons_at_once = 2'000;         // of a walk, on one snapshot
constexpr std::size_t notices_at_once = 200;   // in one command: claims wait for no more than that
constexpr std::size_t most_fresh = 1'000'000;  // 24 MB

// No coupon whose last day is more than `days` away ends before this: a day has up to 25 hours, and
// zones are a day apart.
Micros horizon(Micros now, int days) {
  return now + (days + 2) * (day + hour);
}

std::string depends_on(const Campaign& campaign) {
  return campaign.policy + '\n' + campaign.params + '\n' + campaign.timezone + '\n' +
         std::string(name(campaign.status));
}

// When the next day begins in one of the zones.
Micros next_day(const std::vector<std::string>& zones, Micros now) {
  Micros next = latest_instant;
  for (const std::string& zone : zones) next = std::min(next, local_day(zone, now).last);
  return next;
}

}  // namespace

bool Reminders::changed(const Changes& changes) {
  if (changes.coupons.empty()) return false;
  const Micros now = clock_.now();
  const std::lock_guard lock(mutex_);
  // Until then a walk through all is still to come.
  if (!ready_) return false;
  std::int64_t campaign = 0;
  Micros until = 0;
  for (const auto& [key, change] : changes.coupons) {
    const Coupon& coupon = change.coupon;
    if (coupon.state != CouponState::issued || !coupon.expires_at) continue;
    if (key.campaign != campaign) {
      campaign = key.campaign;
      const auto known = days_.find(campaign);
      until = known == days_.end() ? latest_instant : known->second < 0 ? 0 : horizon(now, known->second);
    }
    if (*coupon.expires_at > until) continue;
    if (fresh_.size() == most_fresh) {
      too_many_ = true;
      break;
    }
    fresh_.push_back({.coupon = key, .expires_at = *coupon.expires_at});
  }
  return !fresh_.empty();
}

void Reminders::plan(const Catalog& catalog, const std::shared_ptr<const ActivePolicies>& active, Micros now) {
  const bool first = !planned_;
  const bool new_policies = !judge_ || judge_->shared_active() != active;
  if (new_policies) judge_ = std::make_unique<Judge>(active);
  for (const auto& [number, campaign] : catalog.campaigns()) {
    const auto [found, added] = plans_.try_emplace(number);
    Plan& plan = found->second;
    std::string of = depends_on(*campaign);
    if (!added && !new_policies && plan.of == of) continue;
    plan = Plan{.of = std::move(of)};
    for (Reminding& rule : judge_->reminding(*campaign)) {
      plan.days = std::max(plan.days, rule.days);
      plan.zones.push_back(rule.zone.empty() ? campaign->timezone : std::move(rule.zone));
    }
    // What a campaign that has just been made gave away meanwhile is all in fresh_.
    if (added && !first) plan.next_walk = next_day(plan.zones, now);
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [number, plan] : plans_) days_[number] = plan.days;
  ready_ = true;
}

Result<void> Reminders::make_notices(Pass& pass) {
  if (candidates_.empty()) return {};
  Submission submission{.command = Remind{std::exchange(candidates_, {})},
                        .actor = {.subject = "reminders", .role = Role::operator_}};
  ledger_.execute(submission);
  if (submission.outcome.error) return *submission.outcome.error;
  pass.notices += submission.outcome.notices;
  return {};
}

Result<void> Reminders::ask(const Catalog& catalog, Reader& reader, const Coupon& coupon, Micros now, Pass& pass) {
  const auto campaign = catalog.campaign(coupon.key.campaign);
  if (!campaign || !coupon.expires_at) return {};
  if (host_objection(Hook::remind, *campaign, coupon_instants(coupon), now)) return {};
  auto facts = read_facts(reader, catalog.book(), campaign, coupon, nullptr, now);
  if (!facts) return facts.error();
  ++pass.asked;
  const auto verdict = judge_->decide(Hook::remind, *facts, [&](const std::string& counter) {
    return reader.counter({campaign->number, counter});
  });
  if (!verdict) return verdict.error();
  if (verdict->kind == Verdict::Kind::failed) {
    ++pass.failed;
    pass.failure = "campaign " + campaign->id + ": " + trace_json(verdict->trace);
  }
  if (!verdict->allowed()) return {};
  std::optional<std::vector<std::string>> marks;
  for (const TraceEntry& entry : verdict->trace) {
    if (entry.note.empty()) continue;
    if (!marks) {
      auto read = reader.reminders({coupon.key, *coupon.expires_at});
      if (!read) return read.error();
      marks = std::move(*read);
    }
    if (std::find(marks->begin(), marks->end(), notice_mark(entry)) != marks->end()) continue;
    candidates_.push_back(coupon.key);
    break;
  }
  return candidates_.size() < notices_at_once ? Result<void>() : make_notices(pass);
}

Result<void> Reminders::walk(const std::set<std::int64_t>& campaigns, Micros now, Pass& pass) {
  int days = 0;
  for (const std::int64_t campaign : campaigns) days = std::max(days, plans_[campaign].days);
  std::optional<Reader::ByExpiry> after;
  while (!interrupted_.load(std::memory_order_relaxed)) {
    auto reader = store_.reader();
    if (!reader) return reader.error();
    auto coupons = (*reader)->expiring(now + 1, horizon(now, days), after, coupons_at_once);
    if (!coupons) return coupons.error();
    // After the rows, so that it knows their codes.
    const auto catalog = ledger_.catalog();
    for (const Coupon& coupon : *coupons) {
      ++pass.walked;
      if (!campaigns.contains(coupon.key.campaign)) continue;
      if (*coupon.expires_at > horizon(now, plans_[coupon.key.campaign].days)) continue;
      if (auto asked = ask(*catalog, **reader, coupon, now, pass); !asked) return asked;
    }
    if (coupons->size() < static_cast<std::size_t>(coupons_at_once)) break;
    after = Reader::ByExpiry{.expires_at = *coupons->back().expires_at, .key = coupons->back().key};
  }
  return make_notices(pass);
}

Result<void> Reminders::ask_fresh(Micros now, Pass& pass) {
  std::vector<Fresh> fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(fresh_);
  }
  // Those of a campaign that was not known yet, whose rules turn out to ask nothing, or not so early.
  std::erase_if(fresh, [&](const Fresh& each) {
    const auto plan = plans_.find(each.coupon.campaign);
    if (plan == plans_.end()) return false;
    return plan->second.days < 0 || each.expires_at > horizon(now, plan->second.days);
  });
  if (fresh.empty()) return {};
  const auto give_back = [&](Error error) {
    const std::lock_guard lock(mutex_);
    fresh_.insert(fresh_.end(), fresh.begin(), fresh.end());
    return error;
  };
  // Later than what made them fresh, so it knows their campaigns and codes.
  const auto catalog = ledger_.catalog();
  auto reader = store_.reader();
  if (!reader) return give_back(reader.error());
  for (const auto& [key, expires_at] : fresh) {
    if (interrupted_.load(std::memory_order_relaxed)) return {};  // the next start walks through all
    const auto coupon = (*reader)->coupon(key);
    if (!coupon) return give_back(coupon.error());
    if (!*coupon) continue;
    if (auto asked = ask(*catalog, **reader, **coupon, now, pass); !asked) return give_back(asked.error());
  }
  if (auto made = make_notices(pass); !made) return give_back(made.error());
  return {};
}

Result<Reminders::Pass> Reminders::pass() {
  const auto active = ledger_.policies();
  if (!active) return Pass();
  const Micros now = clock_.now();
  auto catalog = ledger_.catalog();
  if (catalog != planned_ || !judge_ || judge_->shared_active() != active) plan(*catalog, active, now);
  planned_ = std::move(catalog);
  {
    // What was left out of fresh_ is found by walking.
    const std::lock_guard lock(mutex_);
    if (std::exchange(too_many_, false)) {
      for (auto& [number, plan] : plans_) plan.next_walk = 0;
    }
  }
  Pass pass;
  std::set<std::int64_t> due;
  for (const auto& [campaign, plan] : plans_) {
    if (plan.days >= 0 && now >= plan.next_walk) due.insert(campaign);
  }
  // Of several nodes one walks. What another one has done meanwhile stays due here: should it take over, it
  // finds the notices made.
  if (!due.empty()) {
    const auto leads = store_.lead("reminders", minute);
    if (!leads) return leads.error();
    if (!*leads) due.clear();
  }
  if (!due.empty()) {
    if (auto walked = walk(due, now, pass); !walked) return walked.error();
    if (interrupted_.load(std::memory_order_relaxed)) return pass;
    for (const std::int64_t campaign : due) {
      Plan& plan = plans_[campaign];
      plan.next_walk = next_day(plan.zones, now);
    }
  }
  if (auto asked = ask_fresh(now, pass); !asked) return asked.error();
  return pass;
}

}  // namespace scrip::jobs
