#include <stdlib.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <system_error>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "db/sqlite/sqlite_store.h"
#include "ledger/ledger.h"
#include "lua/compile.h"
#include "policy/policy_files.h"

namespace scrip::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view policy_text = R"(
return policy {
  name  = "bench",
  rules = {
    per_user_limit { max = 1 },
    expiry         { days = 7 },
    discount       { percent = 10, max_amount = 5000, rounding = "floor" },
  },
}
)";

struct BenchArguments {
  std::filesystem::path folder = ".";
  std::filesystem::path plugins = "plugins";
  std::chrono::microseconds time = std::chrono::seconds(5);
  int in_flight = 256;
  bool json = false;
};

// A directory of its own that disappears with it.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make(const std::filesystem::path& parent) {
    std::string name = parent / "scrip-bench-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      return {Code::internal, name + ": " + std::error_code(errno, std::generic_category()).message()};
    }
    return ScratchFolder(name);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

struct Measured {
  std::int64_t claims = 0;
  std::int64_t refused = 0;
  std::int64_t batches = 0;
  double seconds = 0;

  double claims_per_second() const { return static_cast<double>(claims) / seconds; }
  double batch_mean() const { return batches ? static_cast<double>(claims) / static_cast<double>(batches) : 0; }
};

// Keeps a number of claims under way: each is submitted again, for another user, by the ledger's
// thread when it is durable, so nothing but the ledger itself is measured.
class Claims {
 public:
  Claims(Ledger& ledger, std::int64_t campaign, std::size_t in_flight)
      : ledger_(ledger), campaign_(campaign), submissions_(in_flight), running_(in_flight) {}

  Result<Measured> run(std::chrono::microseconds time, const std::int64_t& batches);

 private:
  void submit(Submission& submission) {
    submission = Submission{};
    submission.command = Issue{.campaign = campaign_, .user_id = "user-" + std::to_string(random_() % 10'000'000), .subject = std::nullopt};
    submission.actor = {.subject = "bench", .role = Role::service};
    submission.waiter = this;
    submission.done = [](Submission& done) { static_cast<Claims*>(done.waiter)->count(done); };
    ledger_.submit(submission);
  }

  void count(Submission& submission) {
    const auto& error = submission.outcome.error;
    if (!error) {
      ++measured_.claims;
    } else if (error->public_code() == "already_issued") {
      ++measured_.refused;  // a user that was drawn twice
    } else if (!failure_) {
      failure_ = *error;
    }
    if (!failure_ && SteadyClock::now() < end_) {
      submit(submission);
      return;
    }
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) ended_.notify_one();
  }

  Ledger& ledger_;
  const std::int64_t campaign_;
  std::vector<Submission> submissions_;
  // Of the ledger's thread, once the first claims are submitted.
  std::mt19937_64 random_{20'261'121};
  SteadyClock::time_point end_;
  Measured measured_;
  std::optional<Error> failure_;

  std::mutex mutex_;  // guards:
  std::condition_variable ended_;
  std::size_t running_;
};

Result<Measured> Claims::run(std::chrono::microseconds time, const std::int64_t& batches) {
  const auto started = SteadyClock::now();
  end_ = started + time;
  for (Submission& submission : submissions_) submit(submission);
  ledger_.start();
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return running_ == 0; });
  if (failure_) return *failure_;
  measured_.seconds = std::chrono::duration<double>(SteadyClock::now() - started).count();
  measured_.batches = batches;
  return measured_;
}

}  // namespace
}  // namespace scrip::cli
