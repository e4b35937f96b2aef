#include "api/api.h"

namespace scrip::api {

void add_routes(http::Router& router, Service& service) {
  add_campaigns(router, service);
  add_coupons(router, service);
  add_holds(router, service);
  add_orders(router, service);
  add_coupon_lists(router, service);
  add_imports(router, service);
  add_export(router, service);
  add_issue_batch(router, service);
  add_decisions(router, service);
  add_explain(router, service);
  add_events(router, service);
  add_policies(router, service);
  add_revisions(router, service);
  add_audit(router, service);
  add_works(router, service);
  add_policy_files(router, service);
  add_replays(router, service);
  add_shadow(router, service);
  add_validate(router, service);
  add_windows(router, service);
  add_users(router, service);
  add_sign_in(router, service);
  add_health(router, service);
}

}  // namespace scrip::api
