#include "db/postgres/verify.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "db/findings.h"
#include "db/postgres/columns.h"
#include "db/postgres/decision_lists.h"
#include "db/postgres/decision_order.h"
#include "db/postgres/definitions.h"
#include "db/postgres/pipeline.h"
#include "db/postgres/stacked_orders.h"
#include "db/postgres/verify_coupons.h"
#include "db/postgres/verify_holds.h"
#include "db/postgres/verify_schema.h"
#include "db/verify_definitions.h"

namespace scrip::postgres {
namespace {

constexpr int rows_at_once = 10'000;

class Verification {
 public:
  Verification(Connection& db, const Progress& progress) : db_(db), progress_(progress) {}

  Result<void> run(const std::function<void(const DecisionRow&)>& decision, const CounterVisitor& counter) {
    if (auto done = verify_schema(db_, findings_); !done) return done;
    const auto found = read_definitions(db_);
    if (!found) return found.error();
    const Definitions& definitions = found->definitions;
    known_ = verify_definitions(definitions, findings_);
    const auto stocks = verify_stock(db_, known_, findings_);
    if (!stocks) return stocks.error();
    const auto last = find_last_decision(db_);
    if (!last) return last.error();
    if (auto done = estimate(*stocks); !done) return done;
    const auto row_done = [this] { advance(); };
    if (auto done = verify_coupons(db_, known_, *stocks, *last, row_done, findings_); !done) return done;
    if (auto done = verify_holds(db_, known_, findings_); !done) return done;
    if (auto done = verify_stacked_orders(db_, findings_); !done) return done;
    if (auto done = check_counters(counter); !done) return done;
    if (auto done = check_decisions(definitions.active_revision, decision); !done) return done;
    if (auto done = check_refusals(); !done) return done;
    if (progress_) progress_(std::max(done_, total_), std::max(done_, total_));
    return {};
  }

  Findings& findings() { return findings_; }

 private:
  // The rows are not counted beforehand, which would take half as long as the check itself.
  Result<void> estimate(const Stocks& stocks) {
    auto decisions = query(db_, "SELECT CAST(reltuples AS bigint) FROM pg_class WHERE relname = 'decision'");
    if (!decisions) return decisions.error();
    total_ = std::max<std::int64_t>(decisions->integer().value_or(0), 0);
    for (const auto& [campaign, stock] : stocks) total_ += std::max<std::int64_t>(stock.issued + stock.pooled, 0);
    if (progress_) progress_(0, total_);
    return {};
  }

  void advance() {
    static constexpr std::int64_t often_enough = 1 << 14;
    if (++done_ % often_enough == 0 && progress_) progress_(done_, std::max(done_, total_));
  }

  Result<void> check_counters(const CounterVisitor& counter) {
    for (CounterKey key;;) {
      auto rows = query(db_,
                        "SELECT campaign_id, name, value, unrecorded FROM counter WHERE (campaign_id, name) > ($1, $2)"
                        " ORDER BY campaign_id, name LIMIT $3",
                        std::move(Params().add(key.campaign).add(key.name).add(rows_at_once)));
      if (!rows) return rows.error();
      for (int row = 0; row < rows->size(); ++row) {
        std::int64_t value = 0;
        std::int64_t unrecorded = 0;
        rows->read(row, key.campaign, key.name, value, unrecorded);
        if (!known_.knows(key.campaign)) {
          findings_.add("counter " + key.name + " of an unknown " + known_.name(key.campaign), value, 0);
        }
        if (counter) counter(key, value, unrecorded);
      }
      if (rows->size() < rows_at_once) return {};
    }
  }

  Result<void> check_decisions(std::int64_t active, const std::function<void(const DecisionRow&)>& decision) {
    std::set<std::int64_t> revisions{0};
    auto numbers = query(db_, "SELECT number FROM policy_revision");
    if (!numbers) return numbers.error();
    for (int row = 0; row < numbers->size(); ++row) {
      std::int64_t number = 0;
      numbers->read(row, number);
      revisions.insert(number);
    }
    if (!revisions.contains(active)) findings_.add("the active policy revision does not exist", active, 0);

    for (std::int64_t after = 0;;) {
      auto rows = query(db_, "SELECT " SCRIP_PG_DECISION " FROM decision WHERE id > $1 ORDER BY id LIMIT $2",
                        std::move(Params().add(after).add(rows_at_once)));
      if (!rows) return rows.error();
      const auto page = read_all<DecisionRow>(*rows);
      if (!page) return page.error();
      for (const DecisionRow& row : *page) {
        check(row, revisions);
        if (row.id == after) findings_.add("decision " + std::to_string(row.id) + " is there twice", 2, 1);
        after = row.id;
        if (decision) decision(row);
        advance();
      }
      if (page->size() < rows_at_once) return {};
    }
  }

  void check(const DecisionRow& row, const std::set<std::int64_t>& revisions) {
    const std::string what = "decision " + std::to_string(row.id) + " of an unknown ";
    if (!known_.knows(row.campaign)) findings_.add(what + known_.name(row.campaign), row.campaign, 0);
    if (!revisions.contains(row.revision)) findings_.add(what + "policy revision", row.revision, 0);
  }

  Result<void> check_refusals() {
    for (std::int64_t after = std::numeric_limits<std::int64_t>::min();;) {
      auto rows = query(db_, "SELECT " SCRIP_PG_REFUSAL " FROM refusal_count WHERE id > $1 ORDER BY id LIMIT $2",
                        std::move(Params().add(after).add(rows_at_once)));
      if (!rows) return rows.error();
      const auto page = read_all<RefusalCount>(*rows);
      if (!page) return page.error();
      for (const RefusalCount& row : *page) {
        const std::string what = "counted refusals " + std::to_string(row.id) + " of ";
        if (!known_.knows(row.campaign))
          findings_.add(what + "an unknown " + known_.name(row.campaign), row.campaign, 0);
        if (row.count < 1) findings_.add(what + known_.name(row.campaign) + " are none", row.count, 1);
        after = row.id;
      }
      if (page->size() < rows_at_once) return {};
    }
  }

  Connection& db_;
  const Progress& progress_;
  Findings findings_;
  Definition known_;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
};

}  // namespace

Result<std::vector<Drift>> verify(Connection& db, const Progress& progress,
                                  const std::function<void(const DecisionRow&)>& decision,
                                  const CounterVisitor& counter) {
  Verification verification(db, progress);
  if (auto done = verification.run(decision, counter); !done) {
    if (done.error().code != Code::internal) return done.error();
    // So damaged that not everything can be read: that is what was to be found out.
    verification.findings().add(done.error().message, 1, 0);
  }
  return verification.findings().take();
}

}  // namespace scrip::postgres
