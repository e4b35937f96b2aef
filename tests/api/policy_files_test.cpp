// The policies' files through the API: read, edited, checked; and never anything else.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "scenario.h"

namespace scrip::test {
namespace {

namespace fs = std::filesystem;

const std::string files = "/api/v1/policies/files";
const std::string mine = files + "/scripts/mine.lua";
const std::string one_percent = "return policy { name = \"mine\", rules = { discount { percent = 1 } } }\n";
const std::string two_percent = "return policy { name = \"mine\", rules = { discount { percent = 2 } } }\n";

Reply put(Shop& shop, const std::string& path, const std::string& text,
          const std::vector<std::pair<std::string, std::string>>& headers) {
  auto all = headers;
  all.emplace_back("Content-Type", "application/json");
  return shop.call({.method = "PUT",
                    .path = path,
                    .token = shop.operator_(),
                    .body = Json{{"text", text}}.dump(),
                    .headers = std::move(all)});
}

std::string active_revision(Shop& shop) {
  return shop.get("/api/v1/policies", shop.operator_()).body["revision"];
}

Json listed(Shop& shop, const std::string& name) {
  const Json listing = shop.get(files, shop.operator_()).body;
  for (const Json& file : listing["files"]) {
    if (file["name"] == name) return file;
  }
  return {};
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("the files on disk are listed, and read with their ETag") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  const Json entry = listed(shop, "scripts/mine.lua");
  CHECK(entry["bytes"] == one_percent.size());
  CHECK(entry["in_force"] == true);
  CHECK(entry["editable"] == true);
  CHECK(!listed(shop, "plugins/discount.lua").is_null());
  CHECK(listed(shop, "plugins/types.lua").is_null());
  const Reply file = shop.get(mine, shop.operator_());
  CHECK(file.body["text"] == one_percent);
  CHECK(file.body["sha256"] == entry["sha256"]);
  CHECK(file.header("etag") == "\"" + entry["sha256"].get<std::string>() + "\"");
  shop.write_policy("scripts/mine.lua", two_percent);
  CHECK(listed(shop, "scripts/mine.lua")["in_force"] == false);
  CHECK(shop.get(mine, shop.operator_()).body["text"] == two_percent);
}

TEST_CASE("an edit is on disk at once, and in force after a reload") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  const std::string before = active_revision(shop);
  const auto siblings = names_in(shop.folder() / "scripts");
  const std::string tag = shop.get(mine, shop.operator_()).header("etag");
  const Reply written = put(shop, mine, two_percent, {{"If-Match", tag}});
  CHECK(written.status == 200);
  CHECK(written.body["in_force"] == false);
  CHECK(written.header("etag") != tag);
  CHECK(shop.get(mine, shop.operator_()).header("etag") == written.header("etag"));
  CHECK(names_in(shop.folder() / "scripts") == siblings);  // no draft is left over
  CHECK(active_revision(shop) == before);
  CHECK(shop.reload().status == 200);
  CHECK(active_revision(shop) != before);
  CHECK(listed(shop, "scripts/mine.lua")["in_force"] == true);
}

TEST_CASE("two editors do not overwrite each other") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  const std::string tag = shop.get(mine, shop.operator_()).header("etag");
  CHECK(put(shop, mine, two_percent, {{"If-Match", tag}}).status == 200);
  const Reply stale = put(shop, mine, one_percent, {{"If-Match", tag}});
  CHECK(stale.status == 412);
  CHECK(stale.code() == "policy_file_changed");
  CHECK(put(shop, mine, one_percent, {{"If-None-Match", "*"}}).code() == "policy_file_changed");
  CHECK(shop.get(mine, shop.operator_()).body["text"] == two_percent);
  const std::string fresh = files + "/plugins/fresh.lua";
  CHECK(put(shop, fresh, "return 1\n", {{"If-Match", tag}}).code() == "policy_file_changed");
  CHECK(shop.get(fresh, shop.operator_()).status == 404);
  CHECK(put(shop, fresh, "return 1\n", {{"If-None-Match", "*"}}).status == 200);
  CHECK(shop.get(fresh, shop.operator_()).body["text"] == "return 1\n");
}

TEST_CASE("an edit says what it was made from") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  const std::string tag = shop.get(mine, shop.operator_()).header("etag");
  using Headers = std::vector<std::pair<std::string, std::string>>;
  for (const Headers& headers : {Headers{}, Headers{{"If-Match", "*"}}, Headers{{"If-Match", "\"abc\""}},
                                 Headers{{"If-Match", tag + ", " + tag}}, Headers{{"If-None-Match", tag}},
                                 Headers{{"If-Match", tag}, {"If-None-Match", "*"}}}) {
    const Reply reply = put(shop, mine, two_percent, headers);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "invalid_request");
  }
  CHECK(shop.get(mine, shop.operator_()).body["text"] == one_percent);
}

