// The pages' routes, on assets of the test's own and on those that were built in.
#include "web/pages.h"

#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "../http/raw_client.h"
#include "http/server.h"

using namespace scrip;
using http::RawAnswer;

namespace {

constexpr std::array<web::Asset, 3> assets{{
    {"/event/", "text/html; charset=utf-8", "e1", "<!doctype html>event", {}},
    {"/assets/big-1A.js", "text/javascript; charset=utf-8", "b1", "plain plain plain plain", "zipped"},
    {"/assets/icon-2B.svg", "image/svg+xml", "i1", "<svg/>", {}},
}};

// A server with nothing but pages.
class Site {
 public:
  explicit Site(std::span<const web::Asset> served)
      : server_(routes(served), [](const http::Request&) { return std::optional<http::Identity>(); }, {},
                {.answered = [](const auto&, const auto&, int, auto) {},
                 .failed = [](const auto&, const auto&) {},
                 .trouble = [](const auto&) {}}) {
    port_ = *server_.listen("127.0.0.1:0");
    REQUIRE(server_.start());
  }

  RawAnswer get(const std::string& path, const std::string& headers = "", const std::string& method = "GET") {
    http::RawClient client(port_);
    client.send(method + " " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n");
    return client.read(method == "HEAD");
  }

 private:
  static http::Router routes(std::span<const web::Asset> served) {
    http::Router router;
    web::add_routes(router, served);
    return router;
  }

  http::Server server_;
  int port_ = 0;
};

}  // namespace

TEST_CASE("a page comes with a policy that lets nothing inline and nobody else's run") {
  Site site(assets);
  const RawAnswer page = site.get("/event/");
  CHECK(page.status == 200);
  CHECK(page.header("content-type") == "text/html; charset=utf-8");
  CHECK(page.body == "<!doctype html>event");
  const std::string policy = page.header("content-security-policy");
  CHECK(policy.find("default-src 'none'") != std::string::npos);
  CHECK(policy.find("script-src 'self'; style-src 'self'") != std::string::npos);
  CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(page.header("x-content-type-options") == "nosniff");
  CHECK(page.header("referrer-policy") == "same-origin");
  // It names its assets, so a browser asks each time whether it is still the same.
  CHECK(page.header("cache-control") == "no-cache");
}

TEST_CASE("an asset may be kept for good, compressed where the client takes that") {
  Site site(assets);
  const RawAnswer plain = site.get("/assets/big-1A.js");
  CHECK(plain.status == 200);
  CHECK(plain.body == "plain plain plain plain");
  CHECK(plain.header("content-encoding").empty());
  CHECK(plain.header("cache-control") == "public, max-age=31536000, immutable");
  CHECK(plain.header("vary") == "Accept-Encoding");
  const RawAnswer zipped = site.get("/assets/big-1A.js", "Accept-Encoding: br, gzip\r\n");
  CHECK(zipped.body == "zipped");
  CHECK(zipped.header("content-encoding") == "gzip");
  CHECK(zipped.header("etag") != plain.header("etag"));
  const RawAnswer refused = site.get("/assets/big-1A.js", "Accept-Encoding: gzip;q=0\r\n");
  CHECK(refused.body == plain.body);
  const RawAnswer small = site.get("/assets/icon-2B.svg", "Accept-Encoding: gzip\r\n");
  CHECK(small.body == "<svg/>");
  CHECK(small.header("content-encoding").empty());
  CHECK(small.header("vary").empty());
  const RawAnswer head = site.get("/assets/big-1A.js", "", "HEAD");
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == "23");
}

TEST_CASE("who has the bytes already gets none") {
  Site site(assets);
  for (const std::string headers : {"", "Accept-Encoding: gzip\r\n"}) {
    const std::string tag = site.get("/assets/big-1A.js", headers).header("etag");
    const RawAnswer same = site.get("/assets/big-1A.js", headers + "If-None-Match: \"x\", W/" + tag + "\r\n");
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.header("etag") == tag);
    CHECK(site.get("/assets/big-1A.js", headers + "If-None-Match: \"x\"\r\n").status == 200);
  }
  CHECK(site.get("/event/", "If-None-Match: \"e1\"\r\n").status == 304);
}

TEST_CASE("pages are found with and without the slash at the end, and / is the event") {
  Site site(assets);
  const std::array<std::pair<const char*, const char*>, 7> moved{
      {{"/", "/event/"},
       {"/event", "/event/"},
       {"/login-page", "/login-page/"},
       {"/signup-page", "/signup-page/"},
       {"/admin", "/admin/"},
       {"/docs/", "/docs"},
       {"/event?campaign=spring", "/event/?campaign=spring"}}};
  for (const auto& [from, to] : moved) {
    INFO(from);
    const RawAnswer answer = site.get(from);
    CHECK(answer.status == 308);
    CHECK(answer.header("location") == to);
  }
}

TEST_CASE("there is no other file, however it is asked for") {
  Site site(assets);
  for (const char* path : {"/assets/none.js", "/assets/", "/assets", "/assets/..%2Fevent%2F", "/assets/../event/x",
                           "/assets/big-1A.js/", "/assets/BIG-1A.js", "/event/x", "/assets/%00"}) {
    INFO(path);
    const int status = site.get(path).status;
    CHECK((status == 404 || status == 400));
  }
  CHECK(site.get("/event/", "Content-Length: 0\r\n", "POST").status == 405);
}

TEST_CASE("built without node, the pages say how to get them") {
  Site site(std::span<const web::Asset>{});
  for (const char* path : {"/event/", "/login-page/", "/signup-page/", "/admin/", "/docs"}) {
    INFO(path);
    const RawAnswer answer = site.get(path);
    CHECK(answer.status == 404);
    CHECK(answer.header("content-type") == "text/html; charset=utf-8");
    CHECK(answer.body.find("./dev build") != std::string::npos);
  }
}

TEST_CASE("what the build put into the program is whole") {
  const auto built = web::built_assets();
  if (built.empty()) return;  // built without node
  std::set<std::string_view> paths;
  for (const web::Asset& asset : built) {
    INFO(asset.path);
    CHECK(paths.insert(asset.path).second);
    CHECK(!asset.bytes.empty());
    CHECK(!asset.type.empty());
    CHECK(asset.etag.size() == 16);
    if (!asset.gzip.empty()) CHECK(asset.gzip.starts_with("\x1f\x8b"));
  }
  for (const char* page : {"/event/", "/login-page/", "/signup-page/", "/admin/", "/docs"}) CHECK(paths.contains(page));
  // Every page's assets are there, and nothing in them is inline or from elsewhere.
  for (const web::Asset& asset : built) {
    if (!asset.type.starts_with("text/html")) continue;
    INFO(asset.path);
    const std::string html(asset.bytes);
    CHECK(html.find("<script>") == std::string::npos);
    CHECK(html.find("<style") == std::string::npos);
    CHECK(html.find("://") == std::string::npos);
    std::size_t named = 0;
    for (std::size_t at = html.find("\"/assets/"); at != std::string::npos; at = html.find("\"/assets/", at + 1)) {
      const std::string path = html.substr(at + 1, html.find('"', at + 1) - at - 1);
      INFO(path);
      CHECK(paths.contains(path));
      ++named;
    }
    CHECK(named >= 3);
  }
}
