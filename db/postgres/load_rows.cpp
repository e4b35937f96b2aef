#include "db/postgres/load_rows.h"

#include "db/postgres/columns.h"
#include "db/postgres/load_decisions.h"

namespace scrip::postgres {
namespace {

using Numbers = std::vector<std::int64_t>;
using Texts = std::vector<std::string_view>;

std::span<const std::int64_t> span(const Numbers& numbers) {
  return numbers;
}
std::span<const std::string_view> span(const Texts& texts) {
  return texts;
}

// Those of `keys` that are not in the working set; they are in it then, empty.
template <class Keys, class Entries>
auto absent_of(const Keys& keys, Entries& entries) {
  std::vector<const typename Keys::value_type*> absent;
  for (const auto& key : keys) {
    if (entries.try_emplace(key).second) absent.push_back(&key);
  }
  return absent;
}

void ask_for_holdings(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Numbers campaigns;
  Texts users, subjects;
  for (const HoldingKey* key : absent_of(wanted.holdings, loaded.holdings)) {
    campaigns.push_back(key->campaign);
    users.push_back(key->user_id);
    subjects.push_back(key->subject ? std::string_view(*key->subject) : "");
    batch.holdings.try_emplace(*key);
  }
  if (campaigns.empty()) return;
  Params params;
  params.array(span(campaigns)).array(span(users)).array(span(subjects));
  exchange.ask(
      "SELECT h.campaign_id, h.user_id, h.subject, h.issued, h.redeemed"
      " FROM unnest($1, $2, $3) AS w (campaign_id, user_id, subject) JOIN holding h"
      " ON h.campaign_id = w.campaign_id AND h.user_id = w.user_id AND h.subject = w.subject",
      params, [&batch, &loaded](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          HoldingKey key;
          std::string subject;
          Holding holding;
          rows.read(row, key.campaign, key.user_id, subject, holding.issued, holding.redeemed);
          if (!subject.empty()) key.subject = std::move(subject);
          loaded.holdings[key] = holding;
          batch.holdings[key] = holding;
        }
        return {};
      });
}

void ask_for_coupons(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Numbers campaigns, serials;
  for (const CouponKey* key : absent_of(wanted.coupons, loaded.coupons)) {
    campaigns.push_back(key->campaign);
    serials.push_back(key->serial);
  }
  if (campaigns.empty()) return;
  Params params;
  params.array(span(campaigns)).array(span(serials));
  exchange.ask("SELECT " SCRIP_PG_COUPON
               ", version FROM unnest($1, $2) AS w (c, s) JOIN coupon ON campaign_id = c AND serial = s",
               params, [&batch, &loaded](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   Coupon coupon = read_coupon(rows, row, batch);
                   const CouponKey key = coupon.key;
                   loaded.coupons[key] = std::move(coupon);
                 }
                 return {};
               });
}

void ask_for_imported(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Texts codes;
  for (const std::string* code : absent_of(wanted.imported, loaded.imported)) codes.push_back(*code);
  if (codes.empty()) return;
  Params params;
  params.array(span(codes));
  exchange.ask("SELECT " SCRIP_PG_COUPON
               ", version, code FROM (SELECT code, campaign_id AS c, serial AS s FROM imported_code"
               " WHERE code = ANY($1)) AS w JOIN coupon ON campaign_id = c AND serial = s",
               params, [&batch, &loaded](Rows& rows) -> Result<void> {
                 for (int row = 0; row < rows.size(); ++row) {
                   std::string code;
                   rows.read_from(coupon_columns + 1, row, code);
                   Coupon coupon = read_coupon(rows, row, batch);
                   const CouponKey key = coupon.key;
                   loaded.imported[code] = key;
                   // It may be there, changed by the batch.
                   loaded.coupons.try_emplace(key, std::move(coupon));
                 }
                 return {};
               });
}

void ask_for_counters(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Numbers campaigns;
  Texts names;
  for (const CounterKey* key : absent_of(wanted.counters, loaded.counters)) {
    campaigns.push_back(key->campaign);
    names.push_back(key->name);
    batch.counters.try_emplace(*key);
  }
  if (campaigns.empty()) return;
  Params params;
  params.array(span(campaigns)).array(span(names));
  exchange.ask(
      "SELECT c.campaign_id, c.name, c.value FROM unnest($1, $2) AS w (campaign_id, name) JOIN counter c"
      " ON c.campaign_id = w.campaign_id AND c.name = w.name",
      params, [&batch, &loaded](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          CounterKey key;
          std::int64_t value = 0;
          rows.read(row, key.campaign, key.name, value);
          loaded.counters[key] = value;
          batch.counters[key] = value;
        }
        return {};
      });
}

void ask_for_answers(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Texts owners, keys;
  for (const IdempotencyKey* key : absent_of(wanted.idempotency, loaded.idempotency)) {
    owners.push_back(key->owner);
    keys.push_back(key->key);
    batch.unanswered.insert(*key);
  }
  if (owners.empty()) return;
  Params params;
  params.array(span(owners)).array(span(keys));
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
  Params params;
  params.array(span(users));
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
  Params params;
  params.array(span(logins));
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
  Params params;
  params.array(span(ids));
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
  Params params;
  params.array(span(ids));
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

void ask_for_lowest_serials(Exchange& exchange, const Wanted& wanted, Loaded& loaded) {
  Numbers campaigns;
  for (const std::int64_t* campaign : absent_of(wanted.lowest_serials, loaded.lowest_serials)) {
    campaigns.push_back(*campaign);
  }
  if (campaigns.empty()) return;
  Params params;
  params.array(span(campaigns));
  exchange.ask(
      "SELECT w.campaign_id, (SELECT c.serial FROM coupon c WHERE c.campaign_id = w.campaign_id AND c.serial < 0"
      " ORDER BY c.serial LIMIT 1) FROM unnest($1) AS w (campaign_id)",
      params, [&loaded](Rows& rows) -> Result<void> {
        for (int row = 0; row < rows.size(); ++row) {
          std::int64_t campaign = 0;
          std::optional<std::int64_t> lowest;
          rows.read(row, campaign, lowest);
          loaded.lowest_serials[campaign] = lowest.value_or(0);
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
  Params params;
  params.array(span(campaigns)).array(span(serials)).array(span(ends));
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

Coupon read_coupon(Rows& rows, int row, BatchState& batch) {
  Coupon coupon;
  int version = 0;
  read(rows, row, coupon);
  rows.read_from(coupon_columns, row, version);
  // What was read first counts: if it is old by now, the batch finds out when it writes.
  batch.coupons.try_emplace(
      coupon.key,
      ReadCoupon{.version = version, .state = coupon.state, .user_id = coupon.user_id, .subject = coupon.subject});
  return coupon;
}

void ask_for_wanted(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  ask_for_holdings(exchange, wanted, batch, loaded);
  ask_for_coupons(exchange, wanted, batch, loaded);
  ask_for_imported(exchange, wanted, batch, loaded);
  ask_for_lowest_serials(exchange, wanted, loaded);
  ask_for_imports(exchange, wanted, loaded);
  ask_for_counters(exchange, wanted, batch, loaded);
  ask_for_answers(exchange, wanted, batch, loaded);
  ask_for_attributes(exchange, wanted, loaded);
  ask_for_users(exchange, wanted, batch, loaded);
  ask_for_reminders(exchange, wanted, loaded);
  ask_for_works(exchange, wanted, loaded);
  if (wanted.decided_before) ask_for_old_decisions(exchange, *wanted.decided_before, batch, loaded.old_decisions);
}

}  // namespace scrip::postgres
