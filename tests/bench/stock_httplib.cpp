// cpp-httplib as Debian ships it, with a thread for every connection and a constant answer: what a
// server would do that took the library as it is and stored nothing.
//
//   bench_stock_httplib THREADS
//
// Prints where it listens. Set so that it does its best: no end to keep-alive, no Nagle, a thread for
// each of the THREADS connections, and a deep queue of connections (the library's own is 5 deep, and
// 64 connections at once then wait for SYNs to be sent again).
#include <httplib.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

namespace {

constexpr int backlog = 4'096;

// As long as Scrip's own answer to a claim.
const std::string answer =
    R"({"campaign_id":"bench","code":"7ZQK-2M4X-9VDT-A1BC","decision_id":1234567,"expired":false,)"
    R"("expires_at":"2026-11-28T10:00:00.000000Z","issued_at":"2026-11-21T10:00:00.000000Z","redeemed_at":null,)"
    R"("state":"issued","subject":null,"user_id":"user-123456789012345"})";

class Server : public httplib::Server {
 public:
  void deepen_queue() { ::listen(svr_sock_, backlog); }
};

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc == 2 ? std::atoi(argv[1]) : 0;
  if (threads < 1) {
    std::fprintf(stderr, "usage: bench_stock_httplib THREADS\n");
    return 2;
  }
  Server server;
  server.new_task_queue = [threads] { return new httplib::ThreadPool(static_cast<std::size_t>(threads)); };
  server.set_keep_alive_max_count(std::numeric_limits<int>::max());
  server.set_keep_alive_timeout(60);
  server.set_tcp_nodelay(true);
  server.Post("/claim", [](const httplib::Request&, httplib::Response& response) {
    response.status = 201;
    response.set_content(answer, "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) {
    std::perror("bind");
    return 1;
  }
  server.deepen_queue();
  std::printf("listening on http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
