// The Campaign RPC: campaigns and coupons over Connect, for clients of the service that Scrip
// replaces. campaign_rpc.proto is what they are made from; the messages of refusals are part of it.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace scrip::compat {

// `open`: without a token; else a service's or an operator's is needed. `service` outlives the router.
void add_campaign_rpc(http::Router& router, api::Service& service, bool open);

}  // namespace scrip::compat
