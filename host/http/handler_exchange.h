// One request from its head to the end of its answer: who may call is checked, the handler runs,
// and what it returns is written. Runs as one task (task.h).
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "http/body_reader.h"
#include "http/connection.h"
#include "http/loop.h"
#include "http/protocol.h"
#include "http/server.h"
#include "http/wire.h"

namespace scrip::http {

// What all exchanges of a server share.
struct ExchangeRules {
  const Authenticate& authenticate;
  const ServerLimits& limits;
  const ServerEvents& events;
  const std::atomic<bool>& stopping;
};

class HandlerExchange final : public Exchange {
 public:
  // Precondition: connection.incoming.
  HandlerExchange(Connection& connection, const ExchangeRules& rules);

  // Answers, and says what may become of the connection.
  Loop::After run(Protocol& protocol);

  Response answer() override;
  bool keep_alive() const override { return keep_alive_; }
  const std::string& request_id() const override { return request_.request_id; }
  bool send(std::string_view bytes) override { return wire_.send(bytes); }
  void stream_failed(const std::string& what) override { failed(what); }

 private:
  Response produce();
  Result<void> admit();
  void failed(const std::string& what);

  Incoming& incoming_;
  const ExchangeRules& rules_;
  Wire wire_;
  BodyReader body_;
  Request request_;
  int status_ = 0;
  bool keep_alive_ = false;
};

}  // namespace scrip::http
