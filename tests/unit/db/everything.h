// Every call of a store's batches and readers once, for the tests of what its statements cost.
#pragma once

#include "samples.h"

namespace scrip {

// All that a batch and a reader ask, save the few lists that are read whole.
inline void ask_everything(Store& store) {
  load_once(store, {.tallies = {1},
                    .in_hand = {{1, 5}},
                    .holdings = {{1, "mina", std::nullopt}, {1, "mina", "s"}},
                    .coupons = {{1, 0}},
                    .holds = {{1, 0}},
                    .holds_over = noon,
                    .counters = {{1, "n"}},
                    .idempotency = {{"shop", "k"}},
                    .attributes = {"mina"},
                    .logins = {"jo"},
                    .imported = {"A"},
                    .lowest_serials = {1},
                    .imports = {"file"},
                    .reminders = {{{1, 0}, noon + day}},
                    .stacked_orders = {"A-1"},
                    .decided_before = noon + hour});
  value_of(store.last_decision());
  value_of(store.find_revision("r"));

  const auto reader = reader_of(store);
  const Reader::ByExpiry after{noon + 2 * day, {1, 0}};
  value_of(reader->tally(1));
  value_of(reader->holding({1, "mina", "s"}));
  value_of(reader->counter({1, "n"}));
  value_of(reader->attributes("mina"));
  value_of(reader->coupon({1, 0}));
  value_of(reader->hold({1, 0}));
  value_of(reader->imported("A"));
  value_of(reader->import_job("file"));
  value_of(reader->import_errors(1));
  value_of(reader->import_jobs(5, 10));
  value_of(reader->coupons(1, 0, 10));
  value_of(reader->imported_coupons(1, 0, 10));
  value_of(reader->coupons_of("mina", after, 10));
  value_of(reader->expiring(noon, noon + day, after, 10));
  value_of(reader->decisions({}, 0, 10));
  value_of(reader->decisions({.user_id = "mina", .campaign = 1}, 0, 10));
  value_of(reader->decisions({.campaign = 1}, 0, 10));
  value_of(reader->decisions({.user_id = "mina", .campaign = 1, .coupon = CouponKey{1, 0}}, 0, 10));
  value_of(reader->decisions({.code = "sold_out", .since = noon, .until = noon + day}, 0, 10));
  value_of(reader->decisions({.campaign = 1, .since = noon}, 0, 10));
  value_of(reader->decision(1));
  value_of(reader->refusals({.since = noon, .until = noon + day}, 0, 10));
  value_of(reader->refusals({.campaign = 1, .hook = "issue", .code = "sold_out"}, 0, 10));
  value_of(reader->decisions_between(0, 10, std::nullopt));
  value_of(reader->decisions_between(0, 10, 1));
  value_of(reader->decision_before(noon));
  value_of(reader->last_decision_before(noon));
  value_of(reader->stacked_order("A-1"));
  value_of(reader->campaign_version(1, 1));
  value_of(reader->user("jo"));
  value_of(reader->users("a", 10));
  for (const auto state : {EventState::pending, EventState::delivered, EventState::failed, EventState::obsolete}) {
    value_of(reader->events(state, 0, 10));
  }
  value_of(reader->events(std::nullopt, 0, 10));
  value_of(reader->due_events(noon, 10));
  value_of(reader->reminders({{1, 0}, noon + day}));
  value_of(reader->revision(1));
  value_of(reader->active_revision());
  value_of(reader->revisions(0, 10));
  value_of(reader->revisions_like("r", 2));
  value_of(reader->activations(1, 10));
  value_of(reader->last_activation());
  Reader::AuditFilter filter{.since = noon};
  for (const int asked : {0, 1, 2, 3, 4}) {
    if (asked == 1) filter.action = AuditAction::campaign_edited;
    if (asked == 2) filter.subject = "ann";
    if (asked == 3) filter.target = "campaign/c";
    if (asked == 4) filter = {.target = "campaign/c"};
    value_of(reader->audit(filter, 0, 10));
    value_of(reader->audit_after(filter, 1, 10));
  }
}

inline void change_everything(Store& store) {
  Changes changes;
  Coupon coupon = issued_coupon(1, 0, "mina");
  coupon.expires_at = noon + day;
  issue_next(changes, coupon);
  add_new(changes, imported_coupon(1, -1, "a"));
  changes.holds[{1, 0}] =
      Hold{.coupon = {1, 0}, .key = "h", .held_at = noon, .expires_at = noon + day, .user_id = "mina"};
  changes.counters[{1, "n"}] = 1;
  changes.idempotency = {{.key = {"shop", "k"}}};
  changes.decisions = {{.id = 1, .at = noon, .campaign = 1}};
  changes.attributes["mina"] = "{}";
  changes.users = {{.login = "jo", .password_hash = "x"}};
  changes.imports["file"] = {.job = {.id = "file", .campaign = 1}, .is_new = true, .errors = {{2, "bad"}}};
  changes.revision = {.number = 1, .revision = "r", .files = {{"a.lua", ""}}};
  changes.active_revision = 1;
  changes.forget_idempotency_before = noon;
  changes.events = {{.unique_key = "k", .data = "{}"}};
  changes.attempts = {{.id = 1, .state = EventState::pending}};
  changes.reminders = {{.expires_at = noon + day, .coupon = {1, 0}, .mark = "m"}};
  changes.forget_events_before = noon;
  changes.forget_reminders_before = noon;
  changes.activation = PolicyActivation{.revision = 1, .at = noon, .by = "ann"};
  changes.audit = {{.at = noon, .subject = "ann", .role = "operator", .target = "campaign/c", .new_value = "{}"}};
  changes.forget_audit_before = noon - day;
  changes.counters[{1, "n@2026-11-01"}] = 1;
  changes.forget_counters_before = "2026-11-20";
  changes.refusals = {{.minute = noon, .campaign = 1, .hook = "issue", .code = "sold_out", .count = 1}};
  changes.unrecorded[{1, "n"}] = 1;
  changes.forget_refusals_before = noon;
  store_changes(store, changes);

  Changes more;
  coupon.state = CouponState::redeemed;
  coupon.redeemed_at = noon;
  coupon.order_id = "A-1";
  add_changed(more, coupon);
  more.holds[{1, 0}] = std::nullopt;
  more.stacked_orders["A-1"] =
      StackedOrder{.id = "A-1", .amount = 1, .currency = "KRW", .redeemed_at = noon, .parts = {{{1, 0}, 0}}};
  Coupon given = imported_coupon(1, -1, "a");
  given.state = CouponState::issued;
  given.user_id = "jo";
  add_changed(more, given);
  more.drop_decisions_to = 1;
  more.decisions = {{.id = 2, .at = noon, .campaign = 1}};
  more.imports["file"] = {.job = {.id = "file", .campaign = 1, .state = ImportState::done}, .errors = {}};
  store_changes(store, more);
}

}  // namespace scrip
