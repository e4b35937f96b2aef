// The sets of policies that were in force: listed, shown, compared, and put in force again.
#include <atomic>
#include <catch2/catch.hpp>
#include <set>

#include "crowd.h"
#include "scenario.h"

namespace scrip::test {
namespace {

std::string percent(int percent) {
  return "return policy {\n  name = \"mine\",\n  rules = { discount { percent = " + std::to_string(percent) +
         " } },\n}\n";
}

Json policies(Shop& shop) {
  return shop.get("/api/v1/policies", shop.operator_()).body;
}
std::string active(Shop& shop) {
  return policies(shop)["revision"];
}
Json revisions(Shop& shop, const std::string& rest = "") {
  return shop.get("/api/v1/policies/revisions" + rest, shop.operator_()).body;
}

// A shop with 1 % in force, then 2 %.
struct Edited {
  Shop shop{{.scripts = {{"mine", percent(1)}}}};
  std::string first = active(shop);
  std::string second;

  Edited() {
    shop.write_policy("scripts/mine.lua", percent(2));
    const Reply reply = shop.post("/api/v1/policies/reload", shop.operator_(), {{"notes", "two of them"}});
    REQUIRE(reply.status == 200);
    second = reply.body["revision"];
  }

  Reply roll_back(const std::string& to, const std::string& notes = "") {
    Json body{{"revision", to}};
    if (!notes.empty()) body["notes"] = notes;
    return shop.post("/api/v1/policies/rollback", shop.operator_(), body);
  }
  Reload::Attempt watch() {
    auto attempt = shop.node().reload().from_disk({.by = "watch", .origin = PolicyOrigin::watch});
    REQUIRE(attempt.ok());
    return *attempt;
  }
};

TEST_CASE("revisions are the operator's, newest first, with who put them in force, from where and why") {
  Edited edited;
  Shop& shop = edited.shop;
  run(shop, {
                {.name = "nobody", .call = "GET /api/v1/policies/revisions", .status = 401, .code = "unauthenticated"},
                {.name = "the shop",
                 .who = Who::service,
                 .call = "GET /api/v1/policies/revisions",
                 .status = 403,
                 .code = "forbidden"},
                {.name = "a parameter that there is not",
                 .who = Who::operator_,
                 .call = "GET /api/v1/policies/revisions?active=1",
                 .status = 400,
                 .code = "invalid_request",
                 .fields = {"active"}},
                {.name = "a page too large",
                 .who = Who::operator_,
                 .call = "GET /api/v1/policies/revisions?limit=1001",
                 .status = 400,
                 .code = "invalid_request",
                 .fields = {"limit"}},
            });
  const Json all = revisions(shop)["data"];
  REQUIRE(all.size() == 2);
  CHECK(has(all[0], Json{{"revision", edited.second}, {"accepted_by", "admin"}, {"active", true}}));
  REQUIRE(all[0]["activations"].size() == 1);
  CHECK(has(all[0]["activations"][0],
            Json{{"by", "admin"}, {"origin", "reload"}, {"notes", "two of them"}, {"until", nullptr}}));
  CHECK(has(all[1], Json{{"revision", edited.first}, {"accepted_by", "start"}, {"active", false}}));
  CHECK(has(all[1]["activations"][0],
            Json{{"origin", "start"}, {"notes", ""}, {"until", all[0]["activations"][0]["at"]}}));
  const Json page = revisions(shop, "?limit=1");
  CHECK(page["has_more"] == true);
  CHECK(page["data"][0]["revision"] == edited.second);
  const Json rest = revisions(shop, "?limit=1&cursor=" + page["next_cursor"].get<std::string>());
  CHECK(rest["has_more"] == false);
  CHECK(rest["data"][0]["revision"] == edited.first);
}

TEST_CASE("a revision is shown with its files, by all its digits or the first of them") {
  Edited edited;
  const Json whole = revisions(edited.shop, "/" + edited.first);
  CHECK(whole["revision"] == edited.first);
  CHECK(whole["active"] == false);
  std::map<std::string, Json> files;
  for (const Json& file : whole["files"]) files[file["name"].get<std::string>()] = file;
  CHECK(files.at("scripts/mine.lua")["text"] == percent(1));
  CHECK(files.at("scripts/mine.lua")["bytes"] == percent(1).size());
  CHECK(files.contains("plugins/discount.lua"));
  CHECK(revisions(edited.shop, "/" + edited.first.substr(0, 8)) == whole);
  std::string upper = edited.first.substr(0, 20);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  CHECK(revisions(edited.shop, "/" + upper) == whole);
}

TEST_CASE("a revision that is none, is unknown, or is not the only one is refused") {
  Edited edited;
  // Two that begin alike, as no two real ones do in a test's time.
  const std::string digits(8, '0');
  {
    const auto other = edited.shop.open_store_again();
    REQUIRE(other.ok());
    for (const auto& [number, rest] : {std::pair{100, 'a'}, {101, 'b'}}) {
      Changes changes;
      changes.revision = {.number = number, .revision = digits + std::string(56, rest)};
      REQUIRE((*other)->begin().ok());
      REQUIRE((*other)->commit(changes).ok());
    }
  }
  struct Row {
    std::string given;
    int status;
    std::string code;
  };
  for (const Row& row : std::vector<Row>{{"1234567", 400, "invalid_request"},
                                         {"welcome.lua", 400, "invalid_request"},
                                         {"0123456g", 400, "invalid_request"},
                                         {std::string(65, 'a'), 400, "invalid_request"},
                                         {"%20%20%20%20%20%20%20%20", 400, "invalid_request"},
                                         {digits, 400, "invalid_request"},
                                         {"ffffffff00000000", 404, "not_found"},
                                         {std::string(64, 'f'), 404, "not_found"}}) {
    const bool bad = row.status == 400;
    const auto call = [&](const std::string& path, const std::string& field) {
      run(edited.shop, Scenario{.name = row.given,
                                .who = Who::operator_,
                                .call = "GET /api/v1/policies/revisions/" + path,
                                .status = row.status,
                                .code = row.code,
                                .fields = bad ? std::vector{field} : std::vector<std::string>()});
    };
    call(row.given, "revision");
    call(row.given + "/diff/" + edited.first, "from");
    call(edited.first + "/diff/" + row.given, "to");
  }
  run(edited.shop, {{.name = "ambiguous",
                     .who = Who::operator_,
                     .call = "POST /api/v1/policies/rollback",
                     .body = R"({"revision":"00000000"})",
                     .status = 400,
                     .code = "invalid_request",
                     .fields = {"revision"}},
                    {.name = "unknown",
                     .who = Who::operator_,
                     .call = "POST /api/v1/policies/rollback",
                     .body = R"({"revision":"ffffffff"})",
                     .status = 404,
                     .code = "not_found"}});
  CHECK(active(edited.shop) == edited.second);
}

TEST_CASE("the difference of two revisions is a unified diff of each file that differs") {
  Edited edited;
  edited.shop.write_policy("scripts/more.lua", "return policy { name = \"more\", rules = {} }\n");
  const std::string third = edited.shop.reload().body["revision"];
  const Json diff = revisions(edited.shop, "/" + edited.first.substr(0, 10) + "/diff/" + third);
  CHECK(diff["from"] == edited.first);
  CHECK(diff["to"] == third);
  REQUIRE(diff["files"].size() == 2);
  CHECK(diff["files"][0] == Json{{"name", "scripts/mine.lua"},
                                 {"change", "changed"},
                                 {"diff",
                                  "--- a/scripts/mine.lua\n+++ b/scripts/mine.lua\n@@ -1,4 +1,4 @@\n return policy {\n"
                                  "   name = \"mine\",\n-  rules = { discount { percent = 1 } },\n"
                                  "+  rules = { discount { percent = 2 } },\n }\n"}});
  CHECK(diff["files"][1]["change"] == "added");
  CHECK(revisions(edited.shop, "/" + third + "/diff/" + third)["files"].empty());
}

TEST_CASE("a rollback takes a revision and notes and nothing else") {
  Edited edited;
  const std::string call = "POST /api/v1/policies/rollback";
  const auto bad = [&](const std::string& name, const std::string& body, std::vector<std::string> fields) {
    run(edited.shop, Scenario{.name = name,
                              .who = Who::operator_,
                              .call = call,
                              .body = body,
                              .status = 400,
                              .code = "invalid_request",
                              .fields = std::move(fields)});
  };
  const std::string good = "\"revision\":\"" + edited.first + "\"";
  bad("nothing", "{}", {"revision"});
  bad("no body", "", {});
  bad("no object", "[]", {});
  bad("a number", R"({"revision":12345678})", {"revision"});
  bad("null", R"({"revision":null})", {"revision"});
  bad("too short", R"({"revision":"1234567"})", {"revision"});
  bad("no digits", R"({"revision":"../../../../etc"})", {"revision"});
  bad("a misspelt member", "{" + good + R"(,"note":"x"})", {"note"});
  bad("notes of the wrong type", "{" + good + R"(,"notes":["x"]})", {"notes"});
  bad("notes too long", "{" + good + R"(,"notes":")" + std::string(1'001, 'x') + "\"}", {"notes"});
  bad("notes far too long", "{" + good + R"(,"notes":")" + std::string(100'000, 'x') + "\"}", {"notes"});
  bad("control characters", "{" + good + R"(,"notes":"a\u0007b"})", {"notes"});
  bad("two lines", "{" + good + R"(,"notes":"a\nb"})", {"notes"});
  bad("broken UTF-8", "{" + good + ",\"notes\":\"\xff\"}", {});
  run(edited.shop, {{.name = "nobody", .call = call, .body = "{}", .status = 401, .code = "unauthenticated"},
                    {.name = "the shop",
                     .who = Who::service,
                     .call = call,
                     .body = "{" + good + "}",
                     .status = 403,
                     .code = "forbidden"}});
  const std::string reload = "POST /api/v1/policies/reload";
  run(edited.shop, {{.name = "notes of a reload that are too long",
                     .who = Who::operator_,
                     .call = reload,
                     .body = R"({"notes":")" + std::string(1'001, 'x') + "\"}",
                     .status = 400,
                     .code = "invalid_request",
                     .fields = {"notes"}},
                    {.name = "notes of a reload that are a number",
                     .who = Who::operator_,
                     .call = reload,
                     .body = R"({"notes":1})",
                     .status = 400,
                     .code = "invalid_request",
                     .fields = {"notes"}}});
  CHECK(active(edited.shop) == edited.second);
}

