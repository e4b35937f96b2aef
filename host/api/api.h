// The resources of the API, one file each; each adds its routes. See service.h.
#pragma once

#include "api/service.h"

namespace scrip::api {

void add_campaigns(http::Router& router, Service& service);
void add_coupons(http::Router& router, Service& service);
void add_holds(http::Router& router, Service& service);
void add_orders(http::Router& router, Service& service);
void add_coupon_lists(http::Router& router, Service& service);
void add_imports(http::Router& router, Service& service);
void add_export(http::Router& router, Service& service);
void add_issue_batch(http::Router& router, Service& service);
void add_decisions(http::Router& router, Service& service);
void add_explain(http::Router& router, Service& service);
void add_events(http::Router& router, Service& service);
void add_revisions(http::Router& router, Service& service);
void add_audit(http::Router& router, Service& service);
void add_policies(http::Router& router, Service& service);
void add_works(http::Router& router, Service& service);
void add_policy_files(http::Router& router, Service& service);
void add_replays(http::Router& router, Service& service);
void add_shadow(http::Router& router, Service& service);
void add_validate(http::Router& router, Service& service);
void add_windows(http::Router& router, Service& service);
void add_users(http::Router& router, Service& service);
void add_sign_in(http::Router& router, Service& service);
void add_health(http::Router& router, Service& service);

// host/api/openapi.json, embedded by the build.
extern const char* const openapi_document;

}  // namespace scrip::api
