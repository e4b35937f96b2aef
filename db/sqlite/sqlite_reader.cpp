#include "db/sqlite/sqlite_reader.h"

#include "db/sqlite/audit.h"
#include "db/sqlite/decision_lists.h"
#include "db/sqlite/decision_order.h"
#include "db/sqlite/holds.h"
#include "db/sqlite/listings.h"
#include "db/sqlite/lookups.h"
#include "db/sqlite/outbox.h"
#include "db/sqlite/refusals.h"
#include "db/sqlite/revisions.h"
#include "db/sqlite/stacked_orders.h"

namespace scrip::sqlite {

Result<CampaignTally> SqliteReader::tally(std::int64_t campaign) {
  return find_tally(*connection_, campaign);
}

Result<std::vector<std::pair<std::int64_t, CampaignTally>>> SqliteReader::tallies() {
  return list_tallies(*connection_);
}

Result<Holding> SqliteReader::holding(const HoldingKey& key) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  auto lookup = Lookup::in_transaction(*connection_, *postings_);
  if (!lookup) return lookup.error();
  auto postings = lookup->find(Index::holder, lookup->hash().of_user(key.user_id));
  if (!postings) return postings.error();
  auto holding = count_holding(*connection_, *postings, key);
  if (!holding) return holding;
  const auto held = count_held(*connection_, key);
  if (!held) return held.error();
  holding->redeemed += *held;
  return holding;
}

Result<std::int64_t> SqliteReader::counter(const CounterKey& key) {
  return find_counter(*connection_, key);
}

Result<std::string> SqliteReader::attributes(const std::string& user_id) {
  return find_attributes(*connection_, user_id);
}

Result<std::optional<Coupon>> SqliteReader::coupon(CouponKey key) {
  return find_coupon(*connection_, key);
}

Result<std::optional<Hold>> SqliteReader::hold(CouponKey key) {
  return find_hold(*connection_, key);
}

Result<std::optional<Coupon>> SqliteReader::imported(std::string_view normalized) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  auto lookup = Lookup::in_transaction(*connection_, *postings_);
  if (!lookup) return lookup.error();
  auto postings = lookup->find(Index::imported, lookup->hash().of_code(normalized));
  if (!postings) return postings.error();
  return find_imported(*connection_, *postings, normalized);
}

Result<std::vector<Coupon>> SqliteReader::coupons(std::int64_t campaign, std::int64_t from, int limit) {
  return list_coupons(*connection_, campaign, from, limit);
}

Result<std::vector<Coupon>> SqliteReader::imported_coupons(std::int64_t campaign, std::int64_t before, int limit) {
  return list_imported_coupons(*connection_, campaign, before, limit);
}

Result<std::vector<Coupon>> SqliteReader::coupons_of(const std::string& user_id, const std::optional<ByExpiry>& after,
                                                     int limit) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  auto lookup = Lookup::in_transaction(*connection_, *postings_);
  if (!lookup) return lookup.error();
  return list_coupons_of(*connection_, *lookup, user_id, after, limit);
}

Result<std::vector<Coupon>> SqliteReader::expiring(Micros first, Micros last, const std::optional<ByExpiry>& after,
                                                   int limit) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return list_expiring(*connection_, postings_->runs, first, last, after, limit);
}

Result<Reader::DecisionPage> SqliteReader::decisions(const DecisionFilter& filter, std::int64_t before, int limit) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  auto lookup = Lookup::in_transaction(*connection_, *postings_);
  if (!lookup) return lookup.error();
  return list_decisions(*connection_, *lookup, filter, before, limit);
}

Result<std::optional<DecisionRow>> SqliteReader::decision(std::int64_t id) {
  return find_decision(*connection_, id);
}

Result<std::vector<RefusalCount>> SqliteReader::refusals(const RefusalFilter& filter, std::int64_t before, int limit) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return list_refusals(*connection_, filter, before, limit);
}

