// The routes with everything behind them but a socket, so that a test can ask the table itself.
#pragma once

#include "api/service.h"
#include "lua/compile.h"
#include "shop.h"

namespace scrip::test {

class RoutedService {
 public:
  explicit RoutedService(Shop& shop)
      : replays_(shop.node().store(), nullptr),
        shadow_(shop.node().store(), {}),
        service_{.ledger = shop.node().ledger(),
                 .store = shop.node().store(),
                 .reload = shop.node().reload(),
                 .judges = judges_,
                 .replays = replays_,
                 .shadow = shadow_,
                 .compile_untested = &compile_untested,
                 .policy_limits = {},
                 .revisions = revisions_,
                 .clock = shop.clock(),
                 .tokens = shop.node().tokens(),
                 .passwords = passwords_,
                 .sign_in_by_address = limit_,
                 .sign_in_by_login = limit_,
                 .metrics = metrics_} {
    api::add_routes(router_, service_);
  }
  const http::Router& router() const { return router_; }

 private:
  Judges judges_;
  jobs::Replays replays_;
  Shadow shadow_;
  CompiledRevisions revisions_{&compile_untested, {}};
  http::PasswordPool passwords_{4};
  http::RateLimit limit_{10, std::chrono::seconds(1)};
  Metrics metrics_;
  api::Service service_;
  http::Router router_;
};

}  // namespace scrip::test
