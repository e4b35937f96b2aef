#include "ledger/ledger.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "coupon/counter_day.h"
#include "ledger/batch.h"
#include "ledger/flusher.h"
#include "ledger/queue.h"
#include "ops/parking.h"

namespace scrip {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Each takes longer than the one before; together about half a second.
constexpr int most_conflicts = 40;

// So few that what is under way beside them is not worth another thread.
constexpr std::size_t few_submissions = 4;

// So many that half of them make a batch of a good size: what each batch costs beside its commands is small then.
constexpr std::size_t crowd = 128;

std::int64_t micros_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count();
}

Error overloaded(std::string message) {
  return Error{.code = Code::overloaded, .message = std::move(message), .retry_after_s = 1};
}

}  // namespace

class Ledger::Impl {
 public:
  Impl(Store& store, const Clock& clock, LedgerOptions options, LedgerEvents events, LedgerState state)
      : store_(store),
        clock_(clock),
        options_(std::move(options)),
        events_(std::move(events)),
        queue_(options_.queue),
        state_(std::move(state)),
        active_revision_(state_.stored_revision),
        catalog_(state_.catalog) {}

  void start() {
    flusher_.emplace(
        store_, [this](WrittenBatch& batch, const Result<void>& flushed) { settle(batch, flushed); },
        [this](std::size_t left) { queue_.gather(std::min(left, options_.batch)); });
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
    flusher_.reset();
  }

  void submit(Submission& submission) {
    submission.submitted_at = SteadyClock::now();
    switch (queue_.put(submission)) {
      case Queue::Entry::taken:
        return;
      case Queue::Entry::full:
        submission.outcome.error = overloaded("Too many requests are waiting.");
        break;
      case Queue::Entry::closed:
        submission.outcome.error = overloaded("The server is stopping.");
        break;
      case Queue::Entry::key_in_progress:
        submission.outcome.error = Error{.code = Code::request_in_progress,
                                         .message = "A request with this Idempotency-Key is still running."};
        break;
    }
    submission.done(submission);
  }

  std::shared_ptr<const Catalog> catalog() const {
    const std::lock_guard lock(published_mutex_);
    return catalog_;
  }
  std::shared_ptr<const ActivePolicies> policies() const {
    const std::lock_guard lock(published_mutex_);
    return policies_;
  }
  std::size_t queue_length() const { return queue_.size(); }
  bool storage_works() const { return storage_works_.load(std::memory_order_relaxed); }
  std::int64_t active_revision() const { return active_revision_.load(std::memory_order_relaxed); }

 private:
  void run() {
    std::vector<Submission*> batch;
    const auto patience = std::chrono::milliseconds(200);
    const auto share = [this](std::size_t waiting) { return share_of(waiting); };
    while (queue_.take(batch, share, patience)) {
      if (batch.empty()) {
        if (!tend()) store_.idle();
        // Nobody waits for it; the next batch says what is wrong.
        static_cast<void>(learn());
        continue;
      }
      const auto started = SteadyClock::now();
      carry_out(batch);
      if (store_.shared()) gather(batch.size(), SteadyClock::now() - started);
      batch.clear();
    }
    store_counted();
  }

  // Of a crowd half is taken when nothing is being made durable: the rest is decided while that half is, and its
  // callers are answered. With all in one batch the ledger and the disk would go on waiting for each other in turn.
  std::size_t share_of(std::size_t waiting) const {
    const bool halve = waiting >= crowd && !store_.shared() && flusher_->idle();
    return std::min(halve ? waiting / 2 : waiting, options_.batch);
  }

  // On a store that other nodes share most of what a batch costs is the same however much is in it, and they are at
  // work while this one waits. So it gives those whom it has just answered, and who call again at once, the time
  // to come into the next batch, and not the one after: a part of what this one took.
  void gather(std::size_t answered, SteadyClock::duration took) {
    const std::size_t all = std::min(queue_.size() + answered, options_.batch);
    queue_.wait_for(all, std::chrono::duration_cast<std::chrono::microseconds>(took) / 4);
  }

  // With nothing else to do: drops old decisions, ends holds that are over, stores what was counted. True: there may
  // be more.
  bool tend() {
    const Micros now = real_time();
    // Other nodes' holds too: the node may be dead.
    const bool over = store_.shared() || clock_.now() >= state_.hold_end;
    const bool holds = options_.end_holds && over && now >= end_next_;
    const bool decisions = options_.keep_decisions && now >= drop_next_;
    if (!holds && !decisions) return store_counted();
    if (holds) end_next_ = now + scrip::second;
    if (decisions) drop_next_ = now + 10 * scrip::second;
    flusher_->drain();
    const auto tended = commit({});
    // Where nobody calls, since a proxy goes by /readyz, this tells that the database is back.
    if (store_.shared()) note_storage(tended);
    if (!tended || *tended == Commit::nothing) return false;
    if (holds) end_next_ = 0;
    if (decisions) drop_next_ = 0;
    return true;
  }

