// Clients that a server has to bear beside those it works for.
//
//   bench_crowd hold PORT IDLE SLOW    keeps IDLE connections open that have asked once and then keep
//                                      quiet, and SLOW ones that send a byte a second: half of them of
//                                      a request's head, half of a body. Prints "ready" when all stand,
//                                      holds them until SIGTERM, and prints how many the server has cut,
//                                      each of which was opened anew. Reads the token for the
//                                      bodies' heads from the environment: SCRIP_BENCH_TOKEN.
//   bench_crowd burst PORT COUNT       connects COUNT times within a tenth of a second, asks each for
//                                      one answer, and prints how many got it and how long that took.
//
// One thread and one epoll: it must cost the server's machine as little as it can.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds between_bytes{1'000};
constexpr milliseconds burst_time{100};
constexpr milliseconds patience{10'000};

volatile sig_atomic_t told_to_stop = 0;

const std::string short_request = "GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n";

std::string slow_head() {
  return "POST /api/v1/campaigns/bench/issue HTTP/1.1\r\nHost: bench\r\nX-Slow: " + std::string(4'000, 'x') +
         "\r\n\r\n";
}

std::string head_of_slow_body() {
  const char* token = std::getenv("SCRIP_BENCH_TOKEN");
  return "POST /api/v1/campaigns/bench/issue HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
         "Content-Length: 4000\r\nAuthorization: Bearer " +
         std::string(token ? token : "") + "\r\n\r\n";
}

// What a connection is there for.
enum class Part { idle, slow_head, slow_body, burst };

struct Connection {
  Part part = Part::idle;
  int socket = -1;
  std::string request;
  std::size_t sent = 0;
  std::size_t at_once = 0;  // so many bytes of the request go without waiting
  Clock::time_point next_byte;
  std::string answer;  // its beginning
  bool answered = false;
};

bool is_slow(const Connection& connection) {
  return connection.part == Part::slow_head || connection.part == Part::slow_body;
}

class Crowd {
 public:
  explicit Crowd(int port) : poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    address_.sin_family = AF_INET;
    address_.sin_port = htons(static_cast<std::uint16_t>(port));
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  ~Crowd() {
    for (const Connection& each : connections_) ::close(each.socket);
    ::close(poll_);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  int hold(std::size_t idle, std::size_t slow);
  int burst(std::size_t count);

 private:
  void add(Part part);
  void open(Connection& connection);
  void handle_events(int timeout_ms);
  void send(Connection& connection);
  void receive(Connection& connection);
  void lose(Connection& connection);
  void reopen();
  void send_due_bytes();
  std::size_t answered() const;

  int poll_;
  sockaddr_in address_{};
  std::vector<Connection> connections_;  // its size is set before the first one is opened
  std::vector<Connection*> to_reopen_;
  std::size_t lost_ = 0;  // that were idle, or of a burst
  std::size_t slow_lost_ = 0;
  std::size_t refused_ = 0;  // answered, but not with 200
  Clock::time_point last_answer_{};
};

void Crowd::add(Part part) {
  Connection& connection = connections_.emplace_back();
  connection.part = part;
  switch (part) {
    case Part::idle:
    case Part::burst:
      connection.request = short_request;
      connection.at_once = short_request.size();
      break;
    case Part::slow_head:
      connection.request = slow_head();
      break;
    case Part::slow_body:
      connection.request = head_of_slow_body();
      connection.at_once = connection.request.size();
      connection.request += std::string(3'999, ' ');  // and never the last byte
      break;
  }
}

void Crowd::open(Connection& connection) {
  connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection.socket < 0) {
    std::perror("socket");
    std::exit(1);
  }
  connection.sent = 0;
  connection.next_byte = Clock::now();
  connection.answer.clear();
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data = {.ptr = &connection}};
  ::epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
  const auto* address = reinterpret_cast<const sockaddr*>(&address_);
  if (::connect(connection.socket, address, sizeof address_) < 0 && errno != EINPROGRESS) lose(connection);
}

void Crowd::handle_events(int timeout_ms) {
  std::array<epoll_event, 256> events;
  const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    Connection& connection = *static_cast<Connection*>(event.data.ptr);
    if (event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
      receive(connection);
    } else if (event.events & EPOLLOUT) {
      send(connection);
      // Connected. From now on it is the clock that says when to send.
      epoll_event reading{.events = EPOLLIN | EPOLLRDHUP, .data = {.ptr = &connection}};
      ::epoll_ctl(poll_, EPOLL_CTL_MOD, connection.socket, &reading);
    }
  }
}

// What goes at once, and then a byte.
void Crowd::send(Connection& connection) {
  const std::size_t length = connection.sent < connection.at_once ? connection.at_once - connection.sent : 1;
  if (connection.sent + length > connection.request.size()) return;
  const auto sent = ::send(connection.socket, connection.request.data() + connection.sent, length, MSG_NOSIGNAL);
  if (sent > 0) connection.sent += static_cast<std::size_t>(sent);
  connection.next_byte += between_bytes;
}

void Crowd::receive(Connection& connection) {
  std::array<char, 4'096> buffer;
  const auto length = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
  if (length < 0 && errno == EAGAIN) return;
  // A slow request is never whole: whatever the server says to it, it has given it up.
  if (length <= 0 || is_slow(connection)) {
    lose(connection);
    return;
  }
  if (connection.answered) return;
  connection.answer.append(buffer.data(), static_cast<std::size_t>(length));
  if (connection.answer.find("\r\n\r\n") == std::string::npos) return;
  connection.answered = true;
  last_answer_ = Clock::now();
  if (!connection.answer.starts_with("HTTP/1.1 200 ")) ++refused_;
}

void Crowd::lose(Connection& connection) {
  ::close(connection.socket);
  connection.socket = -1;
  if (connection.part == Part::burst && connection.answered) return;
  ++(is_slow(connection) ? slow_lost_ : lost_);
  if (connection.part != Part::burst) to_reopen_.push_back(&connection);
}

// Not where it was lost: a server that is gone refuses at once.
void Crowd::reopen() {
  for (Connection* each : std::exchange(to_reopen_, {})) open(*each);
}

void Crowd::send_due_bytes() {
  const auto now = Clock::now();
  for (Connection& each : connections_) {
    if (is_slow(each) && each.sent > 0 && each.next_byte <= now) send(each);
  }
}

std::size_t Crowd::answered() const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(), [](const Connection& each) { return each.answered; }));
}

