#include "replay/shadow.h"

#include "ops/background.h"
#include "ops/clock.h"
#include "replay/ask_again.h"
#include "replay/recount.h"

namespace scrip {

std::string_view name(ShadowOf of) {
  return of == ShadowOf::rules ? "rules" : "candidate";
}

// One shadow, from when it is cast on.
struct Shadow::Run {
  Run(std::shared_ptr<const PolicySet> set, std::string who, std::size_t samples)
      : evaluator(set->evaluator()),
        candidate(set),
        tally(set->revision(), samples, ReplayTally::Keep::latest),
        since(real_time()),
        by(std::move(who)) {
    evaluator->watch_reads();
  }

  // The shadow's thread alone.
  std::unique_ptr<Evaluator> evaluator;
  Candidate candidate;
  std::unique_ptr<Recount> recount = std::make_unique<Recount>();
  std::int64_t seen = 0;

  // Guarded by Shadow::mutex_.
  ReplayTally tally;
  const Micros since;
  const std::string by;
  std::int64_t missed = 0;
  std::int64_t forgotten = 0;
};

Shadow::Shadow(Store& store, ShadowOptions options)
    : store_(store), options_(std::move(options)), thread_([this] { work(); }) {}

Shadow::~Shadow() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Shadow::put(ShadowOf of, std::shared_ptr<const PolicySet> set, std::string by) {
  auto run = set ? std::make_shared<Run>(std::move(set), std::move(by), options_.samples) : nullptr;
  const std::scoped_lock lock(mutex_);
  runs_[static_cast<std::size_t>(of)] = std::move(run);
  cast_ = runs_[0] || runs_[1];
}

void Shadow::follow(const PolicySet& live) {
  put(ShadowOf::rules, live.with_shadow_rules(), "");
}

void Shadow::cast(std::shared_ptr<const PolicySet> candidate, std::string by) {
  put(ShadowOf::candidate, std::move(candidate), std::move(by));
}

bool Shadow::end() {
  const bool was = state(ShadowOf::candidate).has_value();
  put(ShadowOf::candidate, nullptr, "");
  return was;
}

void Shadow::offer(const std::vector<DecisionRow>& decisions) {
  if (!cast_ || decisions.empty()) return;
  std::size_t missed = 0;
  std::array<bool, 2> misses{};
  {
    const std::scoped_lock lock(mutex_);
    for (const DecisionRow& decision : decisions) {
      if (waiting_.size() < options_.queue) {
        waiting_.push_back(decision);
      } else {
        ++missed;
      }
    }
    for (std::size_t of = 0; of < runs_.size(); ++of) {
      if (!runs_[of]) continue;
      runs_[of]->missed += static_cast<std::int64_t>(missed);
      misses[of] = true;
    }
  }
  changed_.notify_all();
  if (!options_.decided) return;
  for (; missed > 0; --missed) {
    for (const ShadowOf of : {ShadowOf::rules, ShadowOf::candidate}) {
      if (misses[static_cast<std::size_t>(of)]) options_.decided(of, "missed");
    }
  }
}

std::optional<ShadowState> Shadow::state(ShadowOf of) const {
  const std::scoped_lock lock(mutex_);
  const auto& run = runs_[static_cast<std::size_t>(of)];
  if (!run) return std::nullopt;
  return ShadowState{.report = run->tally.report(),
                     .since = run->since,
                     .by = run->by,
                     .missed = run->missed,
                     .forgotten = run->forgotten};
}

void Shadow::catch_up() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || (waiting_.empty() && !busy_); });
}

void Shadow::work() {
  run_in_background();
  constexpr std::size_t at_once = 256;
  std::vector<DecisionRow> rows;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      busy_ = false;
      changed_.notify_all();
      changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
      if (stopped_) return;
      busy_ = true;
      const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), at_once));
      rows.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.begin() + count));
      waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    }
    look_at(rows);
  }
}

void Shadow::look_at(const std::vector<DecisionRow>& rows) {
  std::array<std::shared_ptr<Run>, 2> runs;
  {
    const std::scoped_lock lock(mutex_);
    runs = runs_;
  }
  // For definitions of campaigns; the store may be away, and these decisions pass by then.
  const auto reader = store_.reader();
  for (const ShadowOf of : {ShadowOf::rules, ShadowOf::candidate}) {
    const auto& run = runs[static_cast<std::size_t>(of)];
    if (!run) continue;
    if (!reader) {
      const std::scoped_lock lock(mutex_);
      run->missed += std::ssize(rows);
      continue;
    }
    for (const DecisionRow& row : rows) look_at(of, *run, **reader, row);
  }
}

void Shadow::look_at(ShadowOf of, Run& run, Reader& reader, const DecisionRow& row) {
  Replayed decision;
  if (const auto read = read_recorded(row, run.candidate, reader, decision); !read) {
    decision.unable = "the store could not be read";
  }
  if (!decision.unable.empty()) {
    const std::scoped_lock lock(mutex_);
    run.tally.add_unable(decision.unable);
    if (options_.decided) options_.decided(of, "unable");
    return;
  }
  const bool otherwise = run.recount->adjust(decision);
  ask_candidate(*run.evaluator, decision,
                [&](const std::string& name) { return run.recount->counter(decision, name); });
  run.recount->settle(decision, decision.candidate);
  const auto flip = flip_of(decision, decision.candidate);
  constexpr std::int64_t between_checks = 1'024;
  const bool too_many = ++run.seen % between_checks == 0 && run.recount->differences() > options_.differences;
  if (too_many) run.recount = std::make_unique<Recount>();
  const std::scoped_lock lock(mutex_);
  if (too_many) ++run.forgotten;
  run.tally.add(decision, decision.candidate, otherwise);
  if (options_.decided) options_.decided(of, flip ? name(*flip) : "same");
}

}  // namespace scrip