TEST_CASE("only files of a policy set can be read or written") {
  Shop shop;
  const fs::path outside = shop.folder() / "secret.lua";
  std::ofstream(outside) << "return 'secret'\n";
  fs::create_directory_symlink(shop.folder(), shop.folder() / "scripts" / "out");
  for (const std::string path :
       {"/scripts/..%2Fsecret.lua", "/scripts/%2E%2E%2Fsecret.lua", "/..%2Fscripts/mine.lua", "/./mine.lua",
        "/scripts/.hidden.lua", "/scripts/mine.txt", "/scripts/.lua", "/scripts/Mine.lua", "/scripts/mi-ne.lua",
        "/scripts/m%C3%AFne.lua", "/scripts/mine.lua%00", "/scripts/out%2Fsecret.lua", "/data/scrip.lua",
        "/plugins/types.lua", "/scripts/%FF.lua", "/scripts/mine.lua.lua"}) {
    INFO(path);
    const Reply read = shop.get(files + path, shop.operator_());
    CHECK((read.status == 404 || read.status == 400));
    const Reply write = put(shop, files + path, "return 1\n", {{"If-None-Match", "*"}});
    CHECK((write.status == 404 || write.status == 400));
  }
  const std::string longest = files + "/scripts/" + std::string(65, 'a') + ".lua";
  CHECK(put(shop, longest, "return 1\n", {{"If-None-Match", "*"}}).status == 404);
  std::ifstream in(outside);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "return 'secret'\n");
  CHECK(!fs::exists(shop.folder() / "data" / "scrip.lua"));
}

TEST_CASE("a link that leads elsewhere is neither read nor written through") {
  Shop shop;
  const fs::path outside = shop.folder() / "secret.lua";
  std::ofstream(outside) << "return policy { name = \"linked\", rules = {} }\n";
  fs::create_symlink(outside, shop.folder() / "scripts" / "linked.lua");
  fs::create_symlink(shop.folder() / "nowhere.lua", shop.folder() / "scripts" / "dangling.lua");
  fs::create_directory(shop.folder() / "scripts" / "folder.lua");
  for (const std::string name : {"linked", "dangling", "folder"}) {
    INFO(name);
    const std::string path = files + "/scripts/" + name + ".lua";
    CHECK(shop.get(path, shop.operator_()).status == 400);
    CHECK(put(shop, path, "return 1\n", {{"If-None-Match", "*"}}).status == 400);
  }
  CHECK(listed(shop, "scripts/linked.lua")["editable"] == false);
  CHECK(!fs::exists(shop.folder() / "nowhere.lua"));
  CHECK(fs::is_symlink(shop.folder() / "scripts" / "linked.lua"));
}

TEST_CASE("what is no text of a policy is refused, and the file stays") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  const std::string tag = shop.get(mine, shop.operator_()).header("etag");
  const std::string call = "PUT " + mine;
  const std::vector<std::pair<std::string, std::string>> headers{{"Content-Type", "application/json"},
                                                                 {"If-Match", tag}};
  const std::string bad = "invalid_request";
  run(shop,
      {
          {"no JSON", Who::operator_, call, "return 1", 400, bad, {}, {}, {}, headers},
          {"broken UTF-8", Who::operator_, call, "{\"text\":\"\xff\"}", 400, bad, {}, {}, {}, headers},
          {"half a character", Who::operator_, call, R"({"text":"\ud800"})", 400, bad, {}, {}, {}, headers},
          {"no text", Who::operator_, call, "{}", 400, bad, {}, {"text"}, {}, headers},
          {"a number", Who::operator_, call, R"({"text":1})", 400, bad, {}, {"text"}, {}, headers},
          {"another member", Who::operator_, call, R"({"text":"","mode":511})", 400, bad, {}, {"mode"}, {}, headers},
          {"bytecode", Who::operator_, call, R"({"text":"\u001bLJ"})", 400, bad, {}, {"text"}, {}, headers},
          {"too much",
           Who::operator_,
           call,
           Json{{"text", std::string(1024 * 1024 + 1, ' ')}}.dump(),
           400,
           bad,
           {},
           {"text"},
           {},
           headers},
          {"a service", Who::service, call, R"({"text":""})", 403, "forbidden", {}, {}, {}, headers},
          {"a user", Who::user, call, R"({"text":""})", 403, "forbidden", {}, {}, {}, headers},
          {"nobody", Who::nobody, call, R"({"text":""})", 401, "unauthenticated", {}, {}, {}, headers},
      });
  CHECK(shop.get(mine, shop.operator_()).body["text"] == one_percent);
  CHECK(shop.get(files, shop.service()).status == 403);
  CHECK(shop.get(mine, shop.user()).status == 403);
  shop.write_policy("scripts/mine.lua", "return '\xff'\n");
  CHECK(shop.get(mine, shop.operator_()).code() == "invalid_policy");
}

