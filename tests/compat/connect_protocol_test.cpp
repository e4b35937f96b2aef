// The rules of a unary call, one row each: what is sent, and the whole answer to it.
#include <catch2/catch.hpp>
#include <thread>

#include "compat/gzip.h"
#include "connect_client.h"
#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

const Headers json_type{{"Content-Type", "application/json"}};

struct Row {
  std::string name;
  Headers headers;
  std::string body;
  int status = 200;
  std::string answer;  // the whole body
  Headers with{};      // headers of the answer; "": there is none
  std::string method = "POST";
  std::string path = issue_path;
};

void run(Shop& shop, ConnectClient& client, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Rows before = rows_of(shop);
    const Answer answer = client.call(row.method, row.path, row.body, row.headers);
    INFO(row.name << ": " << answer.status << " " << answer.body.substr(0, 300));
    CHECK(answer.status == row.status);
    if (!row.answer.empty()) CHECK(answer.body == row.answer);
    CHECK(answer.header("content-type") == "application/json");
    for (const auto& [name, value] : row.with) {
      CAPTURE(name);
      CHECK(answer.header(name) == value);
    }
    CHECK(changes(before, rows_of(shop)).empty());
  }
}

std::string error(const std::string& code, const std::string& message) {
  return R"({"code":")" + code + R"(","message":")" + message + R"("})";
}

}  // namespace

TEST_CASE("a call that breaks a rule of the protocol is told which, and does nothing") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("camp001", 10);
  const std::string body = R"({"campaignId":"camp001"})";
  const std::string types = "application/json, application/proto";
  const auto typed = [](const std::string& name, const std::string& value) {
    return Headers{{"Content-Type", "application/json"}, {name, value}};
  };
  const std::string version = error("invalid_argument", "Connect-Protocol-Version must be 1");
  const std::string digits = error("invalid_argument", "Connect-Timeout-Ms must be a number of at most 10 digits");
  const std::string late = error("deadline_exceeded", "the time that Connect-Timeout-Ms gives is over");
  const std::string broken_gzip = error("invalid_argument", "the body is not valid gzip");
  run(shop, client,
      {
          {"another content type",
           {{"Content-Type", "text/plain"}},
           body,
           415,
           error("unknown", "the content type must be one of " + types),
           {{"accept-post", types}}},
          {"a stream's content type",
           {{"Content-Type", "application/connect+json"}},
           body,
           415,
           "",
           {{"accept-post", types}}},
          {"another charset", {{"Content-Type", "application/json; charset=latin1"}}, body, 415, ""},
          {"another version", typed("Connect-Protocol-Version", "2"), body, 400, version},
          {"an empty version", typed("Connect-Protocol-Version", ""), body, 400, version},
          {"a timeout of 11 digits", typed("Connect-Timeout-Ms", "10000000000"), body, 400, digits},
          {"a timeout below zero", typed("Connect-Timeout-Ms", "-1"), body, 400, digits},
          {"a timeout with a fraction", typed("Connect-Timeout-Ms", "1.5"), body, 400, digits},
          {"an empty timeout", typed("Connect-Timeout-Ms", ""), body, 400, digits},
          {"no time at all", typed("Connect-Timeout-Ms", "0"), body, 504, late},
          {"no time for a bad body", typed("Connect-Timeout-Ms", "0"), "{", 504, late},
          {"another encoding",
           typed("Content-Encoding", "br"),
           body,
           501,
           error("unimplemented", "the content encoding br is none of gzip, identity"),
           {{"accept-encoding", "gzip, identity"}}},
          {"two encodings", typed("Content-Encoding", "gzip, gzip"), body, 501, ""},
          {"gzip that is none", typed("Content-Encoding", "gzip"), body, 400, broken_gzip},
          {"gzip that is cut", typed("Content-Encoding", "gzip"), compat::gzip(body).substr(0, 15), 400, broken_gzip},
          {"gzip of nothing", typed("Content-Encoding", "gzip"), "", 400,
           error("invalid_argument", "an empty body is no JSON object")},
          {"an empty body", json_type, "", 400, error("invalid_argument", "an empty body is no JSON object")},
          {"no JSON", json_type, "{", 400, error("invalid_argument", "The body is not valid JSON.")},
          {"no object", json_type, "[]", 400, error("invalid_argument", "The body must be a JSON object.")},
          {"broken UTF-8", json_type, "{\"campaignId\":\"\xc3\x28\"}", 400,
           error("invalid_argument", "The body is not UTF-8.")},
          {"a wrong type", json_type, R"({"campaignId":7})", 400,
           error("invalid_argument", "campaignId: must be a string")},
          {"no protobuf",
           {{"Content-Type", "application/proto"}},
           bytes("0a07"),
           400,
           error("invalid_argument", "the body is no v1.IssueCouponReq in protobuf's binary form")},
          {"broken UTF-8 in protobuf", {{"Content-Type", "application/proto"}}, bytes("0a02c328"), 400, ""},
      });
}

