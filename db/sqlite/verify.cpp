#include "db/sqlite/verify.h"

#include <array>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "db/sqlite/decision_blocks.h"
#include "db/sqlite/decisions.h"
#include "db/sqlite/holds.h"
#include "db/sqlite/listings.h"
#include "db/sqlite/lookups.h"
#include "db/sqlite/migrate.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/runs/stored_postings.h"
#include "db/sqlite/stacked_orders.h"
#include "db/sqlite/statement.h"
#include "db/sqlite/verify_coupons.h"
#include "db/sqlite/verify_postings.h"
#include "db/verify_definitions.h"

namespace scrip::sqlite {
namespace {

using SchemaObjects = std::set<std::tuple<std::string, std::string, std::string>>;  // type, name, SQL

Result<SchemaObjects> schema_of(Connection& db) {
  SchemaObjects objects;
  Statement query(db, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL");
  while (query.next()) {
    std::string type, name, sql;
    query.read(type, name, sql);
    objects.emplace(std::move(type), std::move(name), std::move(sql));
  }
  if (auto ended = query.end(); !ended) return ended.error();
  return objects;
}

class Verification {
 public:
  Verification(Connection& db, const KeyHash& hash, const Progress& progress)
      : db_(db), progress_(progress), sums_(hash) {}

  Result<void> run(const std::function<void(const DecisionRow&)>& decision, const CounterVisitor& counter) {
    if (auto done = estimate(); !done) return done;
    if (auto done = check_structure(); !done) return done;
    if (auto done = check_schema(); !done) return done;
    auto definitions = list_definitions(db_);
    if (!definitions) return definitions.error();
    known_ = verify_definitions(*definitions, findings_);
    const auto tallies = list_tallies(db_);
    if (!tallies) return tallies.error();
    for (const auto& [campaign, tally] : *tallies) {
      if (!known_.knows(campaign)) findings_.add("tally of an unknown " + known_.name(campaign), campaign, 0);
    }
    const auto row_done = [this] { advance(); };
    const auto imported = [this](const std::string& code) { return is_imported(code); };
    if (auto done = verify_coupons(db_, known_, Tallies(tallies->begin(), tallies->end()), decisions_, imported,
                                   row_done, sums_, findings_);
        !done) {
      return done;
    }
    if (auto done = verify_holds(db_, known_, *tallies, findings_); !done) return done;
    if (auto done = check_counters(counter); !done) return done;
    if (auto done = check_decisions(decision); !done) return done;
    if (auto done = check_refusals(); !done) return done;
    if (auto done = verify_stacked_orders(db_, findings_); !done) return done;
    if (auto done = check_answers(); !done) return done;
    if (auto done = check_postings(); !done) return done;
    if (auto done = check_imported(); !done) return done;
    if (progress_) progress_(total_, total_);
    return {};
  }

  Findings& findings() { return findings_; }

 private:
  // The rows are not counted beforehand, which would take half as long as the check itself.
  Result<void> estimate() {
    const auto decisions = sqlite::last_decision(db_);
    if (!decisions) return decisions.error();
    const auto coupons = db_.integer("SELECT sum(issued + pooled) FROM tally");
    if (!coupons) return coupons.error();
    decisions_.last = *decisions;
    const auto first = db_.integer("SELECT ifnull(min(first_id), 9223372036854775807) FROM decision_block");
    if (!first) return first.error();
    decisions_.first = *first;
    total_ = std::max(decisions_.last - decisions_.first + 1, std::int64_t{0}) + *coupons;
    if (progress_) progress_(0, total_);
    return {};
  }

  void advance() {
    static constexpr std::int64_t often_enough = 1 << 14;
    if (++done_ % often_enough == 0 && progress_) progress_(done_, std::max(done_, total_));
  }

  // SQLite's own check: pages, rows, and that every index has just the entries of its table.
  Result<void> check_structure() {
    Statement query(db_, "PRAGMA integrity_check");
    while (query.next()) {
      std::string message;
      query.read(message);
      if (message != "ok") findings_.add("file: " + message, 1, 0);
    }
    return query.end();
  }

  // Against what the migrations make: an index that somebody has dropped is not missed otherwise.
  Result<void> check_schema() {
    auto fresh = Connection::open(":memory:", Connection::Access::read_write);
    if (!fresh) return fresh.error();
    if (auto made = migrate(**fresh, migrations()); !made) return made;
    const auto expected = schema_of(**fresh);
    if (!expected) return expected.error();
    const auto found = schema_of(db_);
    if (!found) return found.error();
    for (const auto& object : *expected) {
      if (found->contains(object)) continue;
      findings_.add("schema: " + std::get<0>(object) + " " + std::get<1>(object) + " is missing or changed", 0, 1);
    }
    for (const auto& [type, name, sql] : *found) {
      if (type == "trigger") findings_.add("schema: trigger " + name + " is not Scrip's", 1, 0);
    }
    return {};
  }

  Result<void> check_counters(const CounterVisitor& counter) {
    Statement query(db_,
                    "SELECT c.campaign, c.name, c.value, ifnull(u.value, 0) FROM counter c"
                    " LEFT JOIN unrecorded_count u ON u.campaign = c.campaign AND u.name = c.name"
                    " UNION ALL SELECT u.campaign, u.name, 0, u.value FROM unrecorded_count u WHERE NOT EXISTS"
                    " (SELECT 1 FROM counter c WHERE c.campaign = u.campaign AND c.name = u.name)"
                    " ORDER BY 1, 2");
    CounterKey key;
    std::int64_t value = 0;
    std::int64_t unrecorded = 0;
    while (query.next()) {
      query.read(key.campaign, key.name, value, unrecorded);
      if (!known_.knows(key.campaign)) {
        findings_.add("counter " + key.name + " of an unknown " + known_.name(key.campaign), value, 0);
      }
      if (counter) counter(key, value, unrecorded);
    }
    return query.end();
  }

  Result<void> check_decisions(const std::function<void(const DecisionRow&)>& decision) {
    std::set<std::int64_t> revisions{0};
    Statement numbers(db_, "SELECT number FROM policy_revision");
    while (numbers.next()) {
      std::int64_t number = 0;
      numbers.read(number);
      revisions.insert(number);
    }
    if (auto ended = numbers.end(); !ended) return ended;
    const auto active = db_.integer("SELECT value FROM setting WHERE name = 'active_revision'");
    if (!active) return active.error();
    if (!revisions.contains(*active)) findings_.add("the active policy revision does not exist", *active, 0);

    return each_decision(db_, [&](const DecisionRow& row) {
      if (!known_.knows(row.campaign)) {
        findings_.add("decision " + std::to_string(row.id) + " of an unknown " + known_.name(row.campaign),
                      row.campaign, 0);
      }
      if (!revisions.contains(row.revision)) {
        findings_.add("decision " + std::to_string(row.id) + " of an unknown policy revision", row.revision, 0);
      }
      const KeyHash& hash = sums_.hash();
      if (row.user_id) sums_.expect(Index::decided_for, {hash.of_user(*row.user_id), 0, row.id});
      if (row.serial) sums_.expect(Index::decided_on, {hash.of_coupon(row.campaign, *row.serial), 0, row.id});
      if (decision) decision(row);
      advance();
    });
  }

  Result<void> check_refusals() {
    Statement query(db_, "SELECT id, campaign, count FROM refusal_count");
    std::int64_t id = 0;
    std::int64_t campaign = 0;
    std::int64_t count = 0;
    while (query.next()) {
      query.read(id, campaign, count);
      const std::string what = "counted refusals " + std::to_string(id) + " of ";
      if (!known_.knows(campaign)) findings_.add(what + "an unknown " + known_.name(campaign), campaign, 0);
      if (count < 1) findings_.add(what + known_.name(campaign) + " are none", count, 1);
    }
    return query.end();
  }

  Result<void> check_answers() {
    Statement query(db_, "SELECT id, owner, key FROM idempotency");
    std::int64_t id = 0;
    std::string owner, key;
    while (query.next()) {
      query.read(id, owner, key);
      sums_.expect(Index::answered, {sums_.hash().of_answer(owner, key), 0, id});
    }
    return query.end();
  }

  Result<void> check_postings() {
    static constexpr std::int64_t all = std::numeric_limits<std::int64_t>::min();
    const auto first_answer = db_.integer("SELECT ifnull(min(id), 9223372036854775807) FROM idempotency");
    if (!first_answer) return first_answer.error();
    const std::array<std::int64_t, index_count> oldest{all,           all, decisions_.first, decisions_.first,
                                                       *first_answer, all};
    for (int index = 0; index < index_count; ++index) {
      auto compared = sums_.compare(db_, static_cast<Index>(index), oldest[static_cast<std::size_t>(index)], findings_);
      if (!compared) return compared;
    }
    return {};
  }

  bool is_imported(const std::string& code) {
    const std::string normalized = normalize_code(code);
    std::vector<Posting> postings;
    if (!find_stored(db_, Index::imported, runs_, sums_.hash().of_code(normalized), postings)) return false;
    const auto coupon = find_imported(db_, postings, normalized);
    return coupon && *coupon;
  }

  // Of two coupons under one code only one is ever found. Postings of one code stand together.
  Result<void> check_imported() {
    auto postings = read_stored(db_, Index::imported, runs_, 0);
    if (!postings) return postings.error();
    std::optional<Posting> last;
    for (;;) {
      const auto next = (*postings)->next(db_);
      if (!next) return next.error();
      if (*next == nullptr) return {};
      const Posting posting = **next;
      if (last && last->key == posting.key) {
        const auto one = find_coupon(db_, {last->first, last->second});
        if (!one) return one.error();
        const auto other = find_coupon(db_, {posting.first, posting.second});
        if (!other) return other.error();
        // Two codes may have one hash.
        if (*one && *other && normalize_code((*one)->imported_code) == normalize_code((*other)->imported_code)) {
          findings_.add("the code " + (*one)->imported_code + " was imported twice", 2, 1);
        }
      }
      last = posting;
    }
  }

  Connection& db_;
  const Progress& progress_;
  RunCache runs_;
  PostingSums sums_;
  Findings findings_;
  Definition known_;
  DecisionRange decisions_;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
};

}  // namespace

Result<std::vector<Drift>> verify(Connection& db, const KeyHash& hash, const Progress& progress,
                                  const std::function<void(const DecisionRow&)>& decision,
                                  const CounterVisitor& counter) {
  Verification verification(db, hash, progress);
  if (auto done = verification.run(decision, counter); !done) {
    if (done.error().code != Code::internal) return done.error();
    // So damaged that not everything can be read: that is what was to be found out.
    verification.findings().add("the rest could not be read: " + done.error().message, 1, 0);
  }
  return verification.findings().take();
}

}  // namespace scrip::sqlite
