#include "cli/node.h"

#include <unistd.h>

#include <atomic>
#include <utility>

#include "cli/data_directory.h"
#include "cli/events.h"
#include "cli/notice.h"
#include "cli/open_store.h"
#include "cli/watcher.h"
#include "compat/compat.h"
#include "http/bearer.h"
#include "http/host_port.h"
#include "jobs/import.h"
#include "jobs/worker.h"
#include "lua/compile.h"
#include "ops/log.h"
#include "web/pages.h"

namespace scrip::cli {
namespace {

std::string url_of(std::string host, int port) {
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(port);
}

// Where a client on this machine finds a server that listens on all addresses.
std::string reachable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

}  // namespace

// Members are destroyed in the opposite order: what uses another stands below it.
class Node::Impl {
 public:
  Impl(NodeOptions options, DataDirectory data)
      : options_(std::move(options)), data_(std::move(data)), own_clock_(options_.clock_shift) {}
  ~Impl() { stop(); }

  Result<void> start();
  void start_jobs();
  void stop();

  const std::string& url() const { return url_; }
  Reload& reload() { return *reload_; }
  Ledger& ledger() { return *ledger_; }
  Store& store() { return *store_; }
  const http::Tokens& tokens() const { return *tokens_; }
  jobs::Reminders& reminders() { return *reminders_; }
  jobs::Deliveries& deliveries() { return *deliveries_; }

 private:
  const Clock& clock() const { return options_.clock ? *options_.clock : own_clock_; }
  std::filesystem::path secret_file() const { return options_.secret_file.value_or(data_.secret()); }

  Result<void> open();
  Result<void> activate_policies();
  Result<void> listen();
  Result<void> watch();
  void follow_other_nodes();
  void end_imports_of_others();
  void reload_if_changed();
  void watch_gauges();
  Result<void> make_jobs();
  void changed(const Changes& changes);
  void told(const Event& event);