TEST_CASE("a rollback puts the earlier set in force, and says what it replaced and what it left on disk") {
  Edited edited;
  Shop& shop = edited.shop;
  run(shop, {{.name = "back",
              .who = Who::operator_,
              .call = "POST /api/v1/policies/rollback",
              .body = R"({"revision":")" + edited.first.substr(0, 12) + R"(","notes":"two were too many"})",
              .status = 200,
              .has = {{"revision", edited.first}, {"previous", edited.second}, {"set_aside", edited.second}},
              .changed = {"~revision"}}});
  const Json shown = policies(shop);
  CHECK(shown["revision"] == edited.first);
  CHECK(has(shown["set_aside"], Json{{"revision", edited.second}, {"by", "admin"}, {"notes", "two were too many"}}));
  CHECK(shown["last_attempt"]["ok"] == true);
  const Json ready = shop.get("/readyz", "").body;
  CHECK(ready["status"] == "degraded");
  CHECK(ready["reason"].get<std::string>().find("set aside") != std::string::npos);
  // When it was in force, and why it is again.
  const Json all = revisions(shop)["data"];
  CHECK(all[0]["active"] == false);
  CHECK(all[1]["active"] == true);
  REQUIRE(all[1]["activations"].size() == 2);
  CHECK(has(all[1]["activations"][0],
            Json{{"by", "admin"}, {"origin", "rollback"}, {"notes", "two were too many"}, {"until", nullptr}}));
  CHECK(all[1]["activations"][1]["origin"] == "start");
  CHECK(all[0]["activations"][0]["until"] == all[1]["activations"][0]["at"]);
  // What was decided since goes by it.
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 10}});
  shop.issue("spring", "minji");
  CHECK(shop.get("/api/v1/decisions", shop.operator_()).body["data"][0]["revision"] == edited.first);
}

