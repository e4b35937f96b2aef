#include "cli/load_run.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <queue>
#include <random>
#include <thread>
#include <unordered_set>
#include <utility>

#include "ops/clock.h"

namespace scrip::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t most_threads = 256;

// Different for every run, also for those that start at once.
std::string run_name() {
  std::random_device random;
  const std::uint64_t number = (std::uint64_t{random()} << 32) | random();
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name = "load-";
  for (int shift = 60; shift >= 0; shift -= 4) name += digits[(number >> shift) & 15];
  return name;
}

struct Campaign {
  std::string id;
  std::atomic<bool> exhausted{false};
};

struct User {
  std::string id;
  std::size_t campaign = 0;  // the one it is busy with
  bool looks_next = false;   // it has claimed, and looks at the campaign next
  SteadyClock::time_point due;
};

struct IsLater {
  bool operator()(const User* a, const User* b) const { return a->due > b->due; }
};

// What one thread has seen.
struct Seen {
  LoadCalls issue, get;
  Latencies latencies;
  SteadyClock::time_point last;                            // when its last call had been answered
  std::vector<std::pair<std::size_t, std::string>> codes;  // campaign, code
};

}  // namespace

class LoadRun::Impl {
 public:
  explicit Impl(const LoadPlan& plan)
      : plan_(plan),
        allowed_(plan.users * 3 / 4),
        name_(run_name()),
        campaigns_(static_cast<std::size_t>(plan.campaigns)) {}
  ~Impl() { stop(); }

  Result<void> make_campaigns();
  Result<void> start();
  void stop();
  LoadReport finish();

  LoadProgress progress() const {
    return {.requests = requests_.load(std::memory_order_relaxed),
            .issued = issued_.load(std::memory_order_relaxed),
            .allowed = allowed_ * plan_.campaigns,
            .exhausted = exhausted_.load(std::memory_order_relaxed)};
  }
  bool exhausted() const { return exhausted_.load(std::memory_order_relaxed) == plan_.campaigns; }

 private:
  void work(LoadWire& wire, std::vector<User*> users, Seen& seen);
  bool pause_until(SteadyClock::time_point due);
  bool choose_campaign(User& user) const;
  void call(LoadWire& wire, User& user, Seen& seen);
  void mark_exhausted(Campaign& campaign);
  LoadedCampaign check(std::size_t number, LoadWire& wire) const;

  const LoadPlan plan_;
  const std::int64_t allowed_;  // of each campaign
  const std::string name_;
  std::deque<Campaign> campaigns_;
  std::deque<User> users_;
  std::deque<Seen> seen_;
  std::vector<std::unique_ptr<LoadWire>> wires_;
  std::vector<std::thread> threads_;
  SteadyClock::time_point started_;
  std::atomic<std::int64_t> requests_{0}, issued_{0}, exhausted_{0};
  std::mutex mutex_;  // guards:
  std::condition_variable told_to_stop_;
  bool stopping_ = false;
};

Result<void> LoadRun::Impl::make_campaigns() {
  auto wire = LoadWire::open(plan_.target);
  if (!wire) return wire.error();
  for (std::size_t i = 0; i < campaigns_.size(); ++i) {
    campaigns_[i].id = name_ + "-" + std::to_string(i + 1);
    const LoadCampaign campaign{
        .id = campaigns_[i].id, .total = allowed_, .first_day = plan_.first_day, .last_day = plan_.last_day};
    if (auto made = (*wire)->create(campaign); !made) return made;
  }
  return {};
}

Result<void> LoadRun::Impl::start() {
  started_ = SteadyClock::now();
  // Who thinks does not come at the same instant as all others.
  std::mt19937_64 random(std::random_device{}());
  std::uniform_int_distribution<std::int64_t> arrival(0, plan_.think_to.count());
  for (std::int64_t i = 0; i < plan_.users; ++i) {
    users_.push_back({.id = name_ + "-user-" + std::to_string(i + 1),
                      .campaign = static_cast<std::size_t>(i % plan_.campaigns),
                      .looks_next = false,
                      .due = started_ + std::chrono::microseconds(arrival(random))});
  }
  // Users are dealt out to the threads; each of those takes its own in turn.
  const auto count = static_cast<std::size_t>(std::min(plan_.users, most_threads));
  std::vector<std::vector<User*>> dealt(count);
  for (std::size_t i = 0; i < users_.size(); ++i) dealt[i % count].push_back(&users_[i]);
  seen_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto wire = LoadWire::open(plan_.target);
    if (!wire) return wire.error();
    wires_.push_back(std::move(*wire));
  }
  for (std::size_t i = 0; i < count; ++i) {
    threads_.emplace_back([this, i, users = std::move(dealt[i])] { work(*wires_[i], users, seen_[i]); });
  }
  return {};
}