TEST_CASE("a check tells every error by file and line, and changes nothing") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}});
  const std::string before = active_revision(shop);
  const auto check = [&](const Json& drafts) {
    return shop.post("/api/v1/policies/check", shop.operator_(), {{"files", drafts}});
  };
  const Reply same = check(Json::array());
  CHECK(same.status == 200);
  CHECK(same.body["revision"] == before);
  CHECK(same.body["in_force"] == true);

  const Reply good = check({{{"name", "scripts/mine.lua"}, {"text", two_percent}}});
  CHECK(good.status == 200);
  CHECK(good.body["revision"] != before);
  CHECK(good.body["in_force"] == false);

  const Reply bad = check(
      {{{"name", "scripts/mine.lua"}, {"text", "return policy {\n  name = \"mine\",\n  rules = { dicsount {} },\n}\n"}},
       {{"name", "plugins/broken.lua"}, {"text", "local x = nil\nreturn x.y\n"}}});
  CHECK(bad.status == 422);
  CHECK(bad.code() == "invalid_policy");
  REQUIRE(bad.body["errors"].size() == 2);
  CHECK(bad.body["errors"][0]["file"] == "plugins/broken.lua");
  CHECK(bad.body["errors"][0]["line"] == 2);
  CHECK(bad.body["errors"][1]["file"] == "scripts/mine.lua");
  CHECK(bad.body["errors"][1]["line"] == 3);

  const Reply unfit =
      check({{{"name", "scripts/mine.lua"}, {"text", "return policy { name = \"other\", rules = {} }"}}});
  CHECK(unfit.status == 422);
  CHECK(unfit.text.find("spring") != std::string::npos);

  const Reply failing =
      check({{{"name", "scripts/mine_test.lua"},
              {"text", "return test \"mine\" {\n  [\"fails\"] = function(t)\n    t.equal(1, 2)\n  end,\n}\n"}}});
  CHECK(failing.status == 422);
  CHECK(failing.body["errors"][0]["line"] == 3);

  CHECK(active_revision(shop) == before);
  CHECK(shop.get(mine, shop.operator_()).body["text"] == one_percent);
  CHECK(shop.get(files + "/plugins/broken.lua", shop.operator_()).status == 404);
  CHECK(shop.get("/api/v1/policies", shop.operator_()).body["last_attempt"]["ok"] == true);
}

TEST_CASE("a check refuses what can be no file of a set") {
  Shop shop;
  const std::string call = "POST /api/v1/policies/check";
  const std::string bad = "invalid_request";
  Json many = Json::array();
  for (int i = 0; i < 513; ++i) many.push_back({{"name", "scripts/a" + std::to_string(i) + ".lua"}, {"text", ""}});
  run(shop,
      {
          {"no list", Who::operator_, call, R"({"files":{}})", 400, bad, {}, {"files"}},
          {"no object", Who::operator_, call, R"({"files":[1]})", 400, bad},
          {"too many", Who::operator_, call, Json{{"files", many}}.dump(), 400, bad, {}, {"files"}},
          {"a path",
           Who::operator_,
           call,
           R"({"files":[{"name":"scripts/../x.lua","text":""}]})",
           400,
           bad,
           {},
           {"files[0].name"}},
          {"twice",
           Who::operator_,
           call,
           R"({"files":[{"name":"scripts/x.lua","text":""},{"name":"scripts/x.lua","text":""}]})",
           400,
           bad,
           {},
           {"files[1].name"}},
          {"no text", Who::operator_, call, R"({"files":[{"name":"scripts/x.lua"}]})", 400, bad, {}, {"files[0].text"}},
          {"another member", Who::operator_, call, R"({"activate":true})", 400, bad, {}, {"activate"}},
          {"broken UTF-8", Who::operator_, call, "{\"files\":[{\"name\":\"scripts/x.lua\",\"text\":\"\xff\"}]}", 400,
           bad},
          {"a user", Who::user, call, "{}", 403, "forbidden"},
          {"a service", Who::service, call, "{}", 403, "forbidden"},
      });
}

}  // namespace
}  // namespace scrip::test
