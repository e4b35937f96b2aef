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
  double seconds = 5;
  int in_flight = 256;
  LedgerOptions ledger{.keep_decisions = 30 * day};
  bool refused = false;
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
  std::uintmax_t file_bytes = 0;  // of the database afterwards
  double record_bytes = 0;        // of a decision, the mean of the latest

  double claims_per_second() const { return static_cast<double>(claims) / seconds; }
  double refusals_per_second() const { return static_cast<double>(refused) / seconds; }
  double batch_mean() const {
    return batches ? static_cast<double>(claims + refused) / static_cast<double>(batches) : 0;
  }
};

// Keeps a number of claims under way: each is submitted again, for another user, by the ledger
// when it is durable, so nothing but the ledger itself is measured.
class Claims {
 public:
  Claims(Ledger& ledger, std::int64_t campaign, const BenchArguments& given)
      : ledger_(ledger),
        campaign_(campaign),
        users_(given.refused ? 1 : 10'000'000),
        submissions_(static_cast<std::size_t>(given.in_flight)),
        running_(submissions_.size()) {}

  Result<Measured> run(double seconds, const std::atomic<std::int64_t>& batches);

 private:
  void prepare(Submission& submission) {
    submission = Submission{};
    submission.command =
        Issue{.campaign = campaign_, .user_id = "user-" + std::to_string(random_() % users_), .subject = std::nullopt};
    submission.actor = {.subject = "bench", .role = Role::service};
    submission.waiter = this;
    submission.done = [](Submission& done) { static_cast<Claims*>(done.waiter)->count(done); };
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
      prepare(submission);
      ledger_.submit(submission);
      return;
    }
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) ended_.notify_one();
  }

  Ledger& ledger_;
  const std::int64_t campaign_;
  const std::uint64_t users_;
  std::vector<Submission> submissions_;
  // Of whichever thread the ledger answers on, one at a time, once the first claim is submitted.
  std::mt19937_64 random_{20'261'121};
  SteadyClock::time_point end_;
  Measured measured_;
  std::optional<Error> failure_;

  std::mutex mutex_;  // guards:
  std::condition_variable ended_;
  std::size_t running_;
};

Result<Measured> Claims::run(double seconds, const std::atomic<std::int64_t>& batches) {
  const auto started = SteadyClock::now();
  end_ = started + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
  for (Submission& submission : submissions_) prepare(submission);
  for (Submission& submission : submissions_) ledger_.submit(submission);
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return running_ == 0; });
  if (failure_) return *failure_;
  measured_.seconds = std::chrono::duration<double>(SteadyClock::now() - started).count();
  measured_.batches = batches;
  return measured_;
}

Result<std::shared_ptr<const PolicySet>> compile_policy(const std::filesystem::path& plugins) {
  std::vector<PolicyFile> files;
  for (PolicyFile& file : read_policy_files(plugins, plugins).files) {
    if (kind_of(file) == PolicyFileKind::plugin) files.push_back(std::move(file));
  }
  files.push_back({"scripts/bench.lua", std::string(policy_text)});
  const CompiledSet compiled = compile(std::move(files), {});
  if (!compiled.set) return {Code::invalid_policy, to_string(compiled.errors.front())};
  return compiled.set;
}

Result<std::int64_t> make_campaign(Ledger& ledger, const std::filesystem::path& plugins) {
  auto set = compile_policy(plugins);
  if (!set) return set.error();
  const Actor actor{.subject = "bench", .role = Role::operator_};
  Submission activation{.command = ActivatePolicies{.set = *set, .accepted_by = "bench"}, .actor = actor};
  ledger.execute(activation);
  if (activation.outcome.error) return *activation.outcome.error;
  Campaign campaign;
  campaign.id = "bench";
  campaign.policy = "bench";
  campaign.total = 1'000'000'000;
  campaign.pattern = "####-####-####-####";
  Submission creation{.command = CreateCampaign{campaign}, .actor = actor};
  ledger.execute(creation);
  if (creation.outcome.error) return *creation.outcome.error;
  return creation.outcome.campaign.campaign->number;
}

