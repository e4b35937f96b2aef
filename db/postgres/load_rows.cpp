#include "db/postgres/load_rows.h"

#include "db/postgres/absent.h"
#include "db/postgres/columns.h"
#include "db/postgres/columns_of_rows.h"
#include "db/postgres/load_decisions.h"
#include "db/postgres/load_records.h"

namespace scrip::postgres {
namespace {

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
  Params params = columns(campaigns, users, subjects);
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
  Params params = columns(campaigns, serials);
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
  Params params = columns(codes);
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
  Params params = columns(campaigns, names);
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

void ask_for_lowest_serials(Exchange& exchange, const Wanted& wanted, Loaded& loaded) {
  Numbers campaigns;
  for (const std::int64_t* campaign : absent_of(wanted.lowest_serials, loaded.lowest_serials)) {
    campaigns.push_back(*campaign);
  }
  if (campaigns.empty()) return;
  Params params = columns(campaigns);
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
  ask_for_counters(exchange, wanted, batch, loaded);
  ask_for_records(exchange, wanted, batch, loaded);
  if (wanted.decided_before) ask_for_old_decisions(exchange, *wanted.decided_before, batch, loaded.old_decisions);
}

}  // namespace scrip::postgres
