#include "replay/replay.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "replay/ask_again.h"
#include "replay/candidate.h"
#include "replay/recount.h"
#include "replay/stretches.h"

namespace scrip {
namespace {

std::int64_t recorded_value(const Counters& counters, const std::string& name) {
  for (const auto& [known, value] : counters) {
    if (known == name) return value;
  }
  return 0;
}

// Looked at for each decision: with rules that take all of their time a stretch lasts for minutes.
Result<void> go_on(const ReplayOptions& options) {
  if (options.cancelled && *options.cancelled) return {Code::overloaded, "cancelled"};
  return {};
}

// What one worker reads, decodes and asks with.
class Worker {
 public:
  Worker(std::unique_ptr<Reader> reader, Candidate& candidate, const ReplayOptions& options)
      : reader_(std::move(reader)), candidate_(candidate), options_(options), evaluator_(candidate.set().evaluator()) {
    evaluator_->watch_reads();
  }

  Result<Stretch> prepare(std::int64_t after, std::int64_t last) {
    auto rows = reader_->decisions_between(after, last, options_.campaign);
    if (!rows) return rows.error();
    Stretch stretch;
    stretch.reserve(rows->size());
    for (const DecisionRow& row : *rows) {
      if (auto prepared = prepare(row, stretch.emplace_back()); !prepared) return prepared.error();
    }
    return stretch;
  }

 private:
  Result<void> prepare(const DecisionRow& row, Replayed& decision) {
    if (auto asked = go_on(options_); !asked) return asked;
    if (auto read = read_recorded(row, candidate_, *reader_, decision); !read || !decision.unable.empty()) return read;
    ask_candidate(*evaluator_, decision,
                  [&](const std::string& name) { return recorded_value(decision.recorded_counters, name); });
    return {};
  }

  const std::unique_ptr<Reader> reader_;
  Candidate& candidate_;
  const ReplayOptions& options_;
  const std::unique_ptr<Evaluator> evaluator_;
};

Result<std::int64_t> count_unrecorded(Reader& reader, const ReplayOptions& options) {
  constexpr int page = 1'000;
  const Reader::RefusalFilter filter{
      .campaign = options.campaign, .hook = {}, .code = {}, .since = options.since, .until = options.until};
  std::int64_t sum = 0;
  for (std::int64_t before = 0;;) {
    const auto rows = reader.refusals(filter, before, page);
    if (!rows) return rows.error();
    for (const RefusalCount& row : *rows) sum += row.count;
    if (std::ssize(*rows) < page) return sum;
    before = rows->back().id;
  }
}

}  // namespace

Result<ReplayReport> replay(Store& store, std::shared_ptr<const PolicySet> set, const ReplayOptions& options,
                            const ReplayProgress& progress) {
  const auto started = std::chrono::steady_clock::now();
  const std::unique_ptr<Evaluator> evaluator = set->evaluator();
  evaluator->watch_reads();
  ReplayTally tally(set->revision(), options.samples);
  Candidate candidate(std::move(set));
  Recount recount;

  const std::size_t threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Stretches stretches(options.after, options.last, threads, options.background, options.activity,
                      [&]() -> Result<Stretches::Prepare> {
                        auto reader = store.reader();
                        if (!reader) return reader.error();
                        auto worker = std::make_shared<Worker>(std::move(*reader), candidate, options);
                        return Stretches::Prepare(
                            [worker](std::int64_t after, std::int64_t last) { return worker->prepare(after, last); });
                      });

  const std::int64_t total = std::max<std::int64_t>(options.last - options.after, 0);
  std::int64_t done = 0;
  for (;;) {
    auto stretch = stretches.next();
    if (!stretch) return stretch.error();
    if (!*stretch) break;
    for (Replayed& decision : **stretch) {
      if (auto asked = go_on(options); !asked) return asked.error();
      if (!decision.unable.empty()) {
        tally.add_unable(decision.unable);
        continue;
      }
      const bool again = recount.adjust(decision);
      if (again) {
        ask_candidate(*evaluator, decision, [&](const std::string& name) { return recount.counter(decision, name); });
      }
      recount.settle(decision, decision.candidate);
      tally.add(decision, decision.candidate, again);
      done = decision.id - options.after;
    }
    if (progress) progress(done, total);
  }
  if (progress) progress(total, total);
  ReplayReport report = tally.report();
  auto reader = store.reader();
  if (!reader) return reader.error();
  const auto only_counted = count_unrecorded(**reader, options);
  if (!only_counted) return only_counted.error();
  report.only_counted = *only_counted;
  report.assumed.assign(recount.assumed().begin(), recount.assumed().end());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

}  // namespace scrip
