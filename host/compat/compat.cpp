#include "compat/compat.h"

#include "compat/campaign_rpc.h"
#include "compat/wires.h"

namespace scrip::compat {

void add_compat_routes(http::Router& router, api::Service& service, CompatOptions options) {
  add_kakaopay(router, service);
  add_toodat(router, service);
  add_coupon_live(router, service, options.open_rpc);
  add_campaign_rpc(router, service, options.open_rpc);
}

}  // namespace scrip::compat
