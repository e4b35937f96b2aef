#include <map>

#include "db/forgetting.h"
#include "db/postgres/apply.h"
#include "db/postgres/columns.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

struct AnswerRows {
  Texts owners, keys;
  Blobs fingerprints, bodies;
  Numbers statuses, created;

  void add(const IdempotencyRecord& record) {
    owners.push_back(record.key.owner);
    keys.push_back(record.key.key);
    const auto* const bytes = reinterpret_cast<const char*>(record.fingerprint.data());
    fingerprints.push_back({{bytes, record.fingerprint.size()}});
    bodies.push_back({record.body});
    statuses.push_back(record.status);
    created.push_back(record.created_at);
  }
  Params params() const { return columns(owners, keys, fingerprints, statuses, bodies, created); }
};

#define SCRIP_PG_NEW_ANSWERS                                                     \
  "INSERT INTO idempotency (owner, key, fingerprint, status, body, created_at) " \
  "SELECT * FROM unnest($1, $2, $3, $4, $5, $6) ON CONFLICT (owner, key) "

void put_attributes(Exchange& exchange, const std::map<std::string, std::string>& attributes) {
  if (attributes.empty()) return;
  Texts users, texts;
  for (const auto& [user, text] : attributes) {
    users.push_back(user);
    texts.push_back(text);
  }
  Params params = columns(users, texts);
  exchange.ask(
      "INSERT INTO user_attributes (user_id, attributes) SELECT * FROM unnest($1, $2)"
      " ON CONFLICT (user_id) DO UPDATE SET attributes = excluded.attributes",
      params);
}

void put_user(Exchange& exchange, const User& user, bool is_new) {
  Params params;
  params.add(user.login).add(user.password_hash).add(name(user.role)).add(user.created_at);
  if (is_new) {
    exchange.ask("INSERT INTO account (" SCRIP_PG_ACCOUNT ") VALUES ($1, $2, $3, $4) ON CONFLICT (login) DO NOTHING",
                 params, expect_count(1, "another node has added this account"));
    return;
  }
  exchange.ask("INSERT INTO account (" SCRIP_PG_ACCOUNT
               ") VALUES ($1, $2, $3, $4) ON CONFLICT (login) DO UPDATE SET password_hash = excluded.password_hash,"
               " role = excluded.role, created_at = excluded.created_at",
               params);
}

void add_audit(Exchange& exchange, const Applying& applying, const std::vector<AuditEntry>& entries) {
  if (entries.empty()) return;
  Numbers ids, ats;
  Texts subjects, roles, actions, targets, olds, news;
  for (const AuditEntry& entry : entries) {
    ids.push_back(applying.next_id());
    ats.push_back(entry.at);
    subjects.push_back(entry.subject);
    roles.push_back(entry.role);
    actions.push_back(name(entry.action));
    targets.push_back(entry.target);
    olds.push_back(entry.old_value);
    news.push_back(entry.new_value);
  }
  Params params = columns(ids, ats, subjects, roles, actions, targets, olds, news);
  exchange.ask("INSERT INTO audit (" SCRIP_PG_AUDIT ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)", params);
}

}  // namespace

void apply_answers(Exchange& exchange, const Changes& changes, BatchState& batch) {
  // Of one key the last counts; by key, so that batches lock the rows in the same order.
  std::map<std::pair<std::string_view, std::string_view>, const IdempotencyRecord*> records;
  for (const IdempotencyRecord& record : changes.idempotency) records[{record.key.owner, record.key.key}] = &record;
  AnswerRows fresh;   // there was none when the batch looked
  AnswerRows others;  // nobody has looked, or it is replaced
  for (const auto& [key, record] : records) (batch.unanswered.contains(record->key) ? fresh : others).add(*record);
  if (!fresh.owners.empty()) {
    exchange.ask(SCRIP_PG_NEW_ANSWERS "DO NOTHING", fresh.params(),
                 expect_count(fresh.owners.size(), "another node has answered a call with this key"));
  }
  if (!others.owners.empty()) {
    exchange.ask(SCRIP_PG_NEW_ANSWERS
                 "DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body,"
                 " created_at = excluded.created_at",
                 others.params());
  }
  if (changes.forget_idempotency_before) {
    Params params;
    params.add(*changes.forget_idempotency_before).add(forgotten_at_once);
    exchange.ask_unprepared(
        "DELETE FROM idempotency WHERE (owner, key) IN (SELECT owner, key FROM idempotency WHERE created_at < $1"
        " ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        params);
  }
}

void apply_records(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch) {
  put_attributes(exchange, changes.attributes);
  for (const User& user : changes.users) {
    // The second time that a batch names a new account, it has a row.
    put_user(exchange, user, batch.unknown_logins.erase(user.login) > 0);
  }
  add_audit(exchange, applying, changes.audit);
  if (changes.forget_audit_before) {
    Params params;
    params.add(*changes.forget_audit_before).add(forgotten_at_once);
    exchange.ask_unprepared(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at, id LIMIT $2"
        " FOR UPDATE SKIP LOCKED)",
        params);
  }
}

}  // namespace scrip::postgres
