#include "policy/verdict.h"

#include <array>

#include "policy/decision_json.h"

namespace scrip {
namespace {

constexpr std::array<std::string_view, 4> trace_names{"passed", "effect", "denied", "failed"};
constexpr std::array<std::string_view, 4> verdict_names{"allowed", "denied", "failed", "quarantined"};

}  // namespace

std::string_view name(TraceEntry::Kind kind) {
  return trace_names[static_cast<std::size_t>(kind)];
}
std::string notice_mark(const TraceEntry& entry) {
  return entry.once.empty() ? entry.rule : entry.rule + ":" + entry.once;
}

std::string_view name(Verdict::Kind kind) {
  return verdict_names[static_cast<std::size_t>(kind)];
}

std::string trace_json(const std::vector<TraceEntry>& trace) {
  return dump(to_json(trace));
}

}  // namespace scrip