  NodeOptions options_;
  const DataDirectory data_;
  const SystemClock own_clock_;
  const SystemClock machine_clock_;
  http::FileDescriptor lock_;
  Metrics metrics_;
  Events events_{metrics_};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ledger> ledger_;
  std::optional<jobs::Reminders> reminders_;
  std::optional<jobs::Deliveries> deliveries_;
  std::unique_ptr<jobs::Worker> reminding_;
  std::unique_ptr<jobs::Worker> delivering_;
  std::atomic<bool> working_{false};  // both are there
  std::optional<Reload> reload_;
  std::string stamp_;  // of the policies that were tried last; the watcher's once it runs
  Judges judges_;
  std::optional<CompiledRevisions> revisions_;
  std::optional<http::Tokens> tokens_;
  std::optional<http::PasswordPool> passwords_;
  std::optional<http::RateLimit> sign_in_by_address_;
  std::optional<http::RateLimit> sign_in_by_login_;
  std::optional<jobs::Replays> replays_;
  std::optional<Shadow> shadow_;
  std::optional<api::Service> service_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
  std::unique_ptr<Watcher> watcher_;
  std::unique_ptr<jobs::Worker> following_;
  std::int64_t refused_revision_ = 0;  // by following_'s thread alone, as the next
  std::chrono::steady_clock::time_point end_imports_next_{};
};

Result<void> Node::Impl::start() {
  if (!is_zone(options_.timezone)) return invalid_field("timezone", "'" + options_.timezone + "' is no IANA time zone");
  if (auto opened = open(); !opened) return opened;
  if (auto activated = activate_policies(); !activated) return activated;
  if (auto listening = listen(); !listening) return listening;
  if (options_.watch) {
    if (auto watching = watch(); !watching) return watching;
  }
  if (store_->shared()) follow_other_nodes();
  log(LogLevel::info, "serving", {{"url", url_}, {"data", data_.path().string()}, {"version", SCRIP_VERSION}});
  if (options_.clock_shift != 0) {
    log(LogLevel::warn, "the coupons' clock is not the real one",
        {{"clock", format_instant(clock().now())}, {"shift_s", options_.clock_shift / second}});
  }
  return {};
}

Result<void> Node::Impl::open() {
  auto lock = data_.lock();
  if (!lock) return lock.error();
  lock_ = std::move(*lock);
  auto secret = http::Tokens::load_or_make_secret(secret_file());
  if (!secret) return secret.error();
  tokens_.emplace(std::move(*secret));
  auto store = open_store(options_.store, data_.database());
  if (!store) return store.error();
  store_ = std::move(*store);
  options_.ledger.default_timezone = options_.timezone;
  if (options_.webhook) {
    for (const EventKind kind :
         {EventKind::coupon_issued, EventKind::coupon_redeemed, EventKind::coupon_cancelled, EventKind::audit}) {
      if (options_.webhook->kinds.has(kind)) options_.ledger.claim_events = options_.ledger.claim_events.with(kind);
    }
  }
  LedgerEvents events = events_.for_ledger();
  events.changed = [this](const Changes& changes) { changed(changes); };
  shadow_.emplace(*store_, ShadowOptions{.decided = [this](ShadowOf of, std::string_view outcome) {
    metrics_.shadowed(name(of), outcome);
  }});
  auto ledger = Ledger::open(*store_, clock(), options_.ledger, std::move(events));
  if (!ledger) return ledger.error();
  ledger_ = std::move(*ledger);
  if (auto made = make_jobs(); !made) return made;
  ledger_->start();
  return jobs::end_abandoned_imports(*store_, *ledger_);
}

Result<void> Node::Impl::make_jobs() {
  std::unique_ptr<jobs::Webhook> webhook;
  if (options_.webhook) {
    auto opened = jobs::Webhook::open(*options_.webhook);
    if (!opened) return opened.error();
    webhook = std::move(*opened);
  }
  reminders_.emplace(*ledger_, *store_, clock());
  deliveries_.emplace(
      *ledger_, *store_, machine_clock_, clock(), std::move(webhook), options_.deliveries,
      jobs::DeliveryEvents{.told = [this](const Event& event) { told(event); }, .attempted = events_.for_deliveries()});
  return {};
}

void Node::Impl::start_jobs() {
  using std::chrono::milliseconds;
  delivering_ = std::make_unique<jobs::Worker>(
      [this] {
        log_deliveries(deliveries_->round());
        return milliseconds(1'000);
      },
      [this] { deliveries_->interrupt(); });
  reminding_ = std::make_unique<jobs::Worker>(
      [this] {
        log_reminders(reminders_->pass());
        return milliseconds(1'000);
      },
      [this] { reminders_->interrupt(); });
  working_.store(true, std::memory_order_release);
}

void Node::Impl::changed(const Changes& changes) {
  reminders_->changed(changes);
  if (changes.activation) shadow_->follow(*ledger_->policies()->set);
  shadow_->offer(changes.decisions);
  if (!changes.events.empty() && working_.load(std::memory_order_acquire)) delivering_->wake();
}

void Node::Impl::told(const Event& event) {
  if (event.kind == EventKind::campaign_sold_out) {
    log(LogLevel::info, "a campaign is sold out", {{"event", event.public_id()}, {"data", event.data}});
  }
  if (event.kind != EventKind::coupon_expiring) return;
  const Notice notice = notice_of(event);
  log(LogLevel::info, notice.text, {{"event", event.public_id()}, {"user", notice.user_id}, {"code", notice.code}});
  if (options_.notice) options_.notice(notice_line(notice));
}

Result<void> Node::Impl::activate_policies() {
  reload_.emplace(*ledger_, *store_, Reload::Sources{options_.scripts, options_.plugins}, &compile, options_.policy,
                  [this](bool ok) { metrics_.reloaded(ok); });
  stamp_ = reload_->disk_stamp();
  const auto attempt = reload_->at_start();
  if (!attempt) return attempt.error();
  if (const std::string why = reload_->degraded(); !why.empty()) {
    if (reload_->last().ok) {
      log(LogLevel::warn, why);
    } else {
      log_reload(reload_->last());
    }
  }
  log_reload(attempt);
  return {};
}

Result<void> Node::Impl::listen() {
  passwords_.emplace(options_.password_cost);
  // A whole office, or a crowd behind one proxy, has one address; a login is one person.
  sign_in_by_address_.emplace(options_.sign_ins_at_once * 10, options_.sign_in_interval / 10);
  sign_in_by_login_.emplace(options_.sign_ins_at_once, options_.sign_in_interval);
  replays_.emplace(*store_, [this] { return events_.commands(); });
  revisions_.emplace(&compile_untested, options_.policy);
  service_.emplace(api::Service{.ledger = *ledger_,
                                .store = *store_,
                                .reload = *reload_,
                                .judges = judges_,
                                .replays = *replays_,
                                .shadow = *shadow_,
                                .compile_untested = &compile_untested,
                                .policy_limits = options_.policy,
                                .revisions = *revisions_,
                                .clock = clock(),
                                .clock_shift = options_.clock_shift,
                                .tokens = *tokens_,
                                .passwords = *passwords_,
                                .sign_in_by_address = *sign_in_by_address_,
                                .sign_in_by_login = *sign_in_by_login_,
                                .metrics = metrics_,
                                .default_timezone = options_.timezone});
  http::Router router;
  api::add_routes(router, *service_);
  if (options_.compat) {
    // Before anybody else can take their numbers.
    compat::make_campaigns(*service_);
    compat::add_compat_routes(router, *service_, {.open_rpc = options_.open_rpc});
  }
  web::add_routes(router, web::built_assets());
  server_ = std::make_unique<http::Server>(std::move(router), http::bearer_or_cookie(*tokens_), options_.http,
                                           events_.for_server());
  const auto port = server_->listen(options_.listen);
  if (!port) return port.error();
  const std::string host = http::parse_host_port(options_.listen)->host;
  url_ = url_of(host, *port);
  watch_gauges();
  if (auto started = server_->start(); !started) return started;
  return data_.publish({.url = url_of(reachable(host), *port),
                        .pid = ::getpid(),
                        .secret_file = std::filesystem::absolute(secret_file())});
}

void Node::Impl::watch_gauges() {
  metrics_.watch_queue_length([this] { return static_cast<double>(ledger_->queue_length()); });
  metrics_.watch_outbox_pending([this] { return static_cast<double>(deliveries_->pending()); });
  metrics_.watch_connections([this] { return static_cast<double>(server_->connections()); });
  metrics_.watch_requests_in_flight([this] { return static_cast<double>(server_->in_flight()); });
  metrics_.watch_requests_queued([this] { return static_cast<double>(server_->queued()); });
}

Result<void> Node::Impl::watch() {
  auto watcher = Watcher::start({options_.scripts, options_.plugins}, [this] { reload_if_changed(); });
  if (!watcher) return watcher.error();
  watcher_ = std::move(*watcher);
  return {};
}

// The policies that another node has put in force.
void Node::Impl::follow_other_nodes() {
  following_ = std::make_unique<jobs::Worker>(
      [this] {
        end_imports_of_others();
        const auto active = ledger_->policies();
        const bool same = active && active->number == ledger_->active_revision();
        if (same || refused_revision_ == ledger_->active_revision()) return std::chrono::milliseconds(200);
        const std::int64_t wanted = ledger_->active_revision();
        const auto attempt = reload_->follow();
        log_reload(attempt);
        // One that cannot run here is not tried again and again.
        if (attempt && !attempt->ok) refused_revision_ = wanted;
        return std::chrono::milliseconds(200);
      },
      [] {});
}

// Those of nodes that have died. What cannot be done now is tried again; another node may have been faster.
void Node::Impl::end_imports_of_others() {
  const auto now = std::chrono::steady_clock::now();
  if (now < end_imports_next_) return;
  end_imports_next_ = now + std::chrono::seconds(5);
  static_cast<void>(jobs::end_abandoned_imports(*store_, *ledger_));
}

void Node::Impl::reload_if_changed() {
  // Taken before the files are read: what changes meanwhile makes another stamp next time.
  const std::string stamp = reload_->disk_stamp();
  if (stamp == stamp_) return;
  const auto attempt = reload_->from_disk({.by = "watch", .origin = PolicyOrigin::watch});
  log_reload(attempt);
  if (attempt) stamp_ = stamp;
}

void Node::Impl::stop() {
  if (!lock_) return;
  watcher_.reset();
  if (following_) following_->stop();
  if (server_) server_->stop();
  replays_.reset();
  if (reminding_) reminding_->stop();
  if (delivering_) delivering_->stop();
  if (ledger_) ledger_->stop();
  shadow_.reset();
  if (store_) {
    if (const auto written = store_->checkpoint(); !written) {
      log(LogLevel::warn, "the database's log was not written back", {{"why", written.error().message}});
    }
  }
  data_.withdraw();
  lock_ = {};
}

Result<std::unique_ptr<Node>> Node::start(NodeOptions options) {
  auto data = DataDirectory::make(options.data);
  if (!data) return data.error();
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*data));
  if (auto started = impl->start(); !started) return started.error();
  return std::unique_ptr<Node>(new Node(std::move(impl)));
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;

const std::string& Node::url() const {
  return impl_->url();
}
Reload& Node::reload() {
  return impl_->reload();
}
Ledger& Node::ledger() {
  return impl_->ledger();
}
Store& Node::store() {
  return impl_->store();
}
jobs::Reminders& Node::reminders() {
  return impl_->reminders();
}
void Node::start_jobs() {
  impl_->start_jobs();
}
jobs::Deliveries& Node::deliveries() {
  return impl_->deliveries();
}
const http::Tokens& Node::tokens() const {
  return impl_->tokens();
}
void Node::stop() {
  impl_->stop();
}

}  // namespace scrip::cli
