// The Reader over a pooled connection. One thread at a time, as its connection.
#pragma once

#include "db/sqlite/reader_pool.h"
#include "db/sqlite/runs/lookup.h"
#include "db/store.h"

namespace scrip::sqlite {

class SqliteReader final : public Reader {
 public:
  SqliteReader(PooledConnection connection, std::shared_ptr<Postings> postings)
      : connection_(std::move(connection)), postings_(std::move(postings)) {}

  Result<CampaignTally> tally(std::int64_t campaign) override;
  Result<std::vector<std::pair<std::int64_t, CampaignTally>>> tallies() override;
  Result<Holding> holding(const HoldingKey& key) override;
  Result<std::int64_t> counter(const CounterKey& key) override;
  Result<std::string> attributes(const std::string& user_id) override;
  Result<std::optional<Coupon>> coupon(CouponKey key) override;
  Result<std::optional<Hold>> hold(CouponKey key) override;
  Result<std::optional<Coupon>> imported(std::string_view normalized) override;
  Result<std::vector<Coupon>> coupons(std::int64_t campaign, std::int64_t from, int limit) override;
  Result<std::vector<Coupon>> imported_coupons(std::int64_t campaign, std::int64_t before, int limit) override;
  Result<std::vector<Coupon>> coupons_of(const std::string& user_id, const std::optional<ByExpiry>& after,
                                         int limit) override;
  Result<std::vector<Coupon>> expiring(Micros first, Micros last, const std::optional<ByExpiry>& after,
                                       int limit) override;
  Result<DecisionPage> decisions(const DecisionFilter& filter, std::int64_t before, int limit) override;
  Result<std::optional<DecisionRow>> decision(std::int64_t id) override;
  Result<std::vector<RefusalCount>> refusals(const RefusalFilter& filter, std::int64_t before, int limit) override;
  Result<std::vector<DecisionRow>> decisions_between(std::int64_t after, std::int64_t last,
                                                     std::optional<std::int64_t> campaign) override;
  Result<std::int64_t> decision_before(Micros at) override;
  Result<std::int64_t> last_decision_before(Micros at) override;
  Result<std::optional<Campaign>> campaign_version(std::int64_t number, std::int64_t version) override;
  Result<std::optional<StackedOrder>> stacked_order(const std::string& id) override;
  Result<std::optional<User>> user(const std::string& login) override;
  Result<std::vector<User>> users(const std::string& after_login, int limit) override;
  Result<std::optional<Work>> work(std::int64_t id) override;
  Result<std::vector<Work>> works(std::int64_t after, int limit) override;
  Result<std::optional<ImportJob>> import_job(const std::string& id) override;
  Result<std::vector<ImportError>> import_errors(std::int64_t job) override;
  Result<std::vector<ImportJob>> import_jobs(std::int64_t before, int limit) override;
  Result<std::vector<ImportJob>> running_imports() override;
  Result<std::vector<Event>> events(std::optional<EventState> state, std::int64_t before, int limit) override;
  Result<std::vector<Event>> due_events(Micros now, int limit) override;
  Result<std::int64_t> pending_events() override;
  Result<std::vector<std::string>> reminders(const Wanted::Reminder& reminder) override;
  Result<std::optional<RevisionRow>> revision(std::int64_t number) override;
  Result<std::int64_t> active_revision() override;
  Result<std::vector<RevisionRow>> revisions(std::int64_t before, int limit) override;
  Result<std::vector<RevisionRow>> revisions_like(const std::string& prefix, int limit) override;
  Result<std::vector<PolicyActivation>> activations(std::int64_t revision, int limit) override;
  Result<std::optional<PolicyActivation>> last_activation() override;
  Result<std::vector<AuditEntry>> audit(const AuditFilter& filter, std::int64_t before, int limit) override;
  Result<std::vector<AuditEntry>> audit_after(const AuditFilter& filter, std::int64_t after, int limit) override;

 private:
  PooledConnection connection_;
  const std::shared_ptr<Postings> postings_;
};

}  // namespace scrip::sqlite