  // Always false: it leaves nothing to do.
  bool store_counted() {
    if (state_.counted.empty()) return false;
    state_.counted.hurry();
    flusher_->drain();
    static_cast<void>(commit({}));  // they stay for the next one if it fails
    return false;
  }

  // That other nodes were always faster says nothing against the store.
  template <class Done>
  void note_storage(const Result<Done>& settled) {
    const bool works = settled || settled.error().code == Code::overloaded;
    storage_works_.store(works, std::memory_order_relaxed);
  }

  void carry_out(const std::vector<Submission*>& submissions) {
    const auto done = commit(submissions);
    if (!done) {
      note_storage(done);
      fail(submissions, done.error());
    } else if (*done != Commit::written) {
      note_storage(done);
      answer(submissions);
    }
  }

  // On the flusher's thread.
  void settle(WrittenBatch& batch, const Result<void>& flushed) {
    note_storage(flushed);
    if (!flushed) {
      fail(batch.submissions, Error{.code = flushed.error().code,
                                    .message = flushed.error().message + "; what was asked for may have been done",
                                    .retry_after_s = flushed.error().retry_after_s});
      return;
    }
    report(batch.changes, batch.submissions.size(), batch.decide_us, batch.written_since);
    answer(batch.submissions);
  }

  void answer(const std::vector<Submission*>& submissions) {
    for (Submission* submission : submissions) {
      queue_.release(*submission);
      submission->done(*submission);
    }
  }

  void fail(const std::vector<Submission*>& submissions, const Error& why) {
    if (events_.commit_failed) events_.commit_failed(why);
    for (Submission* submission : submissions) {
      reset(*submission);
      submission->outcome.error = why;
    }
    answer(submissions);
  }

  // What has become of a batch: it changed nothing, it is durable, or the flusher has it.
  enum class Commit { nothing, durable, written };

