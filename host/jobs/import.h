// An import as it runs: a file's bytes go in, commands go to the ledger a few at a time, so that the
// next rows are read while the last ones are stored and memory stays flat. Whoever runs it may wait
// (ops/parking.h). One thread at a time.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/import_job.h"
#include "jobs/import_rows.h"
#include "ledger/ledger.h"
#include "ops/parking.h"

namespace scrip::jobs {

class Import {
 public:
  Import(Ledger& ledger, Actor actor, StartImport job);
  // Waits for what is under way. One that was neither finished nor failed stays `running`.
  ~Import();
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  // The job starts when the header was read. An error ends the import: invalid_request (the header),
  // request_in_progress (a job of this id runs), or the ledger's. Call fail() then.
  Result<void> read(std::string_view bytes);
  // All was read: returns when all is stored and the job is done.
  Result<ImportJob> finish();
  // Ends the job, if it has started. `what`: "The upload broke off".
  void fail(const std::string& what);

  // The job as it was last stored; nullopt: it has not started.
  const std::optional<ImportJob>& job() const { return job_; }

 private:
  // A command and its way back. done() wakes the waiter only if there is one.
  struct Flight {
    Submission submission;
    enum State : int { idle, flying, awaited, landed };
    std::atomic<int> state{idle};
    Parking* waiter = nullptr;
  };
  static constexpr std::size_t at_once = 3;

  Result<void> start();
  Result<void> send(ReadRows rows);
  void land(Flight& flight);
  void land_all();
  Result<ImportJob> end(const std::string& why);

  Ledger& ledger_;
  const Actor actor_;
  const StartImport start_;
  ImportRows rows_;
  std::array<Flight, at_once> flights_;
  std::size_t next_ = 0;
  std::int64_t bytes_ = 0;
  std::optional<ImportJob> job_;
  std::optional<Error> error_;
};

// What a job that failed says of itself.
std::string why_failed(const std::string& what, std::int64_t rows);

// Ends the jobs that were running when the process died that ran them. For who has the database to
// himself, before anybody starts another.
Result<void> end_abandoned_imports(Store& store, Ledger& ledger);

}  // namespace scrip::jobs
