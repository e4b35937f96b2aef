#include "web/pages.h"

#include <algorithm>
#include <array>
#include <string>

#include "http/client.h"
#include "web/negotiation.h"

namespace scrip::web {
namespace {

using http::Request;
using http::Response;

constexpr std::array<std::string_view, 5> pages{"/event/", "/login-page/", "/signup-page/", "/admin/", "/docs"};

// Swagger UI's style sheet has its icons as data: images. Nothing inline, and nobody else's.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

// X-Content-Type-Options is on every answer of the server.
Response guarded(Response response) {
  return std::move(response)
      .with("Content-Security-Policy", std::string(content_security_policy))
      .with("Referrer-Policy", "same-origin");
}

Response send(const Asset& asset, const Request& request, std::string_view cache_control) {
  const bool zipped = !asset.gzip.empty() && accepts_gzip(request.header("Accept-Encoding").value_or(""));
  // Another tag for other bytes.
  const std::string tag = '"' + std::string(asset.etag) + (zipped ? "-gzip\"" : "\"");
  Response response;
  response.with("ETag", tag).with("Cache-Control", std::string(cache_control));
  if (!asset.gzip.empty()) response.with("Vary", "Accept-Encoding");
  if (names_tag(request.header("If-None-Match").value_or(""), tag)) {
    response.status = 304;
    return guarded(std::move(response));
  }
  response.content_type = asset.type;
  response.body = zipped ? asset.gzip : asset.bytes;
  if (zipped) response.with("Content-Encoding", "gzip");
  return guarded(std::move(response));
}

const Asset* find(std::span<const Asset> assets, std::string_view path) {
  const auto found = std::find_if(assets.begin(), assets.end(), [&](const Asset& asset) { return asset.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

Response without_pages() {
  Response response;
  response.status = 404;
  response.content_type = "text/html; charset=utf-8";
  response.body =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>Scrip</title><h1>The pages were not built</h1><p>This program was built "
      "without node, and serves its API alone. Install nodejs and npm, and build it again with <code>./dev "
      "build</code>, which does both. The API is described by <a href=\"/openapi.json\">/openapi.json</a>.</p></html>";
  return guarded(std::move(response));
}

// With the query, percent-encoded anew: what is not plain in it was.
Response redirect(std::string_view page, const Request& request) {
  std::string to(page);
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    to += separator;
    to += http::percent_encode(name) + "=" + http::percent_encode(value);
    separator = '&';
  }
  Response response;
  response.status = 308;
  return guarded(std::move(response).with("Location", std::move(to)));
}

void add(http::Router& router, std::string pattern, bool on_loop, http::Handler handler) {
  router.add({.method = http::Method::get,
              .pattern = std::move(pattern),
              .access = http::Access::everyone,
              .handler = std::move(handler),
              .on_loop = on_loop});
}

}  // namespace

void add_routes(http::Router& router, std::span<const Asset> assets) {
  for (const std::string_view page : pages) {
    const Asset* asset = find(assets, page);
    add(router, std::string(page), true,
        [asset](Request& request) { return asset ? send(*asset, request, "no-cache") : without_pages(); });
    // With and without the slash at the end.
    const bool folder = page.ends_with('/');
    std::string other = folder ? std::string(page.substr(0, page.size() - 1)) : std::string(page) + "/";
    add(router, std::move(other), true, [page](Request& request) { return redirect(page, request); });
  }
  add(router, "/", true, [](Request& request) { return redirect("/event/", request); });
  // Not on the loop: some are as large as a megabyte.
  add(router, "/assets/{name}", false, [assets](Request& request) {
    const Asset* asset = find(assets, "/assets/" + request.capture("name"));
    if (!asset) return Response::problem({.code = Code::not_found, .message = "There is no such file."});
    return send(*asset, request, "public, max-age=31536000, immutable");
  });
}

}  // namespace scrip::web