void LoadRun::Impl::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  told_to_stop_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void LoadRun::Impl::work(LoadWire& wire, std::vector<User*> users, Seen& seen) {
  const bool thinks = plan_.think_to.count() > 0;
  std::mt19937_64 random(std::random_device{}());
  std::uniform_int_distribution<std::int64_t> think_us(plan_.think_from.count(), plan_.think_to.count());
  std::priority_queue<User*, std::vector<User*>, IsLater> waiting(IsLater(), std::move(users));
  for (;;) {
    User& user = *waiting.top();
    waiting.pop();
    if (!pause_until(user.due) || !choose_campaign(user)) return;
    call(wire, user, seen);
    if (thinks) {
      user.due = SteadyClock::now() + std::chrono::microseconds(think_us(random));
    } else if (!user.looks_next) {
      user.due = SteadyClock::now();  // its turn is over; until then it stays the first
    }
    waiting.push(&user);
  }
}

// False when the run is to end.
bool LoadRun::Impl::pause_until(SteadyClock::time_point due) {
  std::unique_lock lock(mutex_);
  return !told_to_stop_.wait_until(lock, due, [this] { return stopping_; });
}

// The next campaign from the user's own that still has coupons; false: none has.
bool LoadRun::Impl::choose_campaign(User& user) const {
  if (user.looks_next) return true;
  for (std::size_t i = 0; i < campaigns_.size(); ++i) {
    if (!campaigns_[user.campaign].exhausted.load(std::memory_order_relaxed)) return true;
    user.campaign = (user.campaign + 1) % campaigns_.size();
  }
  return false;
}

void LoadRun::Impl::call(LoadWire& wire, User& user, Seen& seen) {
  Campaign& campaign = campaigns_[user.campaign];
  const bool looks = std::exchange(user.looks_next, !user.looks_next);
  const auto began = SteadyClock::now();
  LoadAnswer answer = looks ? wire.get(campaign.id) : wire.issue(campaign.id, user.id);
  seen.last = SteadyClock::now();
  seen.latencies.add(std::chrono::duration_cast<std::chrono::microseconds>(seen.last - began));
  (looks ? seen.get : seen.issue).count(answer);
  requests_.fetch_add(1, std::memory_order_relaxed);
  if (answer.sold_out) mark_exhausted(campaign);
  if (looks) {
    user.campaign = (user.campaign + 1) % campaigns_.size();
  } else if (answer.ok()) {
    seen.codes.emplace_back(user.campaign, std::move(answer.code));
    issued_.fetch_add(1, std::memory_order_relaxed);
  } else if (answer.failure == no_answer) {
    // Whoever is not there is not asked again at once.
    pause_until(SteadyClock::now() + std::chrono::milliseconds(100));
  }
}

void LoadRun::Impl::mark_exhausted(Campaign& campaign) {
  if (!campaign.exhausted.exchange(true)) exhausted_.fetch_add(1, std::memory_order_relaxed);
}

// Without what we have been given.
LoadedCampaign LoadRun::Impl::check(std::size_t number, LoadWire& wire) const {
  const Campaign& campaign = campaigns_[number];
  LoadedCampaign loaded{.id = campaign.id, .allowed = allowed_, .server = {}, .exhausted = campaign.exhausted};
  if (const auto count = wire.count(campaign.id)) {
    loaded.server = *count;
    loaded.server_counted = true;
  }
  return loaded;
}

LoadReport LoadRun::Impl::finish() {
  stop();
  SteadyClock::time_point last = started_;
  for (const Seen& seen : seen_) last = std::max(last, seen.last);
  LoadReport report{.protocol = plan_.target.protocol,
                    .users = plan_.users,
                    .seconds = std::chrono::duration<double>(last - started_).count(),
                    .ended = {}};
  for (std::size_t i = 0; i < campaigns_.size(); ++i) report.campaigns.push_back(check(i, *wires_.front()));
  std::unordered_set<std::string> known;
  for (Seen& seen : seen_) {
    report.issue.add(seen.issue);
    report.get.add(seen.get);
    report.latencies.add(seen.latencies);
    for (auto& [campaign, code] : seen.codes) {
      ++report.campaigns[campaign].issued;
      if (!known.insert(std::move(code)).second) ++report.campaigns[campaign].twice;
    }
  }
  return report;
}

Result<LoadRun> LoadRun::start(const LoadPlan& plan) {
  auto impl = std::make_unique<Impl>(plan);
  if (auto made = impl->make_campaigns(); !made) return made.error();
  if (auto started = impl->start(); !started) return started.error();
  return LoadRun(std::move(impl));
}

LoadRun::LoadRun(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LoadRun::LoadRun(LoadRun&&) noexcept = default;
LoadRun& LoadRun::operator=(LoadRun&&) noexcept = default;
LoadRun::~LoadRun() = default;

LoadProgress LoadRun::progress() const {
  return impl_->progress();
}
bool LoadRun::exhausted() const {
  return impl_->exhausted();
}
LoadReport LoadRun::finish() {
  return impl_->finish();
}

}  // namespace scrip::cli
