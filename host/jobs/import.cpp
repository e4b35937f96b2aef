#include "jobs/import.h"

#include <utility>

namespace scrip::jobs {
namespace {

// Enough that a commit costs little for each, and few enough that claims do not wait for long.
constexpr std::size_t rows_at_once = 2'000;

}  // namespace

std::string why_failed(const std::string& what, std::int64_t rows) {
  return what + "; " + std::to_string(rows) +
         " rows had been read. Send the file again: what was imported is not imported twice.";
}

Import::Import(Ledger& ledger, Actor actor, StartImport job)
    : ledger_(ledger),
      actor_(std::move(actor)),
      start_(std::move(job)),
      rows_(rows_at_once, [this](ReadRows rows) { return send(std::move(rows)); }) {}

Import::~Import() {
  land_all();
}

Result<void> Import::read(std::string_view bytes) {
  bytes_ += std::ssize(bytes);
  auto read = rows_.read(bytes);
  // So that it can be asked for before there are enough rows for a command.
  if (read && !job_ && rows_.has_header()) return start();
  return read;
}

Result<void> Import::start() {
  Submission submission{.command = start_, .actor = actor_, .patient = true};
  ledger_.execute(submission);
  if (submission.outcome.error) return std::move(*submission.outcome.error);
  job_ = std::move(submission.outcome.import);
  return {};
}

Result<void> Import::send(ReadRows rows) {
  if (!job_) {
    if (auto started = start(); !started) return started;
  }
  Flight& flight = flights_[next_];
  next_ = (next_ + 1) % at_once;
  land(flight);
  if (error_) return *error_;
  flight.submission = Submission{.command = ImportCoupons{.job = start_.id,
                                                          .rows = std::move(rows.rows),
                                                          .rejected = std::move(rows.rejected),
                                                          .bytes_read = bytes_},
                                 .actor = actor_,
                                 .patient = true};
  flight.submission.waiter = &flight;
  flight.submission.done = [](Submission& submission) {
    auto& landing = *static_cast<Flight*>(submission.waiter);
    // Whoever does not wait yet may be gone once it has landed.
    Parking* const waiter = landing.waiter;
    if (landing.state.exchange(Flight::landed) == Flight::awaited) waiter->unpark();
  };
  flight.waiter = &Parking::current();
  flight.state = Flight::flying;
  ledger_.submit(flight.submission);
  return {};
}

void Import::land(Flight& flight) {
  int state = Flight::flying;
  if (flight.state.compare_exchange_strong(state, Flight::awaited)) {
    flight.waiter->park();
  } else if (state == Flight::idle) {
    return;
  }
  flight.state = Flight::idle;
  Outcome& outcome = flight.submission.outcome;
  if (!outcome.error) {
    job_ = std::move(outcome.import);
  } else if (!error_) {
    error_ = std::move(*outcome.error);
  }
  flight.submission = Submission();
}

void Import::land_all() {
  for (std::size_t i = 0; i < at_once; ++i) land(flights_[(next_ + i) % at_once]);
}

Result<ImportJob> Import::end(const std::string& why) {
  Submission submission{
      .command = EndImport{.job = start_.id, .why = why, .bytes_read = bytes_}, .actor = actor_, .patient = true};
  ledger_.execute(submission);
  if (submission.outcome.error) return std::move(*submission.outcome.error);
  job_ = std::move(submission.outcome.import);
  return *job_;
}

Result<ImportJob> Import::finish() {
  if (auto read = rows_.finish(); !read) return read.error();
  if (!job_) {
    if (auto started = start(); !started) return started.error();
  }
  land_all();
  if (error_) return *error_;
  return end("");
}

void Import::fail(const std::string& what) {
  land_all();
  if (!job_ || job_->state != ImportState::running) return;
  // Should this fail too, the next start of the server says that the job has ended, or another node.
  static_cast<void>(end(why_failed(what, job_->rows)));
}

Result<void> end_abandoned_imports(Store& store, Ledger& ledger) {
  auto reader = store.reader();
  if (!reader) return reader.error();
  const auto running = (*reader)->running_imports();
  if (!running) return running.error();
  for (const ImportJob& job : *running) {
    Submission submission{
        .command = EndImport{.job = job.id, .why = why_failed("The server stopped while this was running", job.rows)},
        .actor = {.subject = "start", .role = Role::operator_, .host = true}};
    ledger.execute(submission);
    // Another node may have been faster.
    if (submission.outcome.error && submission.outcome.error->code != Code::import_not_found) {
      return std::move(*submission.outcome.error);
    }
  }
  return {};
}

}  // namespace scrip::jobs
