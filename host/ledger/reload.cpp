#include "ledger/reload.h"

#include <algorithm>
#include <system_error>

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

Result<Reload::Attempt> Reload::activate(std::vector<PolicyFile> files, std::vector<PolicyError> errors,
                                         const std::string& by) {
  Attempt attempt{.at = real_time(), .by = by};
  CompiledSet compiled = compile_(std::move(files), limits_);
  attempt.errors = std::move(errors);
  std::move(compiled.errors.begin(), compiled.errors.end(), std::back_inserter(attempt.errors));
  if (compiled.set && attempt.errors.empty()) {
    Submission submission{.command = ActivatePolicies{.set = compiled.set, .accepted_by = by},
                          .actor = {.subject = by, .role = Role::operator_}};
    ledger_.execute(submission);
    ActivationOutcome& outcome = submission.outcome.activation;
    if (submission.outcome.error && outcome.errors.empty()) return *submission.outcome.error;
    attempt.errors = std::move(outcome.errors);
    attempt.revision = outcome.revision;
    attempt.previous = outcome.previous;
  }
  attempt.ok = attempt.errors.empty();
  return attempt;
}

Result<Reload::Attempt> Reload::from_disk(const std::string& by) {
  const std::lock_guard one(one_at_a_time_);
  PolicyFiles read = read_policy_files(sources_.scripts, sources_.plugins);
  auto attempt = activate(std::move(read.files), std::move(read.errors), by);
  if (attempted_) attempted_(attempt && attempt->ok);
  if (!attempt) return attempt;
  const std::lock_guard lock(last_mutex_);
  last_ = *attempt;
  return attempt;
}

Result<Reload::Attempt> Reload::at_start() {
  auto attempt = from_disk("start");
  if (!attempt || attempt->ok) return attempt;

  const std::lock_guard one(one_at_a_time_);
  auto reader = store_.reader();
  if (!reader) return reader.error();
  auto number = (*reader)->active_revision();
  if (!number) return number.error();
  auto row = (*reader)->revision(*number);
  if (!row) return row.error();
  if (*number == 0 || !*row) {
    std::string message = "The policies have errors, and there is no earlier revision to run:";
    for (const PolicyError& error : attempt->errors) message += "\n" + to_string(error);
    return Error{.code = Code::invalid_policy, .message = std::move(message)};
  }
  std::vector<PolicyFile> files;
  for (auto& [file, text] : (**row).files) files.push_back({file, text});
  auto last_good = activate(std::move(files), {}, "start");
  if (!last_good) return last_good;
  if (!last_good->ok) {
    return Error{.code = Code::invalid_policy,
                 .message = "Neither the policies on disk nor the last accepted revision " + (**row).revision +
                            " can run: " + to_string(last_good->errors.front())};
  }
  return last_good;
}

Reload::Attempt Reload::last() const {
  const std::lock_guard lock(last_mutex_);
  return last_;
}

std::string Reload::degraded() const {
  const Attempt attempt = last();
  if (attempt.ok || attempt.errors.empty()) return {};
  return "the policies on disk were refused, the last good revision runs: " + to_string(attempt.errors.front());
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
