// How a batch puts policies in force.
#include "ledger/batch.h"
#include "ledger/fitting.h"
#include "ledger/policy_audit.h"

namespace scrip {

Result<std::string> Batch::revision_before() const {
  if (state_.judge) return state_.judge->active().set->revision();
  if (state_.stored_revision == 0) return std::string();
  auto reader = store_.reader();
  if (!reader) return reader.error();
  auto row = (*reader)->revision(state_.stored_revision);
  if (!row) return row.error();
  return *row ? (**row).revision : std::string();
}

Result<void> Batch::activate(Submission& submission, const ActivatePolicies& command) {
  const std::string& revision = command.set->revision();
  ActivationOutcome& outcome = submission.outcome.activation;
  outcome.revision = revision;
  if (state_.judge) outcome.previous = state_.judge->active().set->revision();
  const auto before = revision_before();
  if (!before) return before.error();

  outcome.errors = campaigns_that_do_not_fit(*command.set, *state_.catalog);
  if (!outcome.errors.empty()) {
    submission.outcome.error = Error{.code = Code::invalid_policy, .message = "The policy set does not fit."};
    audit(submission.actor, AuditAction::policies_refused, audit_target_policies, revision_json(*before),
          refusal_json(revision, command.origin, command.notes, outcome.errors));
    return {};
  }
  auto known = store_.find_revision(revision);
  if (!known) return known.error();
  auto active = std::make_shared<ActivePolicies>();
  active->set = command.set;
  active->loaded_at = outcome.at = real_time();
  if (*known) {
    active->number = (*known)->number;
  } else {
    active->number = ++state_.last_revision;
    RevisionRow row{.number = active->number,
                    .revision = revision,
                    .accepted_at = active->loaded_at,
                    .accepted_by = command.accepted_by};
    for (const PolicyFile& file : command.set->files()) row.files.emplace_back(file.name, file.text);
    changes_.revision = std::move(row);
  }
  changes_.active_revision = active->number;
  outcome.number = active->number;
  tell_reload(outcome, command.accepted_by);
  const bool changed = revision != *before || command.set_aside != state_.set_aside;
  // The same set once more is no new time that it is in force, unless somebody says why it is.
  if (changed || !command.notes.empty()) {
    changes_.activation = PolicyActivation{.revision = active->number,
                                           .at = active->loaded_at,
                                           .by = command.accepted_by,
                                           .origin = command.origin,
                                           .notes = command.notes,
                                           .set_aside = command.set_aside};
  }
  // What somebody does is kept also when it changes nothing but the end of a quarantine.
  if (changed || !is_automatic(command.origin)) {
    audit(submission.actor,
          command.origin == PolicyOrigin::rollback ? AuditAction::policies_rolled_back : AuditAction::policies_reloaded,
          audit_target_policies, revision_json(*before),
          activation_json(revision, command.origin, command.notes, command.set_aside));
  } else {
    // Where nothing is ever entered, what is old goes with a start.
    changes_.forget_audit_before = active->loaded_at - options_.keep_audit;
  }
  state_.stored_revision = active->number;
  state_.set_aside = command.set_aside;
  put_in_force(std::move(active));
  return {};
}

void Batch::follow(const FollowPolicies& command) {
  // Meanwhile a third one may have been activated.
  if (command.number != state_.stored_revision) return;
  auto active = std::make_shared<ActivePolicies>();
  active->set = command.set;
  active->number = command.number;
  active->loaded_at = real_time();
  put_in_force(std::move(active));
}

void Batch::put_in_force(std::shared_ptr<const ActivePolicies> active) {
  state_.judge = std::make_shared<Judge>(std::move(active));
  // What these rules look at is found out anew.
  state_.contention = std::make_shared<Contention>();
}

}  // namespace scrip
