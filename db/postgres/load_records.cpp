#include "db/postgres/load_records.h"

#include <utility>

#include "db/postgres/absent.h"
#include "db/postgres/columns.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

void ask_for_answers(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Texts owners, keys;
  for (const IdempotencyKey* key : absent_of(wanted.idempotency, loaded.idempotency)) {
    owners.push_back(key->owner);
    keys.push_back(key->key);
    batch.unanswered.insert(*key);
  }
  if (owners.empty()) return;
  Params params = columns(owners, keys);
  exchange.ask(
      "SELECT i.owner, i.key, i.fingerprint, i.status, i.body, i.created_at"
      " FROM unnest($1, $2) AS w (owner, key) JOIN idempotency i ON i.owner = w.owner AND i.key = w.key",
      params, [&batch, &loaded](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          IdempotencyRecord record;
          rows.read(row, record.key.owner, record.key.key, record.fingerprint, record.status, record.body,
                    record.created_at);
          batch.unanswered.erase(record.key);
          loaded.idempotency[record.key] = std::move(record);
        }
        return {};
      });
}

void ask_for_attributes(Exchange& exchange, const Wanted& wanted, Loaded& loaded) {
  Texts users;
  for (const std::string& user : wanted.attributes) {
    if (loaded.attributes.try_emplace(user, "{}").second) users.push_back(user);
  }
  if (users.empty()) return;
  Params params = columns(users);
  exchange.ask("SELECT user_id, attributes FROM user_attributes WHERE user_id = ANY($1)", params,
               [&loaded](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   std::string user;
                   std::string attributes;
                   rows.read(row, user, attributes);
                   loaded.attributes[user] = std::move(attributes);
                 }
                 return {};
               });
}

void ask_for_users(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Texts logins;
  for (const std::string* login : absent_of(wanted.logins, loaded.users)) {
    logins.push_back(*login);
    batch.unknown_logins.insert(*login);
  }
  if (logins.empty()) return;
  Params params = columns(logins);
  exchange.ask("SELECT " SCRIP_PG_ACCOUNT " FROM account WHERE login = ANY($1)", params,
               [&batch, &loaded](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   User user;
                   read(rows, row, user);
                   batch.unknown_logins.erase(user.login);
                   loaded.users[user.login] = std::move(user);
                 }
                 return {};
               });
}

void ask_for_works(Exchange& exchange, const Wanted& wanted, Loaded& loaded) {
  Numbers ids;
  for (const std::int64_t* id : absent_of(wanted.works, loaded.works)) ids.push_back(*id);
  if (ids.empty()) return;
  Params params = columns(ids);
  exchange.ask("SELECT " SCRIP_PG_WORK " FROM work WHERE id = ANY($1)", params, [&loaded](Rows& rows) -> Result<void> {
    for (int row = 0; row < rows.size(); ++row) {
      Work work;
      read(rows, row, work);
      loaded.works[work.id] = std::move(work);
    }
    return {};
  });
}

void ask_for_imports(Exchange& exchange, const Wanted& wanted, Loaded& loaded) {
  Texts ids;
  for (const std::string* id : absent_of(wanted.imports, loaded.imports)) ids.push_back(*id);
  if (ids.empty()) return;
  Params params = columns(ids);
  exchange.ask("SELECT " SCRIP_PG_IMPORT " FROM import_job WHERE id = ANY($1)", params,
               [&loaded](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   ImportJob job;
                   read(rows, row, job);
                   loaded.imports[job.id] = std::move(job);
                 }
                 return {};
               });
}

void ask_for_reminders(Exchange& exchange, const Wanted& wanted, Loaded& loaded) {
  Numbers campaigns, serials, ends;
  for (const Wanted::Reminder& reminder : wanted.reminders) {
    if (!loaded.reminders.try_emplace(reminder.coupon).second) continue;
    campaigns.push_back(reminder.coupon.campaign);
    serials.push_back(reminder.coupon.serial);
    ends.push_back(reminder.expires_at);
  }
  if (campaigns.empty()) return;
  Params params = columns(campaigns, serials, ends);
  exchange.ask(
      "SELECT r.campaign_id, r.serial, r.mark FROM unnest($1, $2, $3) AS w (campaign_id, serial, expires_at)"
      " JOIN reminder r ON r.campaign_id = w.campaign_id AND r.serial = w.serial AND r.expires_at = w.expires_at"
      " ORDER BY r.campaign_id, r.serial, r.mark",
      params, [&loaded](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          CouponKey key;
          std::string mark;
          rows.read(row, key.campaign, key.serial, mark);
          loaded.reminders[key].push_back(std::move(mark));
        }
        return {};
      });
}

}  // namespace

void ask_for_records(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  ask_for_answers(exchange, wanted, batch, loaded);
  ask_for_attributes(exchange, wanted, loaded);
  ask_for_users(exchange, wanted, batch, loaded);
  ask_for_works(exchange, wanted, loaded);
  ask_for_imports(exchange, wanted, loaded);
  ask_for_reminders(exchange, wanted, loaded);
}

}  // namespace scrip::postgres
