// What the handlers of several resources share: who is calling, which campaign a path names, and
// handing a command to the ledger.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/service.h"
#include "ledger/command.h"
#include "ledger/coupon_code.h"

namespace scrip::api {

// Precondition: the route asks for a token.
Actor actor_of(const http::Request& request);

// campaign_not_found for an id that is none or that nobody uses.
Result<std::shared_ptr<const Campaign>> campaign_of(const Catalog& catalog, std::string_view id);

// The coupon of the path, as a command that is made of it.
template <class Make>
Result<Command> about_coupon(Service& service, http::Request& request, Make&& make) {
  auto coupon = coupon_ref(*service.ledger.catalog(), request.capture("code"));
  if (!coupon) return coupon.error();
  return Command(make(std::move(*coupon)));
}

// The most bytes of a hold's key in a body.
inline constexpr std::size_t longest_hold_key = 64;

// Hands a command to the ledger and waits. The outcome has no error: that is what comes back instead.
Result<Outcome> carry_out(Service& service, Command command, Actor actor);

// Writes the answer to a claim that was allowed or refused.
using ShowOutcome = std::function<KeptAnswer(const Outcome&)>;

// Runs a claim with its Idempotency-Key, if there is one. An error in place of the command is the
// answer, and is kept under the key as well.
http::Response claim(Service& service, http::Request& request, Result<Command> command, const ShowOutcome& show);

// The same of one that answers with a coupon.
http::Response claim(Service& service, http::Request& request, Result<Command> command, int status);

// An error as clients may see it. What the store says of itself (files, SQLite's words) goes to the
// log instead.
Error shown(const Error& error);

// The answer to an error, as clients may see it.
http::Response problem(const Error& error);

}  // namespace scrip::api
