// What the handlers of several resources share: who is calling, which coupon or campaign a path
// names, and handing a command to the ledger.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/service.h"
#include "ledger/command.h"

namespace scrip::api {

// Precondition: the route asks for a token.
Actor actor_of(const http::Request& request);

// campaign_not_found for an id that is none or that nobody uses.
Result<std::shared_ptr<const Campaign>> campaign_of(const Catalog& catalog, std::string_view id);

// The coupon that a typed code names, without looking into the store: the ledger finds out whether it
// is an imported one. coupon_not_found for a code that nobody can have.
Result<CouponRef> coupon_ref(const Catalog& catalog, std::string_view typed);
// The same for who reads; a coupon that nobody was given has no row and is available.
Result<Coupon> read_coupon(Reader& reader, const Catalog& catalog, std::string_view typed);

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
