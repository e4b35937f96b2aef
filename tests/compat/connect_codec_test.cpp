#include "compat/connect_codec.h"

#include <campaign_rpc.pb.h>

#include <catch2/catch.hpp>

#include "connect_client.h"

using namespace scrip;
using namespace scrip::compat;
using scrip::test::bytes;

namespace {

// The request that a text in JSON is read as; the error's message when it is refused.
std::string read(const std::string& json) {
  v1::CreateCampaignReq request;
  const auto read = decode(Codec::json, json, request);
  if (!read) return "refused: " + read.error().message;
  return request.campaignid() + "|" + request.startdate() + "|" + std::to_string(request.maxcoupon());
}

}  // namespace

TEST_CASE("a content type says how the message is written") {
  struct Row {
    const char* type;
    std::optional<Codec> codec;
  };
  const std::vector<Row> rows{
      {"application/json", Codec::json},
      {"application/proto", Codec::proto},
      {"application/json; charset=utf-8", Codec::json},
      {"application/proto; charset=utf-8", Codec::proto},
      {"application/json;charset=UTF-8", Codec::json},
      {"Application/JSON ; Charset=\"utf-8\"", Codec::json},
      {"application/json;", Codec::json},
      {"", std::nullopt},
      {"application/jso", std::nullopt},
      {"application/json; charset=latin1", std::nullopt},
      {"application/json; boundary=x", std::nullopt},
      {"application/connect+json", std::nullopt},
      {"application/grpc-web+proto", std::nullopt},
      {"text/plain", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type);
    CHECK(parse_codec(row.type) == row.codec);
  }
}

TEST_CASE("messages have the bytes that clients of the original send and expect") {
  v1::CreateCampaignReq create;
  REQUIRE(
      decode(Codec::proto, bytes("0a0763616d70303031120a323032352d30312d30311a0a323032352d31322d333120e807"), create));
  CHECK(create.campaignid() == "camp001");
  CHECK(create.startdate() == "2025-01-01");
  CHECK(create.expireddate() == "2025-12-31");
  CHECK(create.maxcoupon() == 1000);
  v1::IssueCouponReq issue;
  REQUIRE(decode(Codec::proto, bytes("0a0763616d70303031"), issue));
  CHECK(issue.campaignid() == "camp001");
  v1::CreateCampaignRes created;
  created.mutable_result()->set_success(true);
  CHECK(encode(Codec::proto, created) == bytes("0a020801"));
  v1::IssueCouponRes sold_out;
  sold_out.mutable_result()->set_message("no more available coupon");
  CHECK(encode(Codec::proto, sold_out) == bytes("0a1a12186e6f206d6f726520617661696c61626c6520636f75706f6e"));
}

TEST_CASE("a message of no bytes has all its defaults in protobuf's form, and is no JSON") {
  v1::CreateCampaignReq request;
  CHECK(decode(Codec::proto, "", request).ok());
  CHECK(request.maxcoupon() == 0);
  CHECK(read("").starts_with("refused: "));
}

