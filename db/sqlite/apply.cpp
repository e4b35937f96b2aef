#include "db/sqlite/apply.h"

#include <unordered_set>

#include "db/forgetting.h"
#include "db/sqlite/audit.h"
#include "db/sqlite/counters.h"
#include "db/sqlite/decisions.h"
#include "db/sqlite/holds.h"
#include "db/sqlite/lookups.h"
#include "db/sqlite/outbox.h"
#include "db/sqlite/refusals.h"
#include "db/sqlite/revisions.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/stacked_orders.h"
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
  const auto put = [&](Statement& statement) {
    return statement
        .bind(campaign.number, campaign.version, campaign.id, campaign.name, campaign.policy, campaign.params,
              campaign.total, campaign.pattern, name(campaign.alphabet), campaign.format, campaign.starts_at,
              campaign.ends_at, campaign.timezone, campaign.metadata, name(campaign.status), campaign.created_at)
        .run();
  };
  Statement version(db, "INSERT INTO campaign_version (" SCRIP_CAMPAIGN_COLUMNS
                        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
  if (auto kept = put(version); !kept) return kept;
  Statement current(db,
                    "INSERT INTO campaign (" SCRIP_CAMPAIGN_COLUMNS
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
                    " ON CONFLICT (number) DO UPDATE SET version = ?2, id = ?3, name = ?4, policy = ?5, params = ?6,"
                    " total = ?7, pattern = ?8, alphabet = ?9, format = ?10, starts_at = ?11, ends_at = ?12,"
                    " timezone = ?13, metadata = ?14, status = ?15, created_at = ?16");
  return put(current);
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

// Whose the coupon is and when it expires, from when it is given on.
void post_coupon(Indexes& indexes, const Coupon& coupon) {
  if (coupon.state == CouponState::available) return;
  const auto [campaign, serial] = coupon.key;
  if (coupon.user_id) indexes.post(Index::holder, {indexes.hash().of_user(*coupon.user_id), campaign, serial});
  if (coupon.expires_at) indexes.post(Index::expiry, {sortable(*coupon.expires_at), campaign, serial});
}

Result<void> add_coupon(Connection& db, Indexes& indexes, const Coupon& coupon) {
  const std::int64_t id = coupon_id(coupon.key);
  const auto state = static_cast<std::int64_t>(coupon.state);
  const OptionalParts parts(coupon);
  if (parts.imported_key)
    indexes.post(Index::imported,
                 {indexes.hash().of_code(*parts.imported_key), coupon.key.campaign, coupon.key.serial});
  Statement insert(db, "INSERT INTO coupon (" SCRIP_COUPON_COLUMNS
                       ", imported_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
  return insert
      .bind(id, state, coupon.user_id, coupon.subject, coupon.issued_at, coupon.expires_at, coupon.decision,
            coupon.redeemed_at, parts.amount, parts.currency, coupon.order_id, parts.imported_code, coupon.created_at,
            parts.imported_key)
      .run();
}

// Redeeming and cancelling change nothing of whose coupon it is and until when. SQLite rewrites the
// entry of an index whose columns are named in SET, changed or not, so these are not named here.
Result<bool> change_use(Connection& db, const Coupon& coupon, const OptionalParts& parts) {
  Statement update(db,
                   "UPDATE coupon SET state = ?2, redeemed_at = ?3, discount_amount = ?4, discount_currency = ?5,"
                   " order_id = ?6, decision = ?7 WHERE id = ?1 AND user_id IS ?8 AND subject IS ?9"
                   " AND issued_at = ?10 AND expires_at IS ?11 AND imported_code IS ?12 AND created_at = ?13");
  auto updated = update
                     .bind(coupon_id(coupon.key), static_cast<std::int64_t>(coupon.state), coupon.redeemed_at,
                           parts.amount, parts.currency, coupon.order_id, coupon.decision, coupon.user_id,
                           coupon.subject, coupon.issued_at, coupon.expires_at, parts.imported_code, coupon.created_at)
                     .run();
  if (!updated) return updated.error();
  return db.changed() == 1;
}

// The decision that the row has named until now has to be found without it.
Result<void> post_superseded(Connection& db, Indexes& indexes, const Coupon& coupon) {
  Statement query(db, "SELECT decision FROM coupon WHERE id = ?1");
  query.bind(coupon_id(coupon.key));
  std::int64_t decision = 0;
  if (query.next()) query.read(decision);
  if (auto ended = query.end(); !ended) return ended;
  if (decision != 0 && decision != coupon.decision) {
    post_decision(indexes, {.id = decision, .coupon = coupon.key, .user_id = coupon.user_id});
  }
  return {};
}

Result<void> change_coupon(Connection& db, Indexes& indexes, const Coupon& coupon) {
  if (auto posted = post_superseded(db, indexes, coupon); !posted) return posted;
  const OptionalParts parts(coupon);
  const auto use_alone = change_use(db, coupon, parts);
  if (!use_alone) return use_alone.error();
  if (*use_alone) return {};
  const auto before = find_coupon(db, coupon.key);
  if (!before) return before.error();
  if (!*before) {
    return {Code::internal, "cannot write " + db.path() + ": coupon " + std::to_string(coupon.key.serial) +
                                " of campaign " + std::to_string(coupon.key.campaign) + " has no row to change"};
  }
  // Postings are never taken back.
  const bool was_available = (*before)->state == CouponState::available;
  if (!was_available && ((*before)->user_id != coupon.user_id || (*before)->expires_at != coupon.expires_at)) {
    return {Code::internal, "the holder and the expiry of a coupon that was given cannot change"};
  }
  if ((*before)->imported_code != coupon.imported_code) {
    return {Code::internal, "the code of an imported coupon cannot change"};
  }
  if (was_available) post_coupon(indexes, coupon);
  Statement update(db,
                   "UPDATE coupon SET state = ?2, user_id = ?3, subject = ?4, issued_at = ?5, expires_at = ?6,"
                   " decision = ?7, redeemed_at = ?8, discount_amount = ?9, discount_currency = ?10, order_id = ?11,"
                   " created_at = ?12 WHERE id = ?1");
  return update
      .bind(coupon_id(coupon.key), static_cast<std::int64_t>(coupon.state), coupon.user_id, coupon.subject,
            coupon.issued_at, coupon.expires_at, coupon.decision, coupon.redeemed_at, parts.amount, parts.currency,
            coupon.order_id, coupon.created_at)
      .run();
}

std::unordered_set<std::int64_t> named_by_coupons(const Changes& changes) {
  std::unordered_set<std::int64_t> named;
  for (const auto& [key, change] : changes.coupons) named.insert(change.coupon.decision);
  return named;
}

Result<void> add_to_tally(Connection& db, std::int64_t campaign, const CampaignTally& by) {
  if (by == CampaignTally()) return {};
  Statement put(db, "INSERT INTO tally (campaign, " SCRIP_TALLY_COLUMNS
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (campaign) DO UPDATE SET"
                    " issued = issued + ?2, redeemed = redeemed + ?3, next_serial = next_serial + ?4,"
                    " by_hand = by_hand + ?5, pooled = pooled + ?6, held = held + ?7");
  return put.bind(campaign, by.issued, by.redeemed, by.next_serial, by.by_hand, by.pooled, by.held).run();
}

Result<void> add_answer(Connection& db, Indexes& indexes, const IdempotencyRecord& record) {
  Statement insert(db,
                   "INSERT INTO idempotency (owner, key, fingerprint, status, body, created_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  insert.bind(record.key.owner, record.key.key, record.fingerprint, record.status, record.body, record.created_at);
  if (auto inserted = insert.run(); !inserted) return inserted;
  indexes.post(Index::answered, {indexes.hash().of_answer(record.key.owner, record.key.key), 0, db.last_row()});
  return {};
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

Result<void> put_work(Connection& db, std::int64_t id, const std::optional<Work>& work) {
  if (!work) {
    Statement drop(db, "DELETE FROM work WHERE id = ?1");
    return drop.bind(id).run();
  }
  Statement put(db, "INSERT INTO work (" SCRIP_WORK_COLUMNS
                    ") VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET title = ?2, updated_at = ?4");
  return put.bind(id, work->title, work->created_at, work->updated_at).run();
}

Result<void> put_import(Connection& db, const Changes::ImportChange& change) {
  const ImportJob& job = change.job;
  if (change.is_new) {
    Statement forget(db, "DELETE FROM import_error WHERE job = (SELECT number FROM import_job WHERE id = ?1)");
    if (auto done = forget.bind(job.id).run(); !done) return done;
    Statement drop(db, "DELETE FROM import_job WHERE id = ?1");
    if (auto done = drop.bind(job.id).run(); !done) return done;
    Statement insert(db,
                     "INSERT INTO import_job (id, campaign, state, rows, imported, rejected, bytes_read, bytes_total,"
                     " started_at, ended_at, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    insert.bind(job.id, job.campaign, name(job.state), job.rows, job.imported, job.rejected, job.bytes_read,
                job.bytes_total, job.started_at, job.ended_at, job.why);
    if (auto done = insert.run(); !done) return done;
  } else {
    Statement update(db,
                     "UPDATE import_job SET state = ?2, rows = ?3, imported = ?4, rejected = ?5, bytes_read = ?6,"
                     " ended_at = ?7, why = ?8 WHERE id = ?1");
    update.bind(job.id, name(job.state), job.rows, job.imported, job.rejected, job.bytes_read, job.ended_at, job.why);
    if (auto done = update.run(); !done) return done;
  }
  return each(change.errors, [&](const ImportError& error) {
    Statement insert(db,
                     "INSERT OR REPLACE INTO import_error (job, line, message)"
                     " VALUES ((SELECT number FROM import_job WHERE id = ?1), ?2, ?3)");
    return insert.bind(job.id, error.line, error.message).run();
  });
}

// Answers are stored in the order of their instants.
Result<void> forget_answers(Connection& db, Indexes& indexes, Micros before) {
  const auto oldest = db.integer("SELECT min(id) FROM idempotency");
  if (!oldest) return oldest.error();
  {
    Statement drop(db, "DELETE FROM idempotency WHERE id < ?1 AND created_at < ?2");
    if (auto dropped = drop.bind(*oldest + forgotten_at_once, before).run(); !dropped) return dropped;
  }
  indexes.forget_below(Index::answered, *oldest);
  return {};
}

}  // namespace

Result<void> apply(Connection& db, Writing writing, const Changes& changes) {
  Indexes& indexes = writing.indexes;
  const auto in = [&db](auto store) { return [&db, store](const auto& row) { return store(db, row); }; };
  const auto pair_in = [&db](auto store) {
    return [&db, store](const auto& row) { return store(db, row.first, row.second); };
  };
  const auto store_coupon = [&](const auto& row) {
    const Changes::CouponChange& change = row.second;
    if (!change.is_new) return change_coupon(db, indexes, change.coupon);
    post_coupon(indexes, change.coupon);
    if (!NewCoupons::takes(change.coupon)) return add_coupon(db, indexes, change.coupon);
    writing.new_coupons.add(change.coupon);
    return Result<void>();
  };
  const auto store_answer = [&](const auto& row) { return add_answer(db, indexes, row); };
  if (auto done = each(changes.formats, in(add_format)); !done) return done;
  if (auto done = each(changes.campaigns, in(put_campaign)); !done) return done;
  if (auto done = each(changes.batches, in(add_batch)); !done) return done;
  if (auto done = each(changes.coupons, store_coupon); !done) return done;
  if (auto done = writing.new_coupons.store(db); !done) return done;
  if (auto done = apply_holds(db, changes); !done) return done;
  if (auto done = each(changes.stacked_orders, pair_in(put_stacked_order)); !done) return done;
  if (auto done = each(changes.tallies, pair_in(add_to_tally)); !done) return done;
  if (auto done = apply_counters(db, changes); !done) return done;
  if (auto done = each(changes.idempotency, store_answer); !done) return done;
  if (!changes.decisions.empty()) {
    const auto added =
        add_decisions(db, indexes, writing.newest_decision, changes.decisions, named_by_coupons(changes));
    if (!added) return added;
  }
  if (changes.drop_decisions_to != 0) {
    if (auto done = drop_decisions(db, indexes, changes.drop_decisions_to); !done) return done;
  }
  if (auto done = apply_unrecorded(db, changes); !done) return done;
  if (auto done = apply_refusals(db, changes); !done) return done;
  if (auto done = each(changes.attributes, pair_in(put_attributes)); !done) return done;
  if (auto done = each(changes.users, in(put_user)); !done) return done;
  if (auto done = each(changes.works, pair_in(put_work)); !done) return done;
  const auto store_import = [&](const auto& row) { return put_import(db, row.second); };
  if (auto done = each(changes.imports, store_import); !done) return done;
  if (auto done = apply_revisions(db, changes); !done) return done;
  if (auto done = apply_audit(db, changes); !done) return done;
  if (changes.forget_idempotency_before) {
    if (auto done = forget_answers(db, indexes, *changes.forget_idempotency_before); !done) return done;
  }
  if (auto done = apply_outbox(db, changes); !done) return done;
  return indexes.flush();
}

}  // namespace scrip::sqlite
