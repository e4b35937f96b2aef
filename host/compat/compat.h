// The wires of the services that Scrip replaces (serve --compat): their paths, fields, texts and
// statuses, translated to the commands and reads of /api/v1. Nothing here stores or decides.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace scrip::compat {

struct CompatOptions {
  bool open_rpc = false;  // coupon-live and the Campaign RPC need no token
};

// `service` outlives the router.
void add_compat_routes(http::Router& router, api::Service& service, CompatOptions options);

// Makes those of the campaigns `toodat`, `kakaopay` and `coupon-live` that do not exist. On a store
// without campaigns they get the numbers 1, 2 and 3, which the originals' clients send; elsewhere the
// next ones. Says in the log what their numbers are. Called before anybody is served.
void make_campaigns(api::Service& service);

}  // namespace scrip::compat
