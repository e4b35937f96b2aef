#include "db/forgetting.h"
#include "db/postgres/apply.h"
#include "db/postgres/columns.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

void add_events(Exchange& exchange, const Applying& applying, const std::vector<Event>& events) {
  if (events.empty()) return;
  Numbers ids, ats, recorded;
  Texts kinds, data;
  OptionalNumbers campaigns;
  OptionalTexts keys;
  for (const Event& event : events) {
    ids.push_back(applying.next_id());
    kinds.push_back(name(event.kind));
    ats.push_back(event.at);
    campaigns.push_back(event.campaign);
    keys.push_back(view(event.unique_key));
    data.push_back(event.data);
    recorded.push_back(event.recorded_at);
  }
  Params params = columns(ids, kinds, ats, campaigns, keys, data, recorded);
  exchange.ask("INSERT INTO outbox (" SCRIP_PG_EVENT
               ") SELECT n.id, n.kind, n.at, n.campaign_id, n.unique_key, n.data, n.recorded_at, 0, 0, n.recorded_at,"
               " CAST(NULL AS bigint), '' FROM unnest($1, $2, $3, $4, $5, $6, $7)"
               " AS n (id, kind, at, campaign_id, unique_key, data, recorded_at) ORDER BY n.id"
               " ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING",
               params);
}

// One that was settled meanwhile stays as it is: of two who deliver the first counts.
void note_attempts(Exchange& exchange, const std::vector<EventAttempt>& attempts) {
  if (attempts.empty()) return;
  Numbers ids, states, counts, next;
  OptionalNumbers settled;
  Texts errors;
  for (const EventAttempt& attempt : attempts) {
    ids.push_back(attempt.id);
    states.push_back(static_cast<std::int64_t>(attempt.state));
    counts.push_back(attempt.attempts);
    next.push_back(attempt.next_attempt_at);
    settled.push_back(attempt.state == EventState::pending ? std::nullopt : std::optional(attempt.at));
    errors.push_back(attempt.error);
  }
  Params params = columns(ids, states, counts, next, settled, errors);
  exchange.ask(
      "UPDATE outbox AS o SET state = n.state, attempts = n.attempts, next_attempt_at = n.next_attempt_at,"
      " settled_at = n.settled_at, last_error = n.last_error FROM unnest($1, $2, $3, $4, $5, $6)"
      " AS n (id, state, attempts, next_attempt_at, settled_at, last_error) WHERE o.id = n.id AND o.state = 0",
      params);
}

void add_marks(Exchange& exchange, const std::vector<ReminderMark>& marks) {
  if (marks.empty()) return;
  Numbers campaigns, serials, ends;
  Texts texts;
  for (const ReminderMark& mark : marks) {
    campaigns.push_back(mark.coupon.campaign);
    serials.push_back(mark.coupon.serial);
    ends.push_back(mark.expires_at);
    texts.push_back(mark.mark);
  }
  Params params = columns(campaigns, serials, ends, texts);
  exchange.ask(
      "INSERT INTO reminder (campaign_id, serial, expires_at, mark) SELECT * FROM unnest($1, $2, $3, $4)"
      " ON CONFLICT (campaign_id, serial, expires_at, mark) DO NOTHING",
      params, expect_count(marks.size(), "another node has reminded of the same"));
}

}  // namespace

void apply_outbox(Exchange& exchange, const Applying& applying, const Changes& changes) {
  add_events(exchange, applying, changes.events);
  note_attempts(exchange, changes.attempts);
  add_marks(exchange, changes.reminders);
  if (changes.forget_events_before) {
    Params params;
    params.add(*changes.forget_events_before).add(forgotten_at_once);
    exchange.ask_unprepared(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state <> 0 AND settled_at < $1"
        " ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        params);
  }
  if (changes.forget_reminders_before) {
    Params params;
    params.add(*changes.forget_reminders_before).add(forgotten_at_once);
    exchange.ask_unprepared(
        "DELETE FROM reminder WHERE (campaign_id, serial, expires_at, mark) IN"
        " (SELECT campaign_id, serial, expires_at, mark FROM reminder WHERE expires_at < $1 ORDER BY expires_at"
        " LIMIT $2 FOR UPDATE SKIP LOCKED)",
        params);
  }
}

}  // namespace scrip::postgres
