#include "replay/compiled_revisions.h"

#include <algorithm>
#include <utility>

namespace scrip {
namespace {

// Of a decision that is made again the first answer counts.
PolicyLimits without_rechecks(PolicyLimits limits) {
  limits.recheck_every = 0;
  return limits;
}

std::vector<PolicyFile> files_of(const RevisionRow& row) {
  std::vector<PolicyFile> files;
  for (const auto& [file, text] : row.files) files.push_back({file, text});
  return files;
}

}  // namespace

CompiledRevisions::CompiledRevisions(Compile compile, const PolicyLimits& limits)
    : compile_(compile), limits_(without_rechecks(limits)) {}

std::shared_ptr<const CompiledRevisions::Revision> CompiledRevisions::kept(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& each) { return each.first == number; });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return found->second;
}

Result<std::shared_ptr<const CompiledRevisions::Revision>> CompiledRevisions::find(Reader& reader,
                                                                                   std::int64_t number) {
  if (auto known = kept(number)) return known;
  const std::lock_guard one_at_a_time(compiling_);
  if (auto known = kept(number)) return known;
  const auto row = reader.revision(number);
  if (!row) return row.error();
  if (!*row) return std::shared_ptr<const Revision>();
  auto made = std::make_shared<const Revision>(Revision{(**row).revision, compile_(files_of(**row), limits_)});
  const std::lock_guard lock(mutex_);
  kept_.emplace_front(number, made);
  if (kept_.size() > most_kept) kept_.pop_back();
  return std::shared_ptr<const Revision>(std::move(made));
}

}  // namespace scrip