// What the latest decisions take, without what a block of them has in common.
Result<double> mean_record(Store& store) {
  constexpr std::int64_t looked_at = 10'000;
  const auto last = store.last_decision();
  if (!last) return last.error();
  auto reader = store.reader();
  if (!reader) return reader.error();
  const auto rows = (*reader)->decisions_between(*last - looked_at, *last, std::nullopt);
  if (!rows) return rows.error();
  std::size_t bytes = 0;
  for (const DecisionRow& row : *rows) bytes += row.record.size();
  return rows->empty() ? 0.0 : static_cast<double>(bytes) / static_cast<double>(rows->size());
}

Result<Measured> measure(const BenchArguments& given) {
  const auto folder = ScratchFolder::make(given.folder);
  if (!folder) return folder.error();
  const auto store = open_sqlite(folder->path() / "scrip.db");
  if (!store) return store.error();
  std::atomic<std::int64_t> batches = 0;
  LedgerEvents events;
  events.committed = [&batches](std::size_t, std::int64_t, std::int64_t) { ++batches; };
  const SystemClock clock;
  auto ledger = Ledger::open(**store, clock, given.ledger, std::move(events));
  if (!ledger) return ledger.error();
  (*ledger)->start();
  const auto campaign = make_campaign(**ledger, given.plugins);
  if (!campaign) return campaign.error();
  // The ledger has committed for these two, and rests now.
  const std::int64_t before = batches;
  Claims claims(**ledger, *campaign, given);
  auto measured = claims.run(given.seconds, batches);
  (*ledger)->stop();
  if (!measured) return measured;
  measured->batches -= before;
  const auto record = mean_record(**store);
  if (!record) return record.error();
  measured->record_bytes = *record;
  if (auto written = (*store)->checkpoint(); !written) return written.error();
  std::error_code unknown;
  measured->file_bytes = std::filesystem::file_size(folder->path() / "scrip.db", unknown);
  return measured;
}

int engine(const BenchArguments& given) {
  const auto measured = measure(given);
  if (!measured) return fail(measured.error());
  if (given.json) {
    return print(nlohmann::ordered_json{{"claims_per_second", measured->claims_per_second()},
                                        {"claims", measured->claims},
                                        {"refused", measured->refused},
                                        {"refusals_per_second", measured->refusals_per_second()},
                                        {"seconds", measured->seconds},
                                        {"batch_mean", measured->batch_mean()},
                                        {"record_bytes", measured->record_bytes},
                                        {"file_bytes", measured->file_bytes}}
                     .dump() +
                 "\n");
  }
  const auto whole = [](double value) { return std::to_string(static_cast<std::int64_t>(value)); };
  const std::string rate = given.refused ? whole(measured->refusals_per_second()) + " claims refused a second, "
                                         : whole(measured->claims_per_second()) + " durable claims a second, ";
  return print(rate + whole(measured->batch_mean()) + " in a commit; a decision's record takes " +
               whole(measured->record_bytes) + " bytes\n");
}

}  // namespace

int bench(int argc, char** argv) {
  CLI::App command("Measure this machine", "scrip bench");
  command.require_subcommand(1);
  BenchArguments given;
  CLI::App& measuring = *command.add_subcommand("engine", "Claims in this process: policy, SQLite and fsync, no HTTP");
  measuring.add_option("--data", given.folder, "Where to put the database meanwhile")
      ->type_name("DIR")
      ->capture_default_str();
  measuring.add_option("--plugins", given.plugins, "Where the rules are")->type_name("DIR")->capture_default_str();
  measuring.add_option("--seconds", given.seconds, "How long")
      ->check(CLI::Range(0.1, 3'600.0).description(""))
      ->type_name("N")
      ->capture_default_str();
  measuring.add_option("--in-flight", given.in_flight, "Claims that are under way at once")
      ->check(CLI::Range(1, 16'384).description(""))
      ->type_name("N")
      ->capture_default_str();
  add_keep_decisions(measuring, given.ledger.keep_decisions);
  measuring.add_flag("--refused", given.refused, "All claims are one user's, and refused but for the first");
  measuring
      .add_option("--record-refusals", given.ledger.recorded_refusals,
                  "Refusals of one kind that are recorded in a second; the others are counted")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}).description(""))
      ->type_name("N")
      ->capture_default_str();
  add_json(measuring, given.json);
  if (const auto status = parse(command, argc, argv)) return *status;
  return engine(given);
}

}  // namespace scrip::cli
