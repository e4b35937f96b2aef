#include "ledger/reload.h"

#include <algorithm>
#include <system_error>

#include "ledger/policy_audit.h"
#include "policy/policy_files.h"

namespace scrip {

Reload::Reload(Ledger& ledger, Store& store, Sources sources, Compile compile, PolicyLimits limits,
               std::function<void(bool)> attempted)
    : ledger_(ledger),
      store_(store),
      sources_(std::move(sources)),
      compile_(compile),
      limits_(limits),
      attempted_(std::move(attempted)) {}

Result<Reload::Attempt> Reload::activate(std::vector<PolicyFile> files, std::vector<PolicyError> errors, const Act& act,
                                         const std::string& set_aside) {
  const bool host = is_automatic(act.origin) || act.origin == PolicyOrigin::signal;
  const Actor actor{.subject = act.by, .role = Role::operator_, .host = host};
  Attempt attempt{.at = real_time(), .by = act.by};
  CompiledSet compiled = compile_(std::move(files), limits_);
  attempt.errors = std::move(errors);
  std::move(compiled.errors.begin(), compiled.errors.end(), std::back_inserter(attempt.errors));
  if (compiled.set && attempt.errors.empty()) {
    Submission submission{.command = ActivatePolicies{.set = compiled.set,
                                                      .accepted_by = act.by,
                                                      .origin = act.origin,
                                                      .notes = act.notes,
                                                      .set_aside = set_aside},
                          .actor = actor};
    ledger_.execute(submission);
    ActivationOutcome& outcome = submission.outcome.activation;
    if (submission.outcome.error && outcome.errors.empty()) return *submission.outcome.error;
    attempt.errors = std::move(outcome.errors);
    attempt.revision = outcome.revision;
    attempt.previous = outcome.previous;
  } else {
    const auto active = ledger_.policies();
    Submission submission{
        .command = RecordAudit{.action = AuditAction::policies_refused,
                               .target = audit_target_policies,
                               .old_value = revision_json(active ? active->set->revision() : std::string()),
                               .new_value = refusal_json("", act.origin, act.notes, attempt.errors)},
        .actor = actor};
    // Should it fail, the refusal is the answer all the same, and whoever watches the store hears of it.
    ledger_.execute(submission);
  }
  attempt.ok = attempt.errors.empty();
  return attempt;
}

bool Reload::is_set_aside(const PolicyFiles& read) const {
  const auto aside = set_aside();
  return aside && read.errors.empty() && revision_of(read.files) == aside->revision;
}

void Reload::note(const Attempt& attempt) {
  const std::lock_guard lock(last_mutex_);
  last_ = attempt;
}

Result<Reload::Attempt> Reload::from_disk(const Act& act) {
  const std::lock_guard one(one_at_a_time_);
  PolicyFiles read = read_policy_files(sources_.scripts, sources_.plugins);
  if (is_automatic(act.origin) && is_set_aside(read)) {
    Attempt left{.at = real_time(), .ok = true, .by = act.by, .left_aside = true};
    if (const auto active = ledger_.policies()) left.revision = left.previous = active->set->revision();
    // What was refused meanwhile is no longer what is on disk.
    if (!last().errors.empty()) note(left);
    return left;
  }
  auto attempt = activate(std::move(read.files), std::move(read.errors), act, "");
  if (attempted_) attempted_(attempt && attempt->ok);
  if (!attempt) return attempt;
  const std::lock_guard lock(last_mutex_);
  last_ = *attempt;
  if (attempt->ok) {
    set_aside_.reset();
    elsewhere_ = false;
  }
  return attempt;
}

Result<Reload::Attempt> Reload::roll_back(const RevisionRow& to, const Act& act) {
  const std::lock_guard one(one_at_a_time_);
  const std::string on_disk = revision_of(read_policy_files(sources_.scripts, sources_.plugins).files);
  const std::string aside = on_disk == to.revision ? std::string() : on_disk;
  std::vector<PolicyFile> files;
  for (const auto& [name, text] : to.files) files.push_back({name, text});
  auto attempt = activate(std::move(files), {}, act, aside);
  if (attempted_) attempted_(attempt && attempt->ok);
  // One that is refused says nothing about what is on disk.
  if (!attempt || !attempt->ok) return attempt;
  const std::lock_guard lock(last_mutex_);
  last_ = *attempt;
  set_aside_.reset();
  if (!aside.empty()) set_aside_ = SetAside{.revision = aside, .at = attempt->at, .by = act.by, .notes = act.notes};
  return attempt;
}

Result<Reload::Attempt> Reload::run_stored(const Act& act) {
  auto reader = store_.reader();
  if (!reader) return reader.error();
  auto number = (*reader)->active_revision();
  if (!number) return number.error();
  auto row = (*reader)->revision(*number);
  if (!row) return row.error();
  if (*number == 0 || !*row) {
    std::string message = "The policies have errors, and there is no earlier revision to run:";
    for (const PolicyError& error : last().errors) message += "\n" + to_string(error);
    return Error{.code = Code::invalid_policy, .message = std::move(message)};
  }
  std::vector<PolicyFile> files;
  for (auto& [file, text] : (**row).files) files.push_back({file, text});
  const auto aside = set_aside();
  auto last_good = activate(std::move(files), {}, act, aside ? aside->revision : std::string());
  if (!last_good) return last_good;
  if (!last_good->ok) {
    return Error{
        .code = Code::invalid_policy,
        .message = "Neither the policies on disk nor the last accepted revision " + (**row).revision +
                   " can run: " + to_string(last_good->errors.front()) +
                   (aside ? "\nWhat is on disk was set aside by a rollback; any change of it ends that." : "")};
  }
  return last_good;
}

Result<Reload::Attempt> Reload::follow() {
  const std::lock_guard one(one_at_a_time_);
  const std::int64_t number = ledger_.active_revision();
  auto reader = store_.reader();
  if (!reader) return reader.error();
  auto row = (*reader)->revision(number);
  if (!row) return row.error();
  if (!*row) return {Code::internal, "the active revision " + std::to_string(number) + " is not in the store"};
  const auto active = ledger_.policies();
  Attempt attempt{.at = real_time(), .revision = (**row).revision, .by = (**row).accepted_by};
  if (active) attempt.previous = active->set->revision();
  std::vector<PolicyFile> files;
  for (auto& [file, text] : (**row).files) files.push_back({file, text});
  CompiledSet compiled = compile_(std::move(files), limits_);
  attempt.errors = std::move(compiled.errors);
  attempt.ok = attempt.errors.empty();
  if (attempt.ok) {
    Submission submission{.command = FollowPolicies{.set = compiled.set, .number = number},
                          .actor = {.subject = "follow", .role = Role::operator_, .host = true}};
    ledger_.execute(submission);
    if (submission.outcome.error) return *submission.outcome.error;
  }
  const std::string on_disk = revision_of(read_policy_files(sources_.scripts, sources_.plugins).files);
  const std::lock_guard lock(last_mutex_);
  last_ = attempt;
  set_aside_.reset();
  elsewhere_ = attempt.ok && on_disk != attempt.revision;
  return attempt;
}

Result<Reload::Attempt> Reload::at_start() {
  const Act act{.by = "start", .origin = PolicyOrigin::start};
  if (store_.shared() && ledger_.active_revision() != 0) return follow();
  {
    auto reader = store_.reader();
    if (!reader) return reader.error();
    auto activation = (*reader)->last_activation();
    if (!activation) return activation.error();
    const std::lock_guard lock(last_mutex_);
    if (*activation && !(*activation)->set_aside.empty()) {
      set_aside_ = SetAside{.revision = (*activation)->set_aside,
                            .at = (*activation)->at,
                            .by = (*activation)->by,
                            .notes = (*activation)->notes};
    }
  }
  auto attempt = from_disk(act);
  if (!attempt || (attempt->ok && !attempt->left_aside)) return attempt;

  const std::lock_guard one(one_at_a_time_);
  auto stored = run_stored(act);
  if (stored && attempt->left_aside) note(*stored);
  return stored;
}

std::optional<Reload::SetAside> Reload::set_aside() const {
  const std::lock_guard lock(last_mutex_);
  return set_aside_;
}

Reload::Attempt Reload::last() const {
  const std::lock_guard lock(last_mutex_);
  return last_;
}

std::string Reload::degraded() const {
  const Attempt attempt = last();
  if (!attempt.errors.empty()) {
    return "the policies on disk were refused, the last good revision runs: " + to_string(attempt.errors.front());
  }
  {
    const std::lock_guard lock(last_mutex_);
    if (elsewhere_) return "the policies on this node's disk are not those in force, which are the database's";
  }
  // Everybody may read this, so it does not say by whom.
  return set_aside() ? "rolled back: the policies on disk are set aside until they change or are reloaded" : "";
}

std::string Reload::disk_stamp() const {
  std::vector<std::string> lines;
  for (const auto& directory : {sources_.scripts, sources_.plugins}) {
    std::error_code error;
    for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() != ".lua") continue;
      std::error_code ignored;
      const auto size = it->file_size(ignored);
      const auto time = it->last_write_time(ignored).time_since_epoch().count();
      lines.push_back(it->path().string() + " " + std::to_string(size) + " " + std::to_string(time));
    }
  }
  std::sort(lines.begin(), lines.end());
  std::string stamp;
  for (const std::string& line : lines) stamp += line + "\n";
  return stamp;
}

}  // namespace scrip
