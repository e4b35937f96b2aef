// A candidate set over the recorded decisions, in their order: what would have come out otherwise.
//
// Workers read and decode stretches of decisions and ask the candidate about the facts as they were
// recorded. One thread takes the stretches in order and keeps count of what would be otherwise by
// then (recount.h); it asks again only where the candidate had looked at something that would be.
// Nothing is written, no lock of the ledger is taken, and no snapshot is held for longer than a
// stretch, so a server goes on beside it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "db/store.h"
#include "policy/policy_set.h"
#include "replay/replay_report.h"

namespace scrip {

struct ReplayOptions {
  std::int64_t after = 0;  // ids: after < id <= last
  std::int64_t last = 0;
  std::optional<std::int64_t> campaign;  // number; nullopt: all
  std::optional<Micros> since, until;    // the instants of that range, for refusals that were only counted
  std::size_t threads = 0;               // workers; 0: one a core
  std::size_t samples = 5;               // decisions shown of each group of flips
  bool background = true;                // workers run behind all else (ops/background.h)
  // How much the server that this runs in has done so far, in commands; null: it is no server. While it
  // is busy, workers rest most of the time: being behind all else is not enough where every core is wanted.
  std::function<std::int64_t()> activity;
  const std::atomic<bool>* cancelled = nullptr;
};

// Decisions done and in all. Called by the calling thread, often.
using ReplayProgress = std::function<void(std::int64_t done, std::int64_t total)>;

// Blocks the calling thread until it is over, which may be a matter of minutes. Errors: the store's;
// Code::overloaded "cancelled".
Result<ReplayReport> replay(Store& store, std::shared_ptr<const PolicySet> set, const ReplayOptions& options,
                            const ReplayProgress& progress);

}  // namespace scrip
