// A request whose head has arrived, parsed and routed: what a loop hands to an exchange.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <variant>

#include "http/head.h"
#include "http/router.h"
#include "http/target.h"

namespace scrip::http {

// Not copied and not moved: head and target are views into text.
struct Incoming {
  std::string text;
  Head head;
  Target target;
  Router::Match match;
  std::string request_id;
  std::chrono::steady_clock::time_point began;
  // How much of the body shall have arrived before the exchange starts, so that a slow sender of a
  // small body costs a buffer and not a handler.
  std::size_t gather = 0;
};

// Reads a complete head and finds its route.
std::variant<std::unique_ptr<Incoming>, Refusal> read_incoming(std::string text, const Router& router);

}  // namespace scrip::http