TEST_CASE("what was rolled back from comes back by nobody's silence: not by the watcher, not by a start", "[sqlite]") {
  Edited edited;
  Shop& shop = edited.shop;
  REQUIRE(edited.roll_back(edited.first).status == 200);
  CHECK(edited.watch().left_aside);
  CHECK(active(shop) == edited.first);
  shop.write_policy("scripts/mine.lua", percent(2));  // the same bytes, another time
  CHECK(edited.watch().left_aside);
  shop.restart();
  CHECK(active(shop) == edited.first);
  CHECK(policies(shop)["set_aside"]["revision"] == edited.second);
  CHECK(shop.get("/readyz", "").body["status"] == "degraded");
  CHECK(edited.watch().left_aside);
  // The start and the watcher have left no trace of having done anything.
  CHECK(revisions(shop, "/" + edited.first)["activations"].size() == 2);
  CHECK(policies(shop)["last_attempt"]["ok"] == true);

  SECTION("a reload is somebody's act") {
    CHECK(shop.reload().body == Json{{"revision", edited.second}, {"previous", edited.first}});
  }
  SECTION("a change of the files is, too, and the watcher sees it") {
    shop.write_policy("scripts/mine.lua", percent(3));
    CHECK(!edited.watch().left_aside);
    CHECK(active(shop) != edited.first);
    // And so is changing them back.
    shop.write_policy("scripts/mine.lua", percent(2));
    CHECK(!edited.watch().left_aside);
    CHECK(active(shop) == edited.second);
  }
  SECTION("or the next start does") {
    shop.write_policy("scripts/mine.lua", percent(3));
    shop.restart();
    CHECK(active(shop) != edited.first);
  }
  SECTION("so is a rollback to what is on disk") {
    CHECK(edited.roll_back(edited.second).body["set_aside"].is_null());
    CHECK(active(shop) == edited.second);
  }
  CHECK(policies(shop)["set_aside"].is_null());
  CHECK(shop.get("/readyz", "").body["status"] == "ready");
  shop.restart();
  CHECK(active(shop) != edited.first);
}