Result<std::vector<DecisionRow>> SqliteReader::decisions_between(std::int64_t after, std::int64_t last,
                                                                 std::optional<std::int64_t> campaign) {
  return list_decisions_between(*connection_, after, last, campaign);
}

Result<std::int64_t> SqliteReader::decision_before(Micros at) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return find_decision_before(*connection_, at);
}

Result<std::int64_t> SqliteReader::last_decision_before(Micros at) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return find_last_decision_before(*connection_, at);
}

Result<std::optional<StackedOrder>> SqliteReader::stacked_order(const std::string& id) {
  // Two statements: of one state.
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return find_stacked_order(*connection_, id);
}

Result<std::optional<Campaign>> SqliteReader::campaign_version(std::int64_t number, std::int64_t version) {
  return find_campaign_version(*connection_, number, version);
}

Result<std::optional<User>> SqliteReader::user(const std::string& login) {
  return find_user(*connection_, login);
}

Result<std::vector<User>> SqliteReader::users(const std::string& after_login, int limit) {
  return list_users(*connection_, after_login, limit);
}

Result<std::optional<Work>> SqliteReader::work(std::int64_t id) {
  return find_work(*connection_, id);
}

Result<std::vector<Work>> SqliteReader::works(std::int64_t after, int limit) {
  return list_works(*connection_, after, limit);
}

Result<std::optional<ImportJob>> SqliteReader::import_job(const std::string& id) {
  return find_import(*connection_, id);
}

Result<std::vector<ImportError>> SqliteReader::import_errors(std::int64_t job) {
  return list_import_errors(*connection_, job);
}

Result<std::vector<ImportJob>> SqliteReader::import_jobs(std::int64_t before, int limit) {
  return list_imports(*connection_, before, limit);
}

Result<std::vector<ImportJob>> SqliteReader::running_imports() {
  return list_running_imports(*connection_);
}

Result<std::vector<Event>> SqliteReader::events(std::optional<EventState> state, std::int64_t before, int limit) {
  return list_events(*connection_, state, before, limit);
}

Result<std::vector<Event>> SqliteReader::due_events(Micros now, int limit) {
  return list_due_events(*connection_, now, limit);
}

Result<std::int64_t> SqliteReader::pending_events() {
  return count_pending_events(*connection_);
}

Result<std::vector<std::string>> SqliteReader::reminders(const Wanted::Reminder& reminder) {
  return find_marks(*connection_, reminder);
}

Result<std::optional<RevisionRow>> SqliteReader::revision(std::int64_t number) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return find_revision(*connection_, number);
}

Result<std::int64_t> SqliteReader::active_revision() {
  return (*connection_).integer("SELECT value FROM setting WHERE name = 'active_revision'");
}

Result<std::vector<RevisionRow>> SqliteReader::revisions(std::int64_t before, int limit) {
  return list_revisions(*connection_, before, limit);
}

Result<std::vector<RevisionRow>> SqliteReader::revisions_like(const std::string& prefix, int limit) {
  return find_revisions(*connection_, prefix, limit);
}

Result<std::vector<PolicyActivation>> SqliteReader::activations(std::int64_t revision, int limit) {
  return list_activations(*connection_, revision, limit);
}

Result<std::optional<PolicyActivation>> SqliteReader::last_activation() {
  return find_last_activation(*connection_);
}

Result<std::vector<AuditEntry>> SqliteReader::audit(const AuditFilter& filter, std::int64_t before, int limit) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return list_audit(*connection_, filter, before, limit);
}

Result<std::vector<AuditEntry>> SqliteReader::audit_after(const AuditFilter& filter, std::int64_t after, int limit) {
  const Snapshot snapshot(*connection_);
  if (!snapshot.begun()) return snapshot.begun().error();
  return list_audit_after(*connection_, filter, after, limit);
}

}  // namespace scrip::sqlite
