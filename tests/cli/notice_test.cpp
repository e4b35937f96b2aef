#include "cli/notice.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip;
using namespace scrip::test;
using Json = nlohmann::json;

TEST_CASE("a notice is one line, whatever user and policy write") {
  using cli::notice_line;
  CHECK(notice_line({.user_id = "minji", .code = "A-1", .text = "쿠폰이 3일 후 만료됩니다."}) ==
        "notice user=minji code=A-1 쿠폰이 3일 후 만료됩니다.");
  CHECK(notice_line({.user_id = "min ji\" code=B", .code = "A", .text = "one\ntwo"}) ==
        "notice user=\"min ji\\\" code=B\" code=A one two");
  CHECK(notice_line({}) == "notice user=\"\" code=\"\" ");
}

TEST_CASE("what an event lacks a notice lacks") {
  CHECK(cli::notice_of({.data = R"({"coupon":{"code":"A","user_id":null},"notice":"Soon."})"}).text == "Soon.");
  CHECK(cli::notice_of({.data = R"({"coupon":5})"}).code.empty());
  CHECK(cli::notice_of({.data = "[]"}).user_id.empty());
}

TEST_CASE("a server says on its stdout whose coupons expire in three days, and says it once") {
  const Scratch scratch;
  std::string code;
  {
    Running server(scratch.serve({"--clock", "2026-11-21T10:00:00+09:00", "--timezone", "Asia/Seoul"}));
    auto client = await_operator(scratch, server);
    REQUIRE(client.post("/api/v1/campaigns", R"({"id":"kakao","policy":"kakaopay","total":10})")->status == 201);
    const auto issued = client.post("/api/v1/campaigns/kakao/issue", R"({"user_id":"minji"})");
    REQUIRE(issued->status == 201);
    code = Json::parse(issued->body)["code"];
    server.signal(SIGTERM);
    CHECK(server.wait().out.empty());
  }
  const std::vector<std::string> four_days_later{"--clock", "2026-11-25T10:00:00+09:00"};
  {
    Running server(scratch.serve(four_days_later));
    const std::string url = await_url(server);
    REQUIRE(!url.empty());
    CHECK(server.read_line() == "notice user=minji code=" + code + " 쿠폰이 3일 후 만료됩니다.");
    REQUIRE(becomes([&] {
      const Json events = Json::parse(get(url, "/api/v1/events?state=delivered&limit=1", token(scratch)));
      return !events["data"].empty() && events["data"][0]["type"] == "coupon.expiring";
    }));
    server.signal(SIGTERM);
    CHECK(server.wait().out.empty());
  }
  Running server(scratch.serve(four_days_later));
  REQUIRE(!await_url(server).empty());
  server.signal(SIGTERM);
  CHECK(server.wait().out.empty());
}

TEST_CASE("a webhook needs an address, a secret that is long enough, and kinds that there are") {
  const Scratch scratch;
  scratch.write("short", "secret\n");
  scratch.write("good", "a secret of the test\n");
  const auto refused = [&](const std::vector<std::string>& more) { return run(scratch.serve(more)); };
  CHECK(refused({"--webhook-url", "http://127.0.0.1:1/"}).status == 2);
  CHECK(refused({"--webhook-secret-file", scratch / "good"}).status == 2);
  CHECK(refused({"--webhook-url", "gopher://x/", "--webhook-secret-file", scratch / "good"}).status == 2);
  const auto short_secret =
      refused({"--webhook-url", "http://127.0.0.1:1/", "--webhook-secret-file", scratch / "short"});
  CHECK(short_secret.status == 1);
  CHECK(short_secret.err.find("at least 16 bytes") != std::string::npos);
  CHECK(refused({"--webhook-url", "http://127.0.0.1:1/", "--webhook-secret-file", scratch / "none"}).status == 1);
  const auto unknown = refused({"--webhook-url", "http://127.0.0.1:1/", "--webhook-secret-file", scratch / "good",
                                "--webhook-events", "coupon.issued,coupon.lost"});
  CHECK(unknown.status == 2);
  CHECK(unknown.err.find("coupon.lost") != std::string::npos);
}
