#include "db/sqlite/apply.h"

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

// Runs `store` on each row until one fails.
template <class Rows, class Store>
Result<void> each(const Rows& rows, const Store& store) {
  for (const auto& row : rows) {
    if (auto stored = store(row); !stored) return stored;
  }
  return {};
}

Result<void> add_format(Connection& db, const FormatRow& format) {
  Statement insert(db, "INSERT INTO code_format (" SCRIP_FORMAT_COLUMNS ") VALUES (?1, ?2, ?3, ?4)");
  return insert.bind(format.id, format.shape, name(format.alphabet), format.key).run();
}

Result<void> put_campaign(Connection& db, const Campaign& campaign) {
  Statement put(db, "INSERT INTO campaign (" SCRIP_CAMPAIGN_COLUMNS
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
                    " ON CONFLICT (number) DO UPDATE SET version = ?2, id = ?3, name = ?4, policy = ?5, params = ?6,"
                    " total = ?7, pattern = ?8, alphabet = ?9, format = ?10, starts_at = ?11, ends_at = ?12,"
                    " timezone = ?13, metadata = ?14, status = ?15, created_at = ?16");
  return put
      .bind(campaign.number, campaign.version, campaign.id, campaign.name, campaign.policy, campaign.params,
            campaign.total, campaign.pattern, name(campaign.alphabet), campaign.format, campaign.starts_at,
            campaign.ends_at, campaign.timezone, campaign.metadata, name(campaign.status), campaign.created_at)
      .run();
}