int Crowd::hold(std::size_t idle, std::size_t slow) {
  connections_.reserve(idle + slow);
  // The slow ones are last, so that they are spread over the second.
  while (connections_.size() < idle) add(Part::idle);
  while (connections_.size() < idle + slow) add(connections_.size() % 2 ? Part::slow_head : Part::slow_body);
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    open(connections_[i]);
    if (i % 16 == 0) handle_events(1);
  }
  const auto give_up = Clock::now() + patience;
  while (answered() < idle && Clock::now() < give_up) {
    handle_events(10);
    reopen();
  }
  if (answered() < idle) {
    std::fprintf(stderr, "bench_crowd: only %zu of %zu were answered\n", answered(), idle);
    return 1;
  }
  std::printf("ready\n");
  std::fflush(stdout);
  while (!told_to_stop) {
    handle_events(20);
    reopen();
    send_due_bytes();
  }
  std::printf("idle_cut=%zu slow_cut=%zu refused=%zu\n", lost_, slow_lost_, refused_);
  return 0;
}

int Crowd::burst(std::size_t count) {
  connections_.reserve(count);
  while (connections_.size() < count) add(Part::burst);
  const auto started = Clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    const auto due = started + burst_time * static_cast<int>(i) / static_cast<int>(count);
    while (Clock::now() < due) handle_events(0);
    open(connections_[i]);
  }
  const auto opened = Clock::now();
  const auto give_up = opened + patience;
  while (answered() + lost_ < count && Clock::now() < give_up) handle_events(10);
  const auto ms = [](Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); };
  const std::size_t good = answered() - refused_;
  std::printf("answered=%zu lost=%zu connecting_ms=%.0f last_answer_ms=%.0f\n", good, count - good,
              ms(opened - started), good ? ms(last_answer_ - started) : 0.0);
  return 0;
}

std::size_t number(const char* text) {
  return static_cast<std::size_t>(std::strtoul(text, nullptr, 10));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> given(argv + 1, argv + argc);
  const bool hold = given.size() == 4 && given[0] == "hold";
  const bool burst = given.size() == 3 && given[0] == "burst";
  if (!hold && !burst) {
    std::fprintf(stderr, "usage: bench_crowd hold PORT IDLE SLOW | bench_crowd burst PORT COUNT\n");
    return 2;
  }
  struct sigaction action {};
  action.sa_handler = [](int) { told_to_stop = 1; };
  ::sigaction(SIGTERM, &action, nullptr);
  Crowd crowd(static_cast<int>(number(argv[2])));
  return hold ? crowd.hold(number(argv[3]), number(argv[4])) : crowd.burst(number(argv[3]));
}
