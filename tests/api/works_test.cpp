// Works: added, renamed and deleted by operators, read by everybody who is signed in.
#include <catch2/catch.hpp>

#include "crowd.h"
#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

std::string titled(const std::string& title) {
  return Json{{"title", title}}.dump();
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("works are added, renamed and deleted by operators and read by all") {
  Shop shop;
  const std::string made = "2026-11-21T01:00:00Z";
  const std::string works = "POST /api/v1/works";
  const std::string first = "/api/v1/works/1";
  run(shop, {
                {.name = "none yet",
                 .who = Who::user,
                 .call = "GET /api/v1/works",
                 .has = {{"data", Json::array()}, {"has_more", false}, {"next_cursor", nullptr}}},
                {.name = "a work gets the first id",
                 .who = Who::operator_,
                 .call = works,
                 .body = titled("찻집"),
                 .status = 201,
                 .has = {{"id", 1}, {"title", "찻집"}, {"created_at", made}, {"updated_at", made}},
                 .changed = {"+work"}},
                {.name = "the title may be another's",
                 .who = Who::operator_,
                 .call = works,
                 .body = titled("찻집"),
                 .status = 201,
                 .has = {{"id", 2}},
                 .changed = {"+work"}},
                {.name = "a user adds none",
                 .who = Who::user,
                 .call = works,
                 .body = titled("x"),
                 .status = 403,
                 .code = "forbidden"},
                {.name = "a service adds none",
                 .who = Who::service,
                 .call = works,
                 .body = titled("x"),
                 .status = 403,
                 .code = "forbidden"},
                {.name = "nobody reads them", .call = "GET /api/v1/works", .status = 401, .code = "unauthenticated"},
                {.name = "a service reads them",
                 .who = Who::service,
                 .call = "GET /api/v1/works",
                 .has = {{"has_more", false}}},
                {.name = "a user renames none",
                 .who = Who::user,
                 .call = "PATCH " + first,
                 .body = titled("x"),
                 .status = 403,
                 .code = "forbidden"},
                {.name = "a user deletes none",
                 .who = Who::user,
                 .call = "DELETE " + first,
                 .status = 403,
                 .code = "forbidden"},
            });

  shop.clock().advance(minute);
  run(shop,
      {
          {.name = "a new title has its instant",
           .who = Who::operator_,
           .call = "PATCH " + first,
           .body = titled("The Tea House"),
           .has = {{"id", 1}, {"title", "The Tea House"}, {"created_at", made}, {"updated_at", "2026-11-21T01:01:00Z"}},
           .changed = {"~work"}},
          {.name = "the last one is deleted",
           .who = Who::operator_,
           .call = "DELETE /api/v1/works/2",
           .status = 204,
           .changed = {"-work"}},
          {.name = "it cannot be deleted twice",
           .who = Who::operator_,
           .call = "DELETE /api/v1/works/2",
           .status = 404,
           .code = "work_not_found"},
          {.name = "nor renamed",
           .who = Who::operator_,
           .call = "PATCH /api/v1/works/2",
           .body = titled("x"),
           .status = 404,
           .code = "work_not_found"},
      });

  // Coupons given for it name its id for good.
  shop.restart();
  const Reply next = shop.post("/api/v1/works", shop.operator_(), {{"title", "The Library"}});
  CHECK(next.status == 201);
  CHECK(next.body["id"] == 3);
  const Reply all = shop.get("/api/v1/works", shop.user());
  REQUIRE(all.body["data"].size() == 2);
  CHECK(all.body["data"][0]["title"] == "The Tea House");
  CHECK(all.body["data"][0]["updated_at"] == "2026-11-21T01:01:00Z");
  CHECK(all.body["data"][1]["title"] == "The Library");
  CHECK(shop.drift().empty());
}

TEST_CASE("a title is 1 to 200 characters without control characters") {
  Shop shop;
  const auto add = [&](const std::string& body) {
    return shop.call({.method = "POST", .path = "/api/v1/works", .token = shop.operator_(), .body = body});
  };
  // Characters, not bytes: four bytes each.
  for (const std::string& good : {std::string("a"), repeated("가", 200), repeated("🍵", 200), std::string(" ")}) {
    INFO(good);
    CHECK(add(titled(good)).status == 201);
  }
  const Rows before = rows_of(shop);
  for (const std::string& bad : {titled(""), titled(repeated("a", 201)), titled(repeated("🍵", 201)), titled("a\nb"),
                                 titled("a\x7f"), titled("\u0085"), titled(repeated("a", 100'000)),
                                 std::string(R"({"title":7})"), std::string(R"({"title":null})"), std::string("{}")}) {
    INFO(bad.substr(0, 100));
    const Reply reply = add(bad);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "invalid_request");
    CHECK(reply.names("title"));
  }
  const Reply more = add(R"({"title":"x","id":7})");
  CHECK(more.status == 400);
  CHECK(more.names("id"));
  CHECK(add("{\"title\":\"\xff\"}").code() == "invalid_request");
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("an id that is none names no work") {
  Shop shop;
  shop.post("/api/v1/works", shop.operator_(), {{"title", "The Tea House"}});
  const Rows before = rows_of(shop);
  for (const std::string id :
       {"0", "-1", "2", "x", "1x", "1.0", "%201", "9223372036854775807", "9223372036854775808"}) {
    for (const std::string method : {"PATCH", "DELETE"}) {
      INFO(method << " " << id);
      const Reply reply = shop.call({.method = method,
                                     .path = "/api/v1/works/" + id,
                                     .token = shop.operator_(),
                                     .body = method == "PATCH" ? titled("x") : ""});
      CHECK(reply.status == 404);
      CHECK(reply.code() == "work_not_found");
    }
  }
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("works are listed page by page") {
  Shop shop;
  for (int i = 1; i <= 5; ++i) shop.post("/api/v1/works", shop.operator_(), {{"title", "work " + std::to_string(i)}});
  std::vector<std::int64_t> ids;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const Reply reply = shop.get("/api/v1/works?limit=2" + cursor, shop.user());
    REQUIRE(reply.status == 200);
    for (const Json& work : reply.body["data"]) ids.push_back(work["id"].get<std::int64_t>());
    CHECK(reply.body["has_more"] == (page < 2));
    if (page < 2) cursor = "&cursor=" + reply.body["next_cursor"].get<std::string>();
  }
  CHECK(ids == std::vector<std::int64_t>{1, 2, 3, 4, 5});
}

TEST_CASE("works that are added at once get ids of their own, and one is deleted once") {
  Shop shop;
  crowd(20, [&](int i) { shop.post("/api/v1/works", shop.operator_(), {{"title", "work " + std::to_string(i)}}); });
  CHECK(shop.get("/api/v1/works", shop.user()).body["data"].size() == 20);
  std::atomic<int> deleted{0};
  crowd(8, [&](int) {
    const Reply reply = shop.call({.method = "DELETE", .path = "/api/v1/works/7", .token = shop.operator_()});
    if (reply.status == 204) ++deleted;
  });
  CHECK(deleted == 1);
  CHECK(shop.get("/api/v1/works", shop.user()).body["data"].size() == 19);
}

}  // namespace
}  // namespace scrip::test
