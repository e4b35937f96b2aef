#include "jobs/migration.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "jobs/campaign_migration.h"
#include "jobs/commit_to.h"
#include "jobs/hold_migration.h"

namespace scrip::jobs {
namespace {

class Migration {
 public:
  Migration(MigrationSource from, Store& to, const Progress& progress) : from_(from), to_(to), progress_(progress) {}

  Result<Migrated> run() {
    for (const auto step :
         {&Migration::open, &Migration::definitions, &Migration::coupons, &Migration::holds, &Migration::stacked_orders,
          &Migration::decisions, &Migration::accounts, &Migration::attributes, &Migration::answers,
          &Migration::reminders, &Migration::counters, &Migration::history}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return migrated_;
  }

 private:
  Result<void> open();
  Result<void> definitions();
  Result<void> coupons();
  Result<void> holds();
  Result<void> stacked_orders();
  Result<void> decisions();
  Result<void> accounts();
  Result<void> attributes();
  Result<void> answers();
  Result<void> reminders();
  Result<void> counters();
  Result<void> history();
  Result<void> add_policies(Changes& changes);
  Result<void> add_audit(Changes& changes);
  Result<void> add_events(Changes& changes);
  Result<void> add_imports(Changes& changes);

  Result<void> store(const Changes& changes) { return commit_to(to_, changes); }
  void moved(std::int64_t rows) {
    done_ += rows;
    if (progress_) progress_(done_, total_);
  }

  MigrationSource from_;
  Store& to_;
  const Progress& progress_;
  Definitions known_;
  std::unique_ptr<Reader> reader_;  // of the source
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
  Migrated migrated_;
};

// Two stores that have grown apart, or never were the same, are told by it.
bool same_campaigns(const std::vector<Campaign>& one, const std::vector<Campaign>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const Campaign& a, const Campaign& b) {
    return a.number == b.number && a.id == b.id && a.version == b.version && a.created_at == b.created_at;
  });
}

Result<void> Migration::open() {
  auto known = from_.store.definitions();
  if (!known) return known.error();
  known_ = std::move(*known);
  auto reader = from_.store.reader();
  if (!reader) return reader.error();
  reader_ = std::move(*reader);
  const auto there = to_.definitions();
  if (!there) return there.error();
  if (there->active_revision != 0) {
    return {Code::invalid_request, "the database is in use already: policies are in force there"};
  }
  if (!there->campaigns.empty() && !same_campaigns(known_.campaigns, there->campaigns)) {
    return {Code::invalid_request, "the database holds other campaigns; nothing was copied"};
  }
  const auto tallies = reader_->tallies();
  if (!tallies) return tallies.error();
  for (const auto& [campaign, tally] : *tallies) total_ += tally.issued + tally.pooled;
  const auto last = from_.store.last_decision();
  if (!last) return last.error();
  total_ += *last;
  moved(0);
  return {};
}

Result<void> Migration::definitions() {
  const auto there = to_.definitions();
  if (!there) return there.error();
  if (!there->campaigns.empty() || !there->formats.empty()) return {};
  Changes changes{.formats = known_.formats, .batches = known_.batches};
  for (const Campaign& campaign : known_.campaigns) {
    for (std::int64_t version = 1; version < campaign.version; ++version) {
      auto earlier = reader_->campaign_version(campaign.number, version);
      if (!earlier) return earlier.error();
      if (*earlier) changes.campaigns.push_back(std::move(**earlier));
    }
    changes.campaigns.push_back(campaign);
  }
  migrated_.campaigns = std::ssize(known_.campaigns);
  return store(changes);
}

Result<void> Migration::coupons() {
  for (const Campaign& campaign : known_.campaigns) {
    CampaignMigration pages(*reader_, to_, campaign.number, [&](std::int64_t rows, bool now) {
      if (now) migrated_.coupons += rows;
      moved(rows);
    });
    if (auto done = pages.run(); !done) return done;
  }
  return {};
}

Result<void> Migration::holds() {
  return migrate_holds(from_.inventory, to_);
}

Result<void> Migration::stacked_orders() {
  return migrate_stacked_orders(from_.inventory, to_);
}

Result<void> Migration::decisions() {
  const auto last = from_.store.last_decision();
  if (!last) return last.error();
  const auto there = to_.last_decision();
  if (!there) return there.error();
  moved(*there);
  for (std::int64_t after = *there; after < *last; after += rows_a_commit) {
    auto rows = reader_->decisions_between(after, std::min(*last, after + rows_a_commit), std::nullopt);
    if (!rows) return rows.error();
    migrated_.decisions += std::ssize(*rows);
    if (auto stored = store({.decisions = std::move(*rows)}); !stored) return stored;
    moved(std::min<std::int64_t>(rows_a_commit, *last - after));
  }
  return {};
}

Result<void> Migration::accounts() {
  std::string after;
  for (;;) {
    auto users = reader_->users(after, rows_a_commit);
    if (!users) return users.error();
    if (users->empty()) return {};
    after = users->back().login;
    migrated_.users += std::ssize(*users);
    if (auto stored = store({.users = std::move(*users)}); !stored) return stored;
  }
}

Result<void> Migration::attributes() {
  std::string after;
  for (;;) {
    auto rows = from_.inventory.attributes(after, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    after = rows->back().first;
    Changes changes;
    for (auto& [user, text] : *rows) changes.attributes[user] = std::move(text);
    if (auto stored = store(changes); !stored) return stored;
  }
}

Result<void> Migration::answers() {
  std::int64_t after = 0;
  for (;;) {
    auto rows = from_.inventory.answers(after, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    after = rows->back().id;
    std::unordered_map<IdempotencyKey, IdempotencyRecord> latest;
    for (auto& row : *rows) latest[row.record.key] = std::move(row.record);
    Changes changes;
    for (auto& [key, record] : latest) changes.idempotency.push_back(std::move(record));
    if (auto stored = store(changes); !stored) return stored;
  }
}

Result<void> Migration::reminders() {
  std::optional<ReminderMark> after;
  for (;;) {
    auto rows = from_.inventory.reminders(after, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    after = rows->back();
    if (auto stored = store({.reminders = std::move(*rows)}); !stored) return stored;
  }
}

Result<void> Migration::counters() {
  const auto over = from_.store.counters_over_before();
  if (!over) return over.error();
  CounterKey after;
  for (;;) {
    const auto rows = from_.inventory.counters(after, rows_a_commit);
    if (!rows) return rows.error();
    if (rows->empty()) break;
    after = rows->back().key;
    Wanted wanted;
    for (const auto& row : *rows) wanted.counters.push_back(row.key);
    auto there = load_from(to_, wanted);
    if (!there) return there.error();
    Changes changes;
    for (const auto& row : *rows) {
      // Of a run that broke off: what is there has come with what no decision accounts for.
      const std::int64_t lacking = row.value - there->counters[row.key];
      if (lacking == 0) continue;
      changes.counters[row.key] = lacking;
      if (row.unrecorded != 0) changes.unrecorded[row.key] = row.unrecorded;
    }
    migrated_.counters += std::ssize(changes.counters);
    if (auto stored = store(changes); !stored) return stored;
  }
  return over->empty() ? Result<void>() : store({.forget_counters_before = *over});
}

Result<void> Migration::add_policies(Changes& changes) {
  auto activation = reader_->last_activation();
  if (!activation) return activation.error();
  changes.active_revision = known_.active_revision;
  changes.activation = std::move(*activation);
  return {};
}

Result<void> Migration::add_audit(Changes& changes) {
  std::int64_t after = 0;
  for (;;) {
    auto entries = reader_->audit_after({}, after, rows_a_commit);
    if (!entries) return entries.error();
    if (entries->empty()) return {};
    after = entries->back().id;
    std::move(entries->begin(), entries->end(), std::back_inserter(changes.audit));
  }
}

Result<void> Migration::add_events(Changes& changes) {
  std::int64_t before = 0;
  for (;;) {
    auto events = reader_->events(EventState::pending, before, rows_a_commit);
    if (!events) return events.error();
    if (events->empty()) break;
    before = events->back().id;
    std::move(events->begin(), events->end(), std::back_inserter(changes.events));
  }
  std::reverse(changes.events.begin(), changes.events.end());
  return {};
}

Result<void> Migration::add_imports(Changes& changes) {
  std::int64_t before = 0;
  for (;;) {
    auto jobs = reader_->import_jobs(before, rows_a_commit);
    if (!jobs) return jobs.error();
    if (jobs->empty()) return {};
    before = jobs->back().number;
    for (ImportJob& job : *jobs) {
      auto errors = reader_->import_errors(job.number);
      if (!errors) return errors.error();
      const std::string id = job.id;
      changes.imports[id] = {.job = std::move(job), .is_new = true, .errors = std::move(*errors)};
    }
  }
}

// What is small, in the commit that completes the copy.
Result<void> Migration::history() {
  for (std::int64_t number = 1; number <= known_.last_revision; ++number) {
    auto row = reader_->revision(number);
    if (!row) return row.error();
    if (!*row) continue;
    const auto there = to_.find_revision((**row).revision);
    if (!there) return there.error();
    if (*there) continue;
    if (auto stored = store({.revision = std::move(**row)}); !stored) return stored;
  }
  Changes changes;
  std::int64_t after = 0;
  for (;;) {
    auto works = reader_->works(after, rows_a_commit);
    if (!works) return works.error();
    if (works->empty()) break;
    after = works->back().id;
    for (Work& work : *works) changes.works[work.id] = std::move(work);
  }
  for (const auto add :
       {&Migration::add_policies, &Migration::add_audit, &Migration::add_events, &Migration::add_imports}) {
    if (auto added = (this->*add)(changes); !added) return added;
  }
  auto refusals = reader_->refusals({}, 0, std::numeric_limits<int>::max());
  if (!refusals) return refusals.error();
  std::reverse(refusals->begin(), refusals->end());
  changes.refusals = std::move(*refusals);
  return store(changes);
}

}  // namespace

Result<Migrated> migrate(MigrationSource from, Store& to, const Progress& progress) {
  return Migration(from, to, progress).run();
}

}  // namespace scrip::jobs
