// A server with a few routes that show what the server makes of requests.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.h"
#include "ops/parking.h"

namespace scrip::http {

// A door that handlers wait at until a test opens it.
class Gate {
 public:
  void pass();              // by a handler: is counted, then waits until it is open
  void open();              // for good
  void await(int waiting);  // until so many handlers have come

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Parking*> waiting_;
  int came_ = 0;
  bool open_ = false;
};

// Until the condition holds; a condition that never does fails the test instead of hanging it.
void await(const std::function<bool()>& condition);

// What the server reported of one request.
struct Event {
  std::string request_id;
  std::string route;
  int status = 0;
};

// Tokens are "user", "service" and "operator".
class TestServer {
 public:
  // Adds to the routes that every test has:
  //   GET /hello           "hello"
  //   POST /echo           the body
  //   POST /stream-in      how many bytes came, read piece by piece
  //   GET /wait            after `gate` was opened
  //   POST /claim          likewise, as a claim
  //   GET /throw           an exception
  explicit TestServer(ServerLimits limits = {}, std::vector<Route> routes = {});
  ~TestServer();

  int port() const { return port_; }
  Server& server() { return *server_; }
  Gate& gate() { return gate_; }

  // Until the server has reported so many answers.
  std::vector<Event> await_answers(std::size_t count);
  std::vector<std::string> failures();
  std::size_t troubles();

 private:
  Gate gate_;
  std::mutex mutex_;  // guards:
  std::condition_variable changed_;
  std::vector<Event> answers_;
  std::vector<std::string> failures_;
  std::size_t troubles_ = 0;
  std::unique_ptr<Server> server_;
  int port_ = 0;
};

// "METHOD /path HTTP/1.1" with Host, these header lines, and the body with its Content-Length.
std::string request(const std::string& line, const std::string& body = "", const std::string& headers = "");

// `text` as one chunk or in pieces, and the last chunk.
std::string chunked(std::string_view text, std::size_t piece);

}  // namespace scrip::http