TEST_CASE("JSON is read as proto3 says") {
  struct Row {
    const char* json;
    const char* read;
  };
  const std::vector<Row> rows{
      {R"({})", "||0"},
      {R"({"campaignId":"a","startDate":"d","maxCoupon":7})", "a|d|7"},
      {R"({"maxCoupon":"7"})", "||7"},
      {R"({"maxCoupon":-7})", "||-7"},
      {R"({"maxCoupon":7.0})", "||7"},
      {R"({"maxCoupon":1e3})", "||1000"},
      {R"({"maxCoupon":"1e3"})", "||1000"},
      {R"({"maxCoupon":9223372036854775807})", "||9223372036854775807"},
      {R"({"maxCoupon":"9223372036854775807"})", "||9223372036854775807"},
      {R"({"maxCoupon":-9223372036854775808})", "||-9223372036854775808"},
      {R"({"maxCoupon":null,"campaignId":null})", "||0"},
      {R"({"unknown":[1,{"a":"b"}],"campaignId":"a"})", "a||0"},
      {R"({"CampaignId":"names are compared with their case"})", "||0"},
      {R"({"campaignId":"\u00e9\ud83d\ude00"})", "é😀||0"},
      {" {\n} ", "||0"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    CHECK(read(row.json) == row.read);
  }
}

TEST_CASE("what is no JSON object or no such field is refused") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "[";
  const std::vector<std::string> wrong{
      "",
      " ",
      "null",
      "[]",
      "\"text\"",
      "7",
      "{",
      "{}}",
      "{'campaignId':'a'}",
      "{campaignId:\"a\"}",
      "{\"campaignId\":\"a\",}",
      "{\"campaignId\":7}",
      "{\"campaignId\":[\"a\"]}",
      "{\"campaignId\":\"a\",\"campaignId\":\"b\"}",
      "{\"campaignId\":\"\xff\"}",
      "{\"campaignId\":\"\\ud800\"}",
      "{\"maxCoupon\":true}",
      "{\"maxCoupon\":1.5}",
      "{\"maxCoupon\":\"\"}",
      "{\"maxCoupon\":\"seven\"}",
      "{\"maxCoupon\":\" 7\"}",
      "{\"maxCoupon\":\"0x7\"}",
      "{\"maxCoupon\":\"true\"}",
      "{\"maxCoupon\":9223372036854775808}",
      "{\"maxCoupon\":-9223372036854775809}",
      "{\"maxCoupon\":1e19}",
      "{\"maxCoupon\":1e999}",
      "{\"maxCoupon\":NaN}",
      "{\"x\":" + deep,
      std::string("{\"campaignId\":\"a\0\"}", 19),
  };
  for (const std::string& json : wrong) {
    CAPTURE(json.substr(0, 100));
    CHECK(read(json).starts_with("refused: "));
  }
}

TEST_CASE("what is no message in protobuf's form is refused") {
  // A cut length, a cut number, a wrong wire type's end, a field number of 0, text that is not UTF-8.
  for (const char* const hex : {"0a07", "20ff", "0c", "0000", "0a02c328", "ffffffffffffffffffffff"}) {
    CAPTURE(hex);
    v1::CreateCampaignReq request;
    CHECK_FALSE(decode(Codec::proto, bytes(hex), request).ok());
  }
}

TEST_CASE("fields that the message does not have are let pass in protobuf's form") {
  v1::IssueCouponReq request;
  REQUIRE(decode(Codec::proto, bytes("0a0161") + bytes("fa0603616263"), request));
  CHECK(request.campaignid() == "a");
}

TEST_CASE("JSON is written without what has its default, and with the names' capitals") {
  v1::GetCampaignRes response;
  CHECK(encode(Codec::json, response) == "{}");
  response.mutable_result()->set_success(true);
  CHECK(encode(Codec::json, response) == R"({"result":{"success":true}})");
  response.mutable_info()->set_campaignid("a\"b");
  response.mutable_info()->set_startdate("2025-01-01 00:00:00");
  response.mutable_info()->set_expireddate("2025-12-31 23:59:59");
  response.mutable_info()->add_allcouponids("X");
  response.mutable_info()->add_allcouponids("Y");
  CHECK(encode(Codec::json, response) ==
        R"({"result":{"success":true},"info":{"CampaignId":"a\"b","StartDate":"2025-01-01 00:00:00",)"
        R"("ExpiredDate":"2025-12-31 23:59:59","AllCouponIds":["X","Y"]}})");
  v1::CreateCampaignReq request;
  request.set_maxcoupon(1000);
  CHECK(encode(Codec::json, request) == R"({"maxCoupon":"1000"})");
  v1::IssueCouponRes refused;
  refused.mutable_result()->set_message("no");
  CHECK(encode(Codec::json, refused) == R"({"result":{"message":"no"}})");
}
