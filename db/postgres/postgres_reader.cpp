#include "db/postgres/postgres_reader.h"

#include "db/postgres/audit_lists.h"
#include "db/postgres/coupon_lists.h"
#include "db/postgres/decision_lists.h"
#include "db/postgres/decision_order.h"
#include "db/postgres/holds.h"
#include "db/postgres/listings.h"
#include "db/postgres/lookups.h"
#include "db/postgres/stacked_orders.h"

namespace scrip::postgres {

template <class Read>
auto PostgresReader::on_snapshot(const Read& read) -> decltype(read(std::declval<Connection&>())) {
  return pool_->with([&](Connection& db) -> decltype(read(db)) {
    const Snapshot snapshot(db);
    if (!snapshot.begun()) return snapshot.begun().error();
    return read(db);
  });
}

Result<CampaignTally> PostgresReader::tally(std::int64_t campaign) {
  return pool_->with([&](Connection& db) { return find_tally(db, campaign); });
}

Result<std::vector<std::pair<std::int64_t, CampaignTally>>> PostgresReader::tallies() {
  return pool_->with([&](Connection& db) { return list_tallies(db); });
}

Result<Holding> PostgresReader::holding(const HoldingKey& key) {
  return pool_->with([&](Connection& db) { return find_holding(db, key); });
}

Result<std::int64_t> PostgresReader::counter(const CounterKey& key) {
  return pool_->with([&](Connection& db) { return find_counter(db, key); });
}

Result<std::string> PostgresReader::attributes(const std::string& user_id) {
  return pool_->with([&](Connection& db) { return find_attributes(db, user_id); });
}

Result<std::optional<Coupon>> PostgresReader::coupon(CouponKey key) {
  return pool_->with([&](Connection& db) { return find_coupon(db, key); });
}

Result<std::optional<Hold>> PostgresReader::hold(CouponKey key) {
  return pool_->with([&](Connection& db) { return find_hold(db, key); });
}

Result<std::optional<Coupon>> PostgresReader::imported(std::string_view normalized) {
  return pool_->with([&](Connection& db) { return find_imported(db, normalized); });
}

Result<std::vector<Coupon>> PostgresReader::coupons(std::int64_t campaign, std::int64_t from, int limit) {
  return pool_->with([&](Connection& db) { return list_coupons(db, campaign, from, limit); });
}

Result<std::vector<Coupon>> PostgresReader::imported_coupons(std::int64_t campaign, std::int64_t before, int limit) {
  return pool_->with([&](Connection& db) { return list_imported_coupons(db, campaign, before, limit); });
}

Result<std::vector<Coupon>> PostgresReader::coupons_of(const std::string& user_id, const std::optional<ByExpiry>& after,
                                                       int limit) {
  return pool_->with([&](Connection& db) { return list_coupons_of(db, user_id, after, limit); });
}

Result<std::vector<Coupon>> PostgresReader::expiring(Micros first, Micros last, const std::optional<ByExpiry>& after,
                                                     int limit) {
  return pool_->with([&](Connection& db) { return list_expiring(db, first, last, after, limit); });
}

Result<Reader::DecisionPage> PostgresReader::decisions(const DecisionFilter& filter, std::int64_t before, int limit) {
  return on_snapshot([&](Connection& db) { return list_decisions(db, filter, before, limit); });
}

Result<std::optional<DecisionRow>> PostgresReader::decision(std::int64_t id) {
  return pool_->with([&](Connection& db) { return find_decision(db, id); });
}

Result<std::vector<RefusalCount>> PostgresReader::refusals(const RefusalFilter& filter, std::int64_t before,
                                                           int limit) {
  return on_snapshot([&](Connection& db) { return list_refusals(db, filter, before, limit); });
}

Result<std::vector<DecisionRow>> PostgresReader::decisions_between(std::int64_t after, std::int64_t last,
                                                                   std::optional<std::int64_t> campaign) {
  return pool_->with([&](Connection& db) { return list_decisions_between(db, after, last, campaign); });
}

Result<std::int64_t> PostgresReader::decision_before(Micros at) {
  return on_snapshot([&](Connection& db) { return find_decision_before(db, at); });
}

Result<std::int64_t> PostgresReader::last_decision_before(Micros at) {
  return on_snapshot([&](Connection& db) { return find_last_decision_before(db, at); });
}

Result<std::optional<Campaign>> PostgresReader::campaign_version(std::int64_t number, std::int64_t version) {
  return pool_->with([&](Connection& db) { return find_campaign_version(db, number, version); });
}

Result<std::optional<StackedOrder>> PostgresReader::stacked_order(const std::string& id) {
  return pool_->with([&](Connection& db) { return find_stacked_order(db, id); });
}

Result<std::optional<User>> PostgresReader::user(const std::string& login) {
  return pool_->with([&](Connection& db) { return find_user(db, login); });
}

Result<std::vector<User>> PostgresReader::users(const std::string& after_login, int limit) {
  return pool_->with([&](Connection& db) { return list_users(db, after_login, limit); });
}

Result<std::optional<Work>> PostgresReader::work(std::int64_t id) {
  return pool_->with([&](Connection& db) { return find_work(db, id); });
}

Result<std::vector<Work>> PostgresReader::works(std::int64_t after, int limit) {
  return pool_->with([&](Connection& db) { return list_works(db, after, limit); });
}

Result<std::optional<ImportJob>> PostgresReader::import_job(const std::string& id) {
  return pool_->with([&](Connection& db) { return find_import(db, id); });
}

Result<std::vector<ImportError>> PostgresReader::import_errors(std::int64_t job) {
  return pool_->with([&](Connection& db) { return list_import_errors(db, job); });
}

Result<std::vector<ImportJob>> PostgresReader::import_jobs(std::int64_t before, int limit) {
  return pool_->with([&](Connection& db) { return list_imports(db, before, limit); });
}

Result<std::vector<ImportJob>> PostgresReader::running_imports() {
  return pool_->with([&](Connection& db) { return list_running_imports(db); });
}

Result<std::vector<Event>> PostgresReader::events(std::optional<EventState> state, std::int64_t before, int limit) {
  return pool_->with([&](Connection& db) { return list_events(db, state, before, limit); });
}

Result<std::vector<Event>> PostgresReader::due_events(Micros now, int limit) {
  return pool_->with([&](Connection& db) { return list_due_events(db, now, limit); });
}

Result<std::int64_t> PostgresReader::pending_events() {
  return pool_->with([&](Connection& db) { return count_pending_events(db); });
}

Result<std::vector<std::string>> PostgresReader::reminders(const Wanted::Reminder& reminder) {
  return pool_->with([&](Connection& db) { return find_marks(db, reminder); });
}

Result<std::optional<RevisionRow>> PostgresReader::revision(std::int64_t number) {
  return on_snapshot([&](Connection& db) { return find_revision(db, number); });
}

Result<std::int64_t> PostgresReader::active_revision() {
  return pool_->with([&](Connection& db) { return find_active_revision(db); });
}

Result<std::vector<RevisionRow>> PostgresReader::revisions(std::int64_t before, int limit) {
  return pool_->with([&](Connection& db) { return list_revisions(db, before, limit); });
}

Result<std::vector<RevisionRow>> PostgresReader::revisions_like(const std::string& prefix, int limit) {
  return pool_->with([&](Connection& db) { return find_revisions(db, prefix, limit); });
}

Result<std::vector<PolicyActivation>> PostgresReader::activations(std::int64_t revision, int limit) {
  return pool_->with([&](Connection& db) { return list_activations(db, revision, limit); });
}

Result<std::optional<PolicyActivation>> PostgresReader::last_activation() {
  return pool_->with([&](Connection& db) { return find_last_activation(db); });
}

Result<std::vector<AuditEntry>> PostgresReader::audit(const AuditFilter& filter, std::int64_t before, int limit) {
  return on_snapshot([&](Connection& db) { return list_audit(db, filter, before, limit); });
}

Result<std::vector<AuditEntry>> PostgresReader::audit_after(const AuditFilter& filter, std::int64_t after, int limit) {
  return on_snapshot([&](Connection& db) { return list_audit_after(db, filter, after, limit); });
}

}  // namespace scrip::postgres