  // One batch, after as many without commands as it takes to end the holds that are over; again and again
  // while other nodes come in between.
  Result<Commit> commit(const std::vector<Submission*>& submissions) {
    for (int attempt = 0;; ++attempt) {
      auto done = try_to_commit(submissions);
      if (done) state_.contention->this_time.clear();
      if (done || done.error().code != Code::storage_conflict) return done;
      if (attempt == most_conflicts) return overloaded("Other nodes are at work on the same. Please try again.");
      for (Submission* submission : submissions) reset(*submission);
      // Two nodes that met would meet again.
      const std::int64_t longest = std::min<std::int64_t>(20'000, 500 << std::min(attempt, 10));
      std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution(0L, longest)(random_)));
    }
  }

  Result<Commit> try_to_commit(const std::vector<Submission*>& submissions) {
    const std::vector<Submission*> nothing;
    for (;;) {
      const auto started = SteadyClock::now();
      if (auto begun = store_.begin(); !begun) return begun.error();
      auto ready = learn();
      Batch batch(store_, state_, clock_.now(), options_, events_);
      if (ready) ready = batch.prepare(submissions);
      const bool more = ready && batch.more_holds_are_over();
      if (ready && !more) ready = decide(batch, submissions);
      if (!ready) {
        store_.rollback();
        return ready.error();
      }
      auto stored = store(batch, more ? nothing : submissions, started);
      if (!stored || !more) return stored;
    }
  }

  // What other nodes have defined.
  Result<void> learn() {
    auto definitions = store_.changed_definitions();
    if (!definitions) return definitions.error();
    if (!*definitions) return {};
    state_.learn(**definitions);
    active_revision_.store(state_.stored_revision, std::memory_order_relaxed);
    publish(state_.catalog);
    return {};
  }

  static void reset(Submission& submission) {
    submission.outcome = Outcome{};
    submission.answer.reset();
    submission.replayed = false;
  }

  Result<Commit> store(Batch& batch, const std::vector<Submission*>& submissions, SteadyClock::time_point started) {
    Changes& changes = batch.finish();
    forget_what_is_over(changes);
    const std::int64_t decide_us = micros_since(started);
    const auto storing = SteadyClock::now();
    // Another thread costs time, too: where few call at once, the batch is made durable here and now.
    const bool few = submissions.size() < few_submissions && queue_.size() == 0;
    const bool here = flusher_->idle() && (few || changes.empty());
    auto done = here ? Commit::nothing : Commit::written;
    if (changes.empty()) {
      store_.rollback();
    } else {
      // Before the commit: who reads a new row has to find its campaign and its codes. Should the
      // commit fail, they are taken back.
      publish(batch.state().catalog);
      auto stored = here ? commit_here(changes) : write(changes);
      if (!stored) {
        publish(state_.catalog);
        return stored.error();
      }
      done = *stored;
    }
    state_ = batch.state();
    active_revision_.store(state_.stored_revision, std::memory_order_relaxed);
    publish(state_.judge);
    if (done == Commit::written) {
      // Also what has changed nothing: it was decided on batches that are not durable yet.
      // Before it is given: it may be settled, and nothing be left to gather beside, before give() returns.
      queue_.gather(std::min(flusher_->submissions() + submissions.size(), options_.batch));
      flusher_->give({submissions, std::move(changes), decide_us, storing});
    } else {
      report(changes, submissions.size(), decide_us, storing);
    }
    return done;
  }

  Result<Commit> commit_here(const Changes& changes) {
    if (auto committed = store_.commit(changes); !committed) return committed.error();
    return Commit::durable;
  }

  Result<Commit> write(const Changes& changes) {
    auto written = store_.write(changes);
    if (!written) return written.error();
    return *written == Store::Durable::yes && flusher_->idle() ? Commit::durable : Commit::written;
  }

  void report(const Changes& changes, std::size_t commands, std::int64_t decide_us, SteadyClock::time_point storing) {
    if (events_.changed && (commands > 0 || !changes.empty())) events_.changed(changes);
    if (events_.committed && commands > 0) events_.committed(commands, decide_us, micros_since(storing));
  }

  static Result<void> decide(Batch& batch, const std::vector<Submission*>& submissions) {
    for (Submission* submission : submissions) {
      if (auto decided = batch.decide(*submission); !decided) return decided;
    }
    return {};
  }

  void forget_what_is_over(Changes& changes) {
    const Micros now = real_time();
    if (changes.empty() || now < forget_next_) return;
    changes.forget_idempotency_before = now - options_.keep_idempotency;
    changes.forget_counters_before = first_day_in_use(clock_.now());
    forget_next_ = now + 10 * scrip::second;
  }

  void publish(std::shared_ptr<const Catalog> catalog) {
    const std::lock_guard lock(published_mutex_);
    catalog_.swap(catalog);
  }
  void publish(const std::shared_ptr<Judge>& judge) {
    const std::lock_guard lock(published_mutex_);
    if (judge && policies_ != judge->shared_active()) policies_ = judge->shared_active();
  }

  Store& store_;
  const Clock& clock_;
  const LedgerOptions options_;
  const LedgerEvents events_;
  Queue queue_;
  LedgerState state_;  // the ledger's thread alone
  Micros forget_next_ = 0;
  Micros drop_next_ = 0;
  Micros end_next_ = 0;
  std::minstd_rand random_{std::random_device{}()};
  std::atomic<bool> storage_works_{true};
  std::atomic<std::int64_t> active_revision_;
  mutable std::mutex published_mutex_;
  std::shared_ptr<const Catalog> catalog_;
  std::shared_ptr<const ActivePolicies> policies_;
  std::optional<Flusher> flusher_;  // while it runs
  std::thread thread_;
};

Result<std::unique_ptr<Ledger>> Ledger::open(Store& store, const Clock& clock, LedgerOptions options,
                                             LedgerEvents events) {
  auto definitions = store.definitions();
  if (!definitions) return definitions.error();
  auto last_decision = store.last_decision();
  if (!last_decision) return last_decision.error();
  LedgerState state;
  state.last_decision = *last_decision;
  state.learn(*definitions);
  auto impl = std::make_unique<Impl>(store, clock, std::move(options), std::move(events), std::move(state));
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::~Ledger() {
  stop();
}
void Ledger::start() {
  impl_->start();
}
void Ledger::stop() {
  impl_->stop();
}
void Ledger::submit(Submission& submission) {
  impl_->submit(submission);
}

void Ledger::execute(Submission& submission) {
  submission.waiter = &Parking::current();
  submission.done = [](Submission& done) { static_cast<Parking*>(done.waiter)->unpark(); };
  impl_->submit(submission);
  static_cast<Parking*>(submission.waiter)->park();
}

std::shared_ptr<const Catalog> Ledger::catalog() const {
  return impl_->catalog();
}
std::shared_ptr<const ActivePolicies> Ledger::policies() const {
  return impl_->policies();
}
std::int64_t Ledger::active_revision() const {
  return impl_->active_revision();
}
std::size_t Ledger::queue_length() const {
  return impl_->queue_length();
}
bool Ledger::storage_works() const {
  return impl_->storage_works();
}

}  // namespace scrip