TEST_CASE("another verb and another path are refused as HTTP does") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  const std::string verb = error("unknown", "a call is a POST");
  const std::string path = error("unimplemented", "there is no such method");
  std::vector<Row> rows;
  for (const char* const method : {"GET", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"}) {
    rows.push_back({method, json_type, "", 405, verb, {{"allow", "POST"}}, method});
  }
  for (const char* const other : {"/v1.CampaignService/DeleteCampaign", "/v1.CampaignService/createcampaign",
                                  "/v1.CouponService/CreateCampaign"}) {
    rows.push_back({other, json_type, "{}", 404, path, {}, "POST", other});
    rows.push_back({other, json_type, "", 404, path, {}, "GET", other});
  }
  run(shop, client, rows);
  CHECK(client.post("/v1.CampaignService", "{}").status == 404);
  CHECK(client.post("/v1.CampaignService/a/b", "{}").status == 404);
  CHECK(client.post("/v1.OtherService/Get", "{}").status == 404);
}

TEST_CASE("without compat there is no RPC") {
  Shop shop;
  ConnectClient client(shop);
  CHECK(client.post(create_path, "{}").status == 404);
}

TEST_CASE("who may call is told in Connect's words who may not") {
  Shop shop({.compat = true});
  ConnectClient(shop).create("camp001", 10);
  struct Caller {
    std::string token;
    int status;
    std::string answer;
  };
  const std::vector<Caller> callers{
      {"", 401, error("unauthenticated", "a bearer token is needed")},
      {"forged", 401, ""},
      {shop.user(), 403, error("permission_denied", "the role user may not do this")},
      {shop.service(), 200, ""},
      {shop.operator_(), 200, ""},
  };
  for (const Caller& caller : callers) {
    for (const char* const path : {issue_path, get_path, create_path}) {
      ConnectClient client(shop, caller.token);
      const Rows before = rows_of(shop);
      const Answer answer =
          client.post(path, R"({"campaignId":"camp001","startDate":"2026-11-01","expiredDate":"2026-11-02"})");
      INFO(path << " " << answer.body);
      CHECK(answer.status == caller.status);
      if (caller.status == 200) continue;
      if (!caller.answer.empty()) CHECK(answer.body == caller.answer);
      CHECK(answer.header("content-type") == "application/json");
      CHECK(answer.header("www-authenticate") == (caller.status == 401 ? "Bearer" : ""));
      CHECK(changes(before, rows_of(shop)).empty());
    }
  }
}

TEST_CASE("an open RPC needs no token, and takes none that is forged") {
  Shop shop({.compat = true, .open_rpc = true});
  ConnectClient nobody(shop, "");
  nobody.create("camp001", 10);
  CHECK(nobody.issue("camp001").size() == 19);
  CHECK(nobody.info("camp001")["AllCouponIds"].size() == 1);
  ConnectClient user(shop, shop.user());
  CHECK(user.issue("camp001").size() == 19);
  CHECK(ConnectClient(shop, "forged").post(issue_path, R"({"campaignId":"camp001"})").status == 401);
}

TEST_CASE("a call that keeps the rules is answered in the form it came in") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  const std::string created = "0a020801";
  const Answer binary =
      client.proto(create_path, bytes("0a0763616d70303031120a323032352d30312d30311a0a323032372d31322d333120e807"));
  CHECK(binary.status == 200);
  CHECK(binary.header("content-type") == "application/proto");
  CHECK(binary.body == bytes(created));
  const std::string body = R"({"campaignId":"camp001"})";
  for (const Headers& headers :
       {Headers{{"Content-Type", "application/json"}}, Headers{{"Content-Type", "application/json; charset=utf-8"}},
        Headers{{"Content-Type", "application/json"}, {"Connect-Protocol-Version", "1"}},
        Headers{{"Content-Type", "application/json"}, {"Connect-Timeout-Ms", "9999999999"}},
        Headers{{"Content-Type", "application/json"}, {"Connect-Timeout-Ms", "0000060000"}},
        Headers{{"Content-Type", "application/json"}, {"Content-Encoding", "identity"}}}) {
    const Answer answer = client.post(issue_path, body, headers);
    INFO(answer.body);
    CHECK(answer.status == 200);
    CHECK(answer.header("content-type") == "application/json");
    CHECK(has(Json::parse(answer.body), Json{{"result", {{"success", true}}}}));
  }
  const Answer charset =
      client.post(issue_path, bytes("0a0763616d70303031"), {{"Content-Type", "application/proto; charset=utf-8"}});
  CHECK(charset.header("content-type") == "application/proto");
  CHECK(charset.body.starts_with(bytes("0a0208011213")));
}

