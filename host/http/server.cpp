#include "http/server.h"

#include <sys/resource.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "http/handler_exchange.h"
#include "http/listener.h"
#include "http/loop.h"
#include "http/protocol.h"
#include "http/refusal_exchange.h"
#include "http/request_ids.h"
#include "http/workers.h"

namespace scrip::http {
namespace {

// Beside connections: the database, the log, the listening socket.
constexpr std::size_t other_files = 1024;

Result<void> allow_open_files(std::size_t count) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count) return {};
  limit.rlim_cur = std::min<rlim_t>(count, limit.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  return {Code::internal, "cannot raise the limit of open files"};
}

// Nothing on a loop may wait for the rest of a body, nor read through a large one.
bool runs_on_loop(const Connection& connection) {
  const Incoming& incoming = *connection.incoming;
  const Route* const route = incoming.match.route;
  const bool whole = incoming.head.framing == Framing::none || incoming.gather > 0;
  return whole && (!route || route->on_loop);
}

}  // namespace

class Server::Impl final : public Arrivals {
 public:
  Impl(Router router, Authenticate authenticate, ServerLimits limits, ServerEvents events)
      : router_(std::move(router)),
        authenticate_(std::move(authenticate)),
        limits_(limits),
        events_(std::move(events)),
        workers_(limits.workers, limits.in_flight, limits.queued) {}

  ~Impl() override { stop(std::chrono::seconds(30)); }

  Result<int> listen(const std::string& address);
  Result<void> start();
  void stop(std::chrono::milliseconds grace);

  std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }
  std::size_t in_flight() const { return sum(&Loop::running) + workers_.running(); }
  std::size_t queued() const { return sum(&Loop::waiting) + workers_.waiting(); }

  std::optional<Refusal> take_head(Connection& connection, std::string head) override;
  bool answer(Loop& loop, Connection& connection) override;
  std::string refusal(Connection& connection, const Refusal& why, bool keep_alive) override;
  void trouble(const std::string& what) override {
    if (events_.trouble) events_.trouble(what);
  }

 private:
  std::size_t sum(std::size_t (Loop::*count)() const) const;

  const Router router_;
  const Authenticate authenticate_;
  const ServerLimits limits_;
  const ServerEvents events_;
  std::atomic<bool> stopping_{false};
  const ExchangeRules rules_{authenticate_, limits_, events_, stopping_};
  std::atomic<std::size_t> connections_{0};
  Protocol protocol_;
  RequestIds request_ids_;
  Listener listener_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
  Workers workers_;
};

std::size_t Server::Impl::sum(std::size_t (Loop::*count)() const) const {
  std::size_t total = 0;
  for (const auto& loop : loops_) total += (*loop.*count)();
  return total;
}

Result<int> Server::Impl::listen(const std::string& address) {
  auto listener = listen_on(address);
  if (!listener) return std::move(listener.error());
  listener_ = std::move(*listener);
  return listener_.port;
}

Result<void> Server::Impl::start() {
  if (auto allowed = allow_open_files(limits_.connections + other_files); !allowed) return allowed;
  for (std::size_t i = 0; i < std::max<std::size_t>(limits_.loops, 1); ++i) {
    auto loop = std::make_unique<Loop>(limits_, *this, connections_);
    if (auto opened = loop->open(listener_.socket.get()); !opened) return opened;
    loops_.push_back(std::move(loop));
  }
  if (auto started = workers_.start(); !started) return started;
  for (const auto& loop : loops_) threads_.emplace_back([&loop] { loop->run(); });
  return {};
}

void Server::Impl::stop(std::chrono::milliseconds grace) {
  stopping_ = true;
  for (const auto& loop : loops_) loop->stop(grace);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  workers_.stop();  // before the loops end: the last exchange may still be leaving give_back()
  loops_.clear();
  listener_ = Listener();
}

std::optional<Refusal> Server::Impl::take_head(Connection& connection, std::string head) {
  auto read = read_incoming(std::move(head), router_);
  if (auto* const refusal = std::get_if<Refusal>(&read)) return std::move(*refusal);
  connection.incoming = std::move(std::get<std::unique_ptr<Incoming>>(read));
  connection.incoming->request_id = request_ids_.next();
  return std::nullopt;
}

bool Server::Impl::answer(Loop& loop, Connection& connection) {
  const Incoming& incoming = *connection.incoming;
  const Route* const route = incoming.match.route;
  Task task{.run =
                [this, &connection] {
                  const auto after = HandlerExchange(connection, rules_).run(protocol_);
                  connection.loop->give_back(connection, after);
                },
            .urgency = route && route->claim ? Urgency::claim : Urgency::other};
  return runs_on_loop(connection) ? loop.submit(std::move(task)) : workers_.submit(std::move(task));
}

std::string Server::Impl::refusal(Connection& connection, const Refusal& why, bool keep_alive) {
  const Incoming* const incoming = connection.incoming.get();
  Request request;
  request.remote_address = connection.remote_address;
  request.request_id = incoming ? incoming->request_id : request_ids_.next();
  Protocol::RequestLine line;
  if (incoming) {
    request.method = incoming->head.method;
    request.path = incoming->target.path;
    line.http_1_0 = incoming->head.http_1_0;
    line.head = request.method == Method::head;
  }
  const Route* const route = incoming ? incoming->match.route : nullptr;
  Response response = route && route->refuse ? route->refuse(why.error) : Response::problem(why.error, why.status);
  const int status = response.status;
  RefusalExchange exchange(std::move(response), request.request_id, keep_alive);
  std::string bytes = exchange.render(protocol_, line);
  if (events_.answered) {
    const auto took = incoming ? std::chrono::steady_clock::now() - incoming->began : std::chrono::nanoseconds(0);
    events_.answered(request, route ? route->pattern : std::string(), status,
                     std::chrono::duration_cast<std::chrono::microseconds>(took));
  }
  return bytes;
}

Server::Server(Router router, Authenticate authenticate, ServerLimits limits, ServerEvents events)
    : impl_(std::make_unique<Impl>(std::move(router), std::move(authenticate), limits, std::move(events))) {}

Server::~Server() = default;

Result<int> Server::listen(const std::string& address) {
  return impl_->listen(address);
}
Result<void> Server::start() {
  return impl_->start();
}
void Server::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}
std::size_t Server::connections() const {
  return impl_->connections();
}
std::size_t Server::in_flight() const {
  return impl_->in_flight();
}
std::size_t Server::queued() const {
  return impl_->queued();
}

}  // namespace scrip::http