TEST_CASE("bad files that are set aside do not come back when they are bad in another way, or good as before") {
  Edited edited;
  Shop& shop = edited.shop;
  REQUIRE(edited.roll_back(edited.first).status == 200);
  shop.write_policy("scripts/mine.lua", "return policy {");
  CHECK(!edited.watch().ok);
  CHECK(active(shop) == edited.first);
  CHECK(shop.get("/readyz", "").body["reason"].get<std::string>().find("refused") != std::string::npos);
  shop.write_policy("scripts/mine.lua", percent(2));
  CHECK(edited.watch().left_aside);
  CHECK(active(shop) == edited.first);
  CHECK(shop.get("/readyz", "").body["reason"].get<std::string>().find("set aside") != std::string::npos);
  shop.write_policy("scripts/mine.lua", "return policy {");
  shop.restart();
  CHECK(active(shop) == edited.first);
  shop.write_policy("scripts/mine.lua", percent(2));
  shop.restart();
  CHECK(active(shop) == edited.first);
}

TEST_CASE("a rollback to what a campaign no longer fits is refused, and changes nothing") {
  Edited edited;
  Shop& shop = edited.shop;
  shop.write_policy("scripts/late.lua", "return policy { name = \"late\", rules = {} }\n");
  const std::string third = shop.reload().body["revision"];
  shop.campaign({{"id", "spring"}, {"policy", "late"}});
  const Json before = policies(shop);
  run(shop, {{.name = "refused",
              .who = Who::operator_,
              .call = "POST /api/v1/policies/rollback",
              .body = R"({"revision":")" + edited.first + "\"}",
              .status = 422,
              .code = "invalid_policy"}});
  const Reply refused = edited.roll_back(edited.first, "in vain");
  CHECK(refused.text.find("campaign spring does not fit") != std::string::npos);
  CHECK(policies(shop) == before);
  CHECK(shop.get("/readyz", "").body["status"] == "ready");
  const Json entry = shop.get("/api/v1/audit?limit=1", shop.operator_()).body["data"][0];
  CHECK(entry["action"] == "policies.refused");
  CHECK(entry["subject"] == "admin");
  CHECK(entry["old"] == Json{{"revision", third}});
  CHECK(has(entry["new"],
            Json{{"revision", edited.first}, {"origin", "rollback"}, {"notes", "in vain"}, {"error_count", 1}}));
}