TEST_CASE("a body may come in chunks") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("camp001", 10);
  const Answer answer = client.connection().call(
      "POST " + std::string(issue_path) + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + shop.service() +
      "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "e\r\n{\"campaignId\":\r\na\r\n\"camp001\"}\r\n0\r\n\r\n");
  CHECK(answer.status == 200);
  CHECK(Json::parse(answer.body)["result"]["success"] == true);
}

TEST_CASE("a request may be compressed, in both forms") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("camp001", 10);
  const Answer json = client.post(issue_path, compat::gzip(R"({"campaignId":"camp001"})"),
                                  {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}});
  CHECK(Json::parse(json.body)["result"]["success"] == true);
  const Answer proto = client.post(issue_path, compat::gzip(bytes("0a0763616d70303031")),
                                   {{"Content-Type", "application/proto"}, {"Content-Encoding", "GZIP"}});
  CHECK(proto.body.starts_with(bytes("0a020801")));
}

TEST_CASE("an answer is compressed for who wants it and where it pays") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("camp001", 100);
  for (int i = 0; i < 100; ++i) client.issue("camp001");
  const std::string body = R"({"campaignId":"camp001"})";
  const std::string plain = client.post(get_path, body).body;
  struct Row {
    const char* accept;
    bool compressed;
  };
  for (const Row& row : std::vector<Row>{{"gzip", true},
                                         {"br, gzip;q=0.1", true},
                                         {"*", true},
                                         {"gzip;q=0", false},
                                         {"gzip;q=0.000, identity", false},
                                         {"*, gzip;q=0", false},
                                         {"gzip, *;q=0", true},
                                         {"*;q=0", false},
                                         {"identity", false},
                                         {"deflate, br", false},
                                         {"", false}}) {
    CAPTURE(row.accept);
    const Answer answer =
        client.post(get_path, body, {{"Content-Type", "application/json"}, {"Accept-Encoding", row.accept}});
    CHECK(answer.header("content-encoding") == (row.compressed ? "gzip" : ""));
    CHECK(answer.header("content-type") == "application/json");
    const auto text = row.compressed ? compat::gunzip(answer.body, 1024 * 1024) : Result<std::string>(answer.body);
    REQUIRE(text);
    CHECK(*text == plain);
    if (row.compressed) CHECK(answer.body.size() < plain.size());
  }
  const Answer small =
      client.post(issue_path, body, {{"Content-Type", "application/json"}, {"Accept-Encoding", "gzip"}});
  CHECK(small.header("content-encoding").empty());
}

TEST_CASE("a message over the limit is refused, also when it is so only once decompressed") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  const std::string large = R"({"campaignId":"camp001","x":")" + std::string(1024 * 1024, 'x') + "\"}";
  const Answer plain = client.post(issue_path, large);
  CHECK(plain.status == 429);
  CHECK(Json::parse(plain.body)["code"] == "resource_exhausted");
  const std::string bomb = compat::gzip(large);
  CHECK(bomb.size() < 16 * 1024);
  const Answer packed =
      ConnectClient(shop).post(issue_path, bomb, {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}});
  CHECK(packed.status == 429);
  CHECK(packed.body == error("resource_exhausted", "the body is larger than 1048576 bytes once decompressed"));
}

// The time that is measured here is the one that the client has given.
TEST_CASE("a claim whose time has passed while its body came is not made") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("camp001", 10);
  const Rows before = rows_of(shop);
  const std::string body = R"({"campaignId":"camp001"})";
  const auto sent = std::chrono::steady_clock::now();
  client.connection().send("POST " + std::string(issue_path) + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " +
                           shop.service() + "\r\nContent-Type: application/json\r\nConnect-Timeout-Ms: 30\r\n" +
                           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n{");
  while (std::chrono::steady_clock::now() < sent + std::chrono::milliseconds(200)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  client.connection().send(body.substr(1));
  const Answer answer = client.connection().read();
  CHECK(answer.status == 504);
  CHECK(answer.body == error("deadline_exceeded", "the time that Connect-Timeout-Ms gives is over"));
  CHECK(changes(before, rows_of(shop)).empty());
}

}  // namespace scrip::test
