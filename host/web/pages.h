// The pages as routes: /event/, /login-page/, /signup-page/, /admin/, /docs, and their assets. They are
// static and take part in nothing; what they show they ask /api/v1 for. Thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "http/router.h"

namespace scrip::web {

// One file of the pages, in the program's memory for as long as it runs.
struct Asset {
  std::string_view path;   // "/event/", or "/assets/admin-4KD2.js", whose name changes with its bytes
  std::string_view type;   // of the content
  std::string_view etag;   // without quotes
  std::string_view bytes;  // as they are
  std::string_view gzip;   // compressed; empty where that gains nothing
};

// What the build made of host/web/pages; empty when it was done without node.
std::span<const Asset> built_assets();

// Adds the routes. `assets` may be empty: then the pages say how to build them. They outlive the router.
void add_routes(http::Router& router, std::span<const Asset> assets);

}  // namespace scrip::web
