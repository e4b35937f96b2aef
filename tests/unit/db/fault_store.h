// A store that fails on demand: wraps another and, asked to, fails the Nth begin, load, commit or flush
// from now on. A commit that fails has stored nothing and has ended its batch, as db/store.h says; a write
// counts as one. A flush that fails has done all but say so.
//
//   FaultStore store(*sqlite);
//   store.fail(FaultStore::Step::commit, 2);  // the next commit works, the one after it does not
//
// Threads: as Store; fail() and heal() may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <utility>

#include "db/store.h"

namespace scrip {

class FaultStore final : public Store {
 public:
  enum class Step { begin, load, commit, flush };

  explicit FaultStore(Store& store) : store_(store) {}

  // Fails the nth call of `step` from now (1: the next), and `times` calls in all from there on.
  void fail(Step step, int nth = 1, int times = 1,
            Error error = {.code = Code::storage_unavailable, .message = "made to fail", .retry_after_s = 1}) {
    const std::lock_guard lock(mutex_);
    fault_of(step) = {.skip = nth - 1, .times = times, .error = std::move(error)};
  }

  // Everything works again.
  void heal() {
    const std::lock_guard lock(mutex_);
    faults_ = {};
  }

  // Called before each flush, on its thread. To be set while nothing is flushed.
  std::function<void()> flushing;
  // How many batches were begun.
  std::int64_t begun() const { return begun_; }

  // How many calls were made to fail.
  int failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

  Result<void> begin() override {
    ++begun_;
    if (auto fault = next(Step::begin)) return std::move(*fault);
    return store_.begin();
  }
  Result<void> load(const Wanted& wanted, Loaded& loaded) override {
    if (auto fault = next(Step::load)) return std::move(*fault);
    return store_.load(wanted, loaded);
  }
  Result<void> commit(const Changes& changes) override {
    if (auto fault = next(Step::commit)) {
      store_.rollback();
      return std::move(*fault);
    }
    return store_.commit(changes);
  }
  Result<Durable> write(const Changes& changes) override {
    if (auto fault = next(Step::commit)) {
      store_.rollback();
      return std::move(*fault);
    }
    return store_.write(changes);
  }
  Result<void> flush() override {
    if (flushing) flushing();
    auto flushed = store_.flush();
    if (auto fault = next(Step::flush)) return std::move(*fault);
    return flushed;
  }

  Result<Definitions> definitions() override { return store_.definitions(); }
  Result<std::int64_t> last_decision() override { return store_.last_decision(); }
  Result<std::optional<RevisionRow>> find_revision(const std::string& revision) override {
    return store_.find_revision(revision);
  }
  void rollback() override { store_.rollback(); }
  void idle() override { store_.idle(); }
  Result<std::unique_ptr<Reader>> reader() override { return store_.reader(); }
  Result<std::string> counters_over_before() override { return store_.counters_over_before(); }
  Result<std::vector<Drift>> verify(const Progress& progress, const std::function<void(const DecisionRow&)>& decision,
                                    const CounterVisitor& counter) override {
    return store_.verify(progress, decision, counter);
  }
  Result<void> checkpoint() override { return store_.checkpoint(); }

 private:
  struct Fault {
    int skip = 0;   // calls that still work
    int times = 0;  // calls that fail after these
    Error error;
  };

  Fault& fault_of(Step step) { return faults_[static_cast<std::size_t>(step)]; }

  std::optional<Error> next(Step step) {
    const std::lock_guard lock(mutex_);
    Fault& fault = fault_of(step);
    if (fault.times == 0) return std::nullopt;
    if (fault.skip > 0) {
      --fault.skip;
      return std::nullopt;
    }
    --fault.times;
    ++failures_;
    return fault.error;
  }

  Store& store_;
  std::atomic<std::int64_t> begun_ = 0;
  mutable std::mutex mutex_;
  std::array<Fault, 4> faults_;
  int failures_ = 0;
};

}  // namespace scrip
