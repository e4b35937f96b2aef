// How a batch carries out what operators do with works.
#include "ledger/batch.h"

namespace scrip {
namespace {

Error work_not_found(std::int64_t id) {
  return Error{.code = Code::work_not_found, .message = "There is no work " + std::to_string(id) + "."};
}

}  // namespace

void Batch::put_work(std::int64_t id, const std::optional<Work>& work) {
  loaded_.works[id] = work;
  changes_.works[id] = work;
}

Result<void> Batch::add_work(Submission& submission, const AddWork& command) {
  Work& work = submission.outcome.work;
  work = {.id = ++state_.last_work, .title = command.title, .created_at = now_, .updated_at = now_};
  put_work(work.id, work);
  audit_work(submission.actor, std::nullopt, work);
  return {};
}

Result<void> Batch::edit_work(Submission& submission, const EditWork& command) {
  const std::optional<Work>& known = loaded_.works[command.id];
  if (!known) {
    submission.outcome.error = work_not_found(command.id);
    return {};
  }
  const Work before = *known;
  Work& work = submission.outcome.work;
  work = before;
  work.title = command.title;
  work.updated_at = now_;
  put_work(work.id, work);
  audit_work(submission.actor, before, work);
  return {};
}

Result<void> Batch::drop_work(Submission& submission, const DropWork& command) {
  if (const std::optional<Work> known = loaded_.works[command.id]) {
    put_work(command.id, std::nullopt);
    audit_work(submission.actor, known, std::nullopt);
  } else {
    submission.outcome.error = work_not_found(command.id);
  }
  return {};
}

}  // namespace scrip