TEST_CASE("the console is told from a program by how it shows who it is") {
  Edited edited;
  const Reply reply = edited.shop.call({"POST",
                                        "/api/v1/policies/reload",
                                        "",
                                        R"({"notes":"from the page"})",
                                        {{"Cookie", "scrip_session=" + edited.shop.operator_()}}});
  REQUIRE(reply.status == 200);
  const Json shown = revisions(edited.shop, "/" + edited.second)["activations"];
  REQUIRE(shown.size() == 2);
  CHECK(has(shown[0], Json{{"origin", "console"}, {"notes", "from the page"}}));
}

TEST_CASE("the same set once more is no other time in force, unless somebody says why") {
  Edited edited;
  REQUIRE(edited.shop.reload().status == 200);
  edited.watch();
  edited.shop.restart();
  CHECK(revisions(edited.shop, "/" + edited.second)["activations"].size() == 1);
  REQUIRE(edited.shop.post("/api/v1/policies/reload", edited.shop.operator_(), {{"notes", "checked"}}).status == 200);
  CHECK(revisions(edited.shop, "/" + edited.second)["activations"].size() == 2);
}

TEST_CASE("claims go on while policies are rolled back, each under a revision that was in force", "[concurrent]") {
  Edited edited;
  Shop& shop = edited.shop;
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", nullptr}});
  std::atomic<bool> over{false};
  std::atomic<int> claims{0};
  std::atomic<int> failed{0};
  constexpr int callers = 8;
  crowd(callers + 1, [&](int caller) {
    if (caller == callers) {
      for (int i = 0; i < 10; ++i) {
        // So that there are claims between any two of them.
        for (const int before = claims; claims < before + callers && failed == 0;) std::this_thread::yield();
        const Reply reply = edited.roll_back(i % 2 == 0 ? edited.first : edited.second, "turn " + std::to_string(i));
        if (reply.status != 200) ++failed;
      }
      over = true;
      return;
    }
    for (int i = 0; !over; ++i) {
      const Reply reply = shop.post("/api/v1/campaigns/spring/issue", shop.service(),
                                    {{"user_id", "u" + std::to_string(caller) + "-" + std::to_string(i)}});
      ++claims;
      if (reply.status != 201) ++failed;
    }
  });
  CHECK(failed == 0);
  std::map<std::string, int> decided;
  std::string cursor;
  do {
    const Json page =
        shop.get("/api/v1/decisions?limit=1000" + (cursor.empty() ? "" : "&cursor=" + cursor), shop.operator_()).body;
    for (const Json& decision : page["data"]) ++decided[decision["revision"].get<std::string>()];
    cursor = page["has_more"] == true ? page["next_cursor"].get<std::string>() : "";
  } while (!cursor.empty());
  CHECK(decided.size() == 2);
  CHECK(decided[edited.first] + decided[edited.second] == claims);
  CHECK(decided[edited.first] > 0);
  CHECK(decided[edited.second] > 0);
  CHECK(active(shop) == edited.second);
  CHECK(revisions(shop, "/" + edited.first)["activations"].size() == 6);
  CHECK(shop.drift().empty());
}

}  // namespace
}  // namespace scrip::test
