// The routing table: method and path pattern to handler, with who may call it. Matching splits the
// path at '/' and never uses a regular expression. Thread-safe once the routes are added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request.h"

namespace scrip::http {

// Who may call a route. Checked before the handler and before the body is read.
enum class Access : std::uint8_t {
  everyone,  // no token needed; a good one is used, a bad one is 401
  any_token,
  service,  // service or operator
  operator_only,
};

using Handler = std::function<Response(Request&)>;

// The answer to what is refused before the handler is called, or in its place: an exception in it.
using Refuse = Response (*)(const Error&);

struct Route {
  Method method = Method::get;
  std::string pattern;  // "/api/v1/campaigns/{id}/issue"; {x} matches one non-empty segment
  Access access = Access::any_token;
  Handler handler;
  std::size_t body_limit = 0;  // bytes; 0: the server's default (1 MiB)
  bool streams = false;        // the handler reads body_source() itself; no limit applies
  // Answered 503 `overloaded` last: claims before lists.
  bool claim = false;
  // The handler waits for nothing but the ledger and computes for microseconds, so it may run on the
  // thread of the event loop, without a hand-over. Never for what reads the store or a file.
  bool on_loop = false;
  // For a wire that has its own form of errors. Null: Response::problem.
  Refuse refuse = nullptr;
};

class Router {
 public:
  Router();

  // Precondition: no route of the same method and shape yet. A literal segment wins over {x}.
  void add(Route route);

  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

  struct Match {
    const Route* route = nullptr;  // null: not found, or wrong method
    std::vector<std::pair<std::string, std::string>> captures;
    std::string allow;  // wrong method: the methods there are, for the Allow header
  };
  // `path` is percent-encoded as it came; captures come out decoded. HEAD matches GET. Segments
  // are split before they are decoded, so that %2F is part of one.
  Match match(Method method, std::string_view path) const;

 private:
  struct Node;
  struct Search;
  std::vector<std::unique_ptr<Route>> routes_;
  std::shared_ptr<Node> root_;
};

}  // namespace scrip::http