Result<void> add_batch(Connection& db, const CodeBatch& batch) {
  Statement insert(db, "INSERT INTO code_batch (" SCRIP_BATCH_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  return insert
      .bind(batch.id, batch.campaign, batch.format, batch.first_index, batch.first_serial, batch.count,
            batch.created_at)
      .run();
}

// The columns of a discount and of an imported code, which are NULL when there is none.
struct OptionalParts {
  std::optional<std::int64_t> amount;
  std::optional<std::string_view> currency;
  std::optional<std::string_view> imported_code;
  std::string normalized;
  std::optional<std::string_view> imported_key;

  explicit OptionalParts(const Coupon& coupon) {
    if (coupon.discount) {
      amount = coupon.discount->amount;
      currency = coupon.discount->currency;
    }
    if (!coupon.imported_code.empty()) {
      imported_code = coupon.imported_code;
      normalized = normalize_code(coupon.imported_code);
      imported_key = normalized;
    }
  }
  OptionalParts(const OptionalParts&) = delete;
  OptionalParts& operator=(const OptionalParts&) = delete;
};

Result<void> add_coupon(Connection& db, const Coupon& coupon) {
  const OptionalParts parts(coupon);
  Statement insert(db, "INSERT INTO coupon (" SCRIP_COUPON_COLUMNS
                       ", imported_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");
  return insert
      .bind(coupon.key.campaign, coupon.key.serial, static_cast<std::int64_t>(coupon.state), coupon.user_id,
            coupon.subject, coupon.issued_at, coupon.expires_at, coupon.redeemed_at, parts.amount, parts.currency,
            coupon.order_id, coupon.decision, parts.imported_code, coupon.created_at, parts.imported_key)
      .run();
}

// Redeeming and cancelling change nothing of whose coupon it is and until when. SQLite rewrites the
// entry of an index whose columns are named in SET, changed or not, so these are not named here.
Result<bool> change_use(Connection& db, const Coupon& coupon, const OptionalParts& parts) {
  Statement update(db,
                   "UPDATE coupon SET state = ?3, redeemed_at = ?4, discount_amount = ?5, discount_currency = ?6,"
                   " order_id = ?7, decision = ?8 WHERE campaign = ?1 AND serial = ?2 AND user_id IS ?9"
                   " AND subject IS ?10 AND issued_at = ?11 AND expires_at IS ?12 AND imported_code IS ?13"
                   " AND created_at = ?14");
  auto updated =
      update
          .bind(coupon.key.campaign, coupon.key.serial, static_cast<std::int64_t>(coupon.state), coupon.redeemed_at,
                parts.amount, parts.currency, coupon.order_id, coupon.decision, coupon.user_id, coupon.subject,
                coupon.issued_at, coupon.expires_at, parts.imported_code, coupon.created_at)
          .run();
  if (!updated) return updated.error();
  return db.changed() == 1;
}

Result<void> change_coupon(Connection& db, const Coupon& coupon) {
  const OptionalParts parts(coupon);
  const auto use_alone = change_use(db, coupon, parts);
  if (!use_alone) return use_alone.error();
  if (*use_alone) return {};
  Statement update(db,
                   "UPDATE coupon SET state = ?3, user_id = ?4, subject = ?5, issued_at = ?6, expires_at = ?7,"
                   " redeemed_at = ?8, discount_amount = ?9, discount_currency = ?10, order_id = ?11, decision = ?12,"
                   " imported_code = ?13, created_at = ?14, imported_key = ?15 WHERE campaign = ?1 AND serial = ?2");
  auto updated =
      update
          .bind(coupon.key.campaign, coupon.key.serial, static_cast<std::int64_t>(coupon.state), coupon.user_id,
                coupon.subject, coupon.issued_at, coupon.expires_at, coupon.redeemed_at, parts.amount, parts.currency,
                coupon.order_id, coupon.decision, parts.imported_code, coupon.created_at, parts.imported_key)
          .run();
  if (!updated) return updated;
  if (db.changed() == 1) return {};
  return {Code::internal, "cannot write " + db.path() + ": coupon " + std::to_string(coupon.key.serial) +
                              " of campaign " + std::to_string(coupon.key.campaign) + " has no row to change"};
}

Result<void> add_to_tally(Connection& db, std::int64_t campaign, const CampaignTally& by) {
  if (by == CampaignTally()) return {};
  Statement put(db, "INSERT INTO tally (campaign, " SCRIP_TALLY_COLUMNS
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (campaign) DO UPDATE SET"
                    " issued = issued + ?2, redeemed = redeemed + ?3, next_serial = next_serial + ?4,"
                    " by_hand = by_hand + ?5, pooled = pooled + ?6");
  return put.bind(campaign, by.issued, by.redeemed, by.next_serial, by.by_hand, by.pooled).run();
}

Result<void> add_to_counter(Connection& db, const CounterKey& key, std::int64_t by) {
  if (by == 0) return {};
  Statement put(db,
                "INSERT INTO counter (campaign, name, value) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (campaign, name) DO UPDATE SET value = value + ?3");
  return put.bind(key.campaign, key.name, by).run();
}

Result<void> put_answer(Connection& db, const IdempotencyRecord& record) {
  Statement put(db,
                "INSERT INTO idempotency (owner, key, fingerprint, status, body, created_at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (owner, key) DO UPDATE SET"
                " fingerprint = ?3, status = ?4, body = ?5, created_at = ?6");
  return put.bind(record.key.owner, record.key.key, record.fingerprint, record.status, record.body, record.created_at)
      .run();
}

Result<void> add_decision(Connection& db, const DecisionRow& decision) {
  Statement insert(db, "INSERT INTO decision (" SCRIP_DECISION_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  return insert
      .bind(decision.id, decision.at, decision.campaign, decision.serial, decision.user_id, decision.revision,
            decision.code, Blob{decision.record})
      .run();
}

Result<void> put_attributes(Connection& db, const std::string& user_id, const std::string& attributes) {
  Statement put(db,
                "INSERT INTO user_attributes (user_id, attributes) VALUES (?1, ?2)"
                " ON CONFLICT (user_id) DO UPDATE SET attributes = ?2");
  return put.bind(user_id, attributes).run();
}

Result<void> put_user(Connection& db, const User& user) {
  Statement put(db, "INSERT INTO account (" SCRIP_ACCOUNT_COLUMNS
                    ") VALUES (?1, ?2, ?3, ?4) ON CONFLICT (login) DO UPDATE SET"
                    " password_hash = ?2, role = ?3, created_at = ?4");
  return put.bind(user.login, user.password_hash, name(user.role), user.created_at).run();
}

Result<void> add_revision(Connection& db, const RevisionRow& revision) {
  {
    Statement insert(db,
                     "INSERT INTO policy_revision (number, revision, accepted_at, accepted_by)"
                     " VALUES (?1, ?2, ?3, ?4)");
    insert.bind(revision.number, revision.revision, revision.accepted_at, revision.accepted_by);
    if (auto added = insert.run(); !added) return added;
  }
  return each(revision.files, [&](const auto& file) {
    Statement insert(db, "INSERT INTO policy_file (revision, name, bytes) VALUES (?1, ?2, ?3)");
    return insert.bind(revision.number, file.first, Blob{file.second}).run();
  });
}

Result<void> set_active_revision(Connection& db, std::int64_t number) {
  Statement put(db,
                "INSERT INTO setting (name, value) VALUES ('active_revision', ?1)"
                " ON CONFLICT (name) DO UPDATE SET value = ?1");
  return put.bind(number).run();
}

Result<void> forget_answers(Connection& db, Micros before) {
  Statement drop(db,
                 "DELETE FROM idempotency WHERE id IN"
                 " (SELECT id FROM idempotency WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)");
  return drop.bind(before, forgotten_at_once).run();
}

}  // namespace

Result<void> apply(Connection& db, const Changes& changes) {
  const auto in = [&db](auto store) { return [&db, store](const auto& row) { return store(db, row); }; };
  const auto pair_in = [&db](auto store) {
    return [&db, store](const auto& row) { return store(db, row.first, row.second); };
  };
  const auto store_coupon = [&db](const auto& row) {
    return row.second.is_new ? add_coupon(db, row.second.coupon) : change_coupon(db, row.second.coupon);
  };
  if (auto done = each(changes.formats, in(add_format)); !done) return done;
  if (auto done = each(changes.campaigns, in(put_campaign)); !done) return done;
  if (auto done = each(changes.batches, in(add_batch)); !done) return done;
  if (auto done = each(changes.coupons, store_coupon); !done) return done;
  if (auto done = each(changes.tallies, pair_in(add_to_tally)); !done) return done;
  if (auto done = each(changes.counters, pair_in(add_to_counter)); !done) return done;
  if (auto done = each(changes.idempotency, in(put_answer)); !done) return done;
  if (auto done = each(changes.decisions, in(add_decision)); !done) return done;
  if (auto done = each(changes.attributes, pair_in(put_attributes)); !done) return done;
  if (auto done = each(changes.users, in(put_user)); !done) return done;
  if (changes.revision) {
    if (auto done = add_revision(db, *changes.revision); !done) return done;
  }
  if (changes.active_revision) {
    if (auto done = set_active_revision(db, *changes.active_revision); !done) return done;
  }
  if (changes.forget_idempotency_before) return forget_answers(db, *changes.forget_idempotency_before);
  return {};
}

}  // namespace scrip::sqlite
