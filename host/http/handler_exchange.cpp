#include "http/handler_exchange.h"

#include <chrono>
#include <exception>
#include <utility>

namespace scrip::http {
namespace {

bool may_call(Access access, Role role) {
  switch (access) {
    case Access::everyone:
    case Access::any_token:
      return true;
    case Access::service:
      return role != Role::user;
    case Access::operator_only:
      break;
  }
  return role == Role::operator_;
}

std::size_t body_limit(const Route& route, const ServerLimits& limits) {
  return route.body_limit > 0 ? route.body_limit : limits.body;
}

}  // namespace

HandlerExchange::HandlerExchange(Connection& connection, const ExchangeRules& rules)
    : incoming_(*connection.incoming),
      rules_(rules),
      wire_(connection, rules.limits.progress_time),
      body_(incoming_.head, connection, wire_) {
  request_.method = incoming_.head.method;
  request_.path = std::move(incoming_.target.path);
  request_.authority =
      incoming_.target.authority.empty() ? incoming_.head.find("Host").value_or("") : incoming_.target.authority;
  request_.request_id = incoming_.request_id;
  request_.remote_address = connection.remote_address;
  request_.began = incoming_.began;
  request_.captures = std::move(incoming_.match.captures);
  request_.query = std::move(incoming_.target.query);
  request_.head_ = &incoming_.head;
  request_.source_ = &body_;
}

Loop::After HandlerExchange::run(Protocol& protocol) {
  const Head& head = incoming_.head;
  const bool written = protocol.serve({.head = head.method == Method::head, .http_1_0 = head.http_1_0}, *this);
  if (rules_.events.answered) {
    const auto took = std::chrono::steady_clock::now() - incoming_.began;
    static const std::string no_route;
    rules_.events.answered(request_, incoming_.match.route ? incoming_.match.route->pattern : no_route, status_,
                           std::chrono::duration_cast<std::chrono::microseconds>(took));
  }
  if (!written) return Loop::After::drop;
  return keep_alive_ ? Loop::After::keep : Loop::After::close;
}

Response HandlerExchange::answer() {
  Response response = produce();
  status_ = response.status;
  // A streamed answer may still read the body, so nothing of it is dropped then.
  const bool at_end = response.stream ? body_.at_end() : body_.finish();
  const bool delimited = !response.stream || !incoming_.head.http_1_0;
  keep_alive_ = incoming_.head.keep_alive && at_end && delimited && !response.close && !rules_.stopping;
  return response;
}

Response HandlerExchange::produce() {
  const Route* const route = incoming_.match.route;
  if (!route && incoming_.match.allow.empty()) {
    return Response::problem({.code = Code::not_found, .message = "there is nothing at this path"});
  }
  if (!route) {
    return Response::problem({.code = Code::method_not_allowed, .message = "this path has other methods"})
        .with("Allow", incoming_.match.allow);
  }
  const auto refuse = [route](const Error& error) {
    return route->refuse ? route->refuse(error) : Response::problem(error);
  };
  try {
    if (auto admitted = admit(); !admitted) return refuse(admitted.error());
    return route->handler(request_);
  } catch (const std::exception& exception) {
    failed(exception.what());
  } catch (...) {
    failed("an exception of unknown type");
  }
  return refuse({.code = Code::internal, .message = "an error of ours; request id " + request_.request_id});
}

// Before anything of the body is read.
Result<void> HandlerExchange::admit() {
  const Route& route = *incoming_.match.route;
  if (rules_.authenticate) {
    auto identity = rules_.authenticate(request_);
    if (!identity) return std::move(identity.error());
    request_.identity = std::move(*identity);
  }
  if (route.access != Access::everyone) {
    if (!request_.identity) return {Code::unauthenticated, "a bearer token is needed"};
    if (!may_call(route.access, request_.identity->role)) {
      return {Code::forbidden, "the role " + std::string(name(request_.identity->role)) + " may not do this"};
    }
  }
  request_.body_limit_ = body_limit(route, rules_.limits);
  if (!route.streams && incoming_.head.content_length > request_.body_limit_) {
    return {Code::payload_too_large, "the body is larger than " + std::to_string(request_.body_limit_) + " bytes"};
  }
  return {};
}

void HandlerExchange::failed(const std::string& what) {
  if (rules_.events.failed) rules_.events.failed(request_, what);
}

}  // namespace scrip::http
