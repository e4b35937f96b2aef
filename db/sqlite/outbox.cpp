#include "db/sqlite/outbox.h"

#include <limits>

#include "db/forgetting.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

#define SCRIP_EVENT_COLUMNS \
  "id, kind, at, campaign, unique_key, data, recorded_at, state, attempts, next_attempt_at, settled_at, last_error"

// More than come to be settled in one commit, and little enough for the claims beside it.

static_assert(static_cast<int>(EventState::pending) == 0 && static_cast<int>(EventState::delivered) == 1 &&
                  static_cast<int>(EventState::failed) == 2 && static_cast<int>(EventState::obsolete) == 3,
              "these numbers are in the files");

Result<void> add_event(Connection& db, const Event& event) {
  Statement insert(db,
                   "INSERT INTO outbox (kind, at, campaign, unique_key, data, recorded_at, state, attempts,"
                   " next_attempt_at, settled_at, last_error)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?6, NULL, '')"
                   " ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING");
  return insert.bind(name(event.kind), event.at, event.campaign, event.unique_key, event.data, event.recorded_at).run();
}

// One that was settled meanwhile stays as it is: of two who deliver the first counts.
Result<void> note_attempt(Connection& db, const EventAttempt& attempt) {
  const bool pending = attempt.state == EventState::pending;
  const std::optional<Micros> settled_at = pending ? std::nullopt : std::optional(attempt.at);
  const std::int64_t attempts = attempt.attempts;
  Statement update(db,
                   "UPDATE outbox SET state = ?2, attempts = ?3, next_attempt_at = ?4, settled_at = ?5, last_error = ?6"
                   " WHERE id = ?1 AND state = 0");
  return update
      .bind(attempt.id, static_cast<std::int64_t>(attempt.state), attempts, attempt.next_attempt_at, settled_at,
            attempt.error)
      .run();
}

Result<void> add_mark(Connection& db, const ReminderMark& mark) {
  Statement insert(db, "INSERT INTO reminder (expires_at, coupon, mark) VALUES (?1, ?2, ?3)");
  return insert.bind(mark.expires_at, coupon_id(mark.coupon), mark.mark).run();
}

Result<void> forget_events(Connection& db, Micros before) {
  Statement drop(db,
                 "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox INDEXED BY outbox_settled"
                 " WHERE state <> 0 AND settled_at < ?1 ORDER BY settled_at LIMIT ?2)");
  return drop.bind(before, forgotten_at_once).run();
}

Result<void> forget_marks(Connection& db, Micros before) {
  Statement drop(db,
                 "DELETE FROM reminder WHERE (expires_at, coupon, mark) IN"
                 " (SELECT expires_at, coupon, mark FROM reminder WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)");
  return drop.bind(before, forgotten_at_once).run();
}

void read(Statement& row, Event& event) {
  std::string kind;
  std::int64_t state = 0;
  row.read(event.id, kind, event.at, event.campaign, event.unique_key, event.data, event.recorded_at, state,
           event.attempts, event.next_attempt_at, event.settled_at, event.last_error);
  const auto known = parse_event_kind(kind);
  if (!known) row.malformed("an event's kind is '" + kind + "'");
  event.kind = known.value_or(EventKind::coupon_issued);
  if (state < 0 || state > 3) row.malformed("an event's state is " + std::to_string(state));
  event.state = static_cast<EventState>(state);
}

Result<std::vector<Event>> read_events(Statement& query) {
  std::vector<Event> events;
  while (query.next()) read(query, events.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  return events;
}

}  // namespace

Result<void> apply_outbox(Connection& db, const Changes& changes) {
  for (const Event& event : changes.events) {
    if (auto done = add_event(db, event); !done) return done;
  }
  for (const EventAttempt& attempt : changes.attempts) {
    if (auto done = note_attempt(db, attempt); !done) return done;
  }
  for (const ReminderMark& mark : changes.reminders) {
    if (auto done = add_mark(db, mark); !done) return done;
  }
  if (changes.forget_events_before) {
    if (auto done = forget_events(db, *changes.forget_events_before); !done) return done;
  }
  if (changes.forget_reminders_before) return forget_marks(db, *changes.forget_reminders_before);
  return {};
}

Result<std::vector<std::string>> find_marks(Connection& db, const Wanted::Reminder& reminder) {
  Statement query(db, "SELECT mark FROM reminder WHERE expires_at = ?1 AND coupon = ?2 ORDER BY mark");
  query.bind(reminder.expires_at, coupon_id(reminder.coupon));
  std::vector<std::string> marks;
  while (query.next()) query.read(marks.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  return marks;
}

Result<std::vector<Event>> list_events(Connection& db, std::optional<EventState> state, std::int64_t before,
                                       int limit) {
  if (before == 0) before = std::numeric_limits<std::int64_t>::max();
  if (state) {
    Statement query(db,
                    "SELECT " SCRIP_EVENT_COLUMNS
                    " FROM outbox INDEXED BY outbox_by_state WHERE state = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2");
    return read_events(query.bind(before, limit, static_cast<std::int64_t>(*state)));
  }
  Statement query(db, "SELECT " SCRIP_EVENT_COLUMNS " FROM outbox WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
  return read_events(query.bind(before, limit));
}

Result<std::vector<Event>> list_due_events(Connection& db, Micros now, int limit) {
  Statement query(db, "SELECT " SCRIP_EVENT_COLUMNS
                      " FROM outbox INDEXED BY outbox_due WHERE state = 0 AND next_attempt_at <= ?1"
                      " ORDER BY next_attempt_at, id LIMIT ?2");
  return read_events(query.bind(now, limit));
}

Result<std::int64_t> count_pending_events(Connection& db) {
  return db.integer("SELECT count(*) FROM outbox INDEXED BY outbox_by_state WHERE state = 0");
}

}  // namespace scrip::sqlite
