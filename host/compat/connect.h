// Unary calls of the Connect protocol (https://connectrpc.com/docs/protocol) over HTTP/1.1: a POST to
// /package.Service/Method whose body is the request and whose answer's body is the response, in
// protobuf's binary form or in JSON, with gzip if the client wants it.
#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "coupon/error.h"
#include "http/router.h"

namespace scrip::compat {

// What a method knows of a call beside its message.
struct ConnectCall {
  const http::Request& http;
  // After it nobody waits for the answer any more.
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

// Reads the request, calls `method` if it is there in time, and writes what it has put into
// `response`, or the error. For a handler.
http::Response connect_unary(http::Request& request, google::protobuf::Message& message,
                             google::protobuf::Message& response,
                             const std::function<Result<void>(const ConnectCall&)>& method);

// Adds the route of a method, which is a POST; other verbs are answered 405. `route` says who may
// call it and how it runs.
template <class Req, class Res>
void add_connect_method(http::Router& router, http::Route route,
                        std::function<Result<Res>(const ConnectCall&, const Req&)> method);

// Every other path below "/package.Service" is answered 404.
void add_connect_service(http::Router& router, const std::string& path);

// Precondition: route.pattern.
void add_connect_route(http::Router& router, http::Route route);

template <class Req, class Res>
void add_connect_method(http::Router& router, http::Route route,
                        std::function<Result<Res>(const ConnectCall&, const Req&)> method) {
  route.handler = [method = std::move(method)](http::Request& request) {
    Req message;
    Res response;
    return connect_unary(request, message, response, [&](const ConnectCall& call) -> Result<void> {
      auto answered = method(call, message);
      if (!answered) return std::move(answered.error());
      response = std::move(*answered);
      return {};
    });
  };
  add_connect_route(router, std::move(route));
}

}  // namespace scrip::compat
