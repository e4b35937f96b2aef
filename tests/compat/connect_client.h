// Calls of the Connect protocol, byte by byte, against a server under test.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "connection.h"
#include "shop.h"

namespace scrip::test {

inline constexpr const char* create_path = "/v1.CampaignService/CreateCampaign";
inline constexpr const char* get_path = "/v1.CampaignService/GetCampaign";
inline constexpr const char* issue_path = "/v1.CouponService/IssueCoupon";

using Headers = std::vector<std::pair<std::string, std::string>>;

// One connection to a shop, as a service unless `token` is something else.
class ConnectClient {
 public:
  explicit ConnectClient(const Shop& shop) : ConnectClient(shop, shop.service()) {}
  ConnectClient(const Shop& shop, std::string token) : connection_(shop.url()), token_(std::move(token)) {}

  Answer post(const std::string& path, const std::string& body, Headers headers = {}) {
    return call("POST", path, body, std::move(headers));
  }
  Answer call(const std::string& method, const std::string& path, const std::string& body, Headers headers = {}) {
    return connection_.call(
        request_text({.method = method, .path = path, .token = token_, .body = body, .headers = std::move(headers)}));
  }
  Answer proto(const std::string& path, const std::string& body) {
    return post(path, body, {{"Content-Type", "application/proto"}});
  }

  // Precondition: these are answered as wanted.
  void create(const std::string& id, std::int64_t coupons, const std::string& first = "2026-11-01",
              const std::string& last = "2026-11-30") {
    const Json request{{"campaignId", id}, {"startDate", first}, {"expiredDate", last}, {"maxCoupon", coupons}};
    const Answer answer = post(create_path, request.dump());
    if (answer.body != R"({"result":{"success":true}})") throw std::runtime_error("no campaign: " + answer.body);
  }
  std::string issue(const std::string& id) {
    const Answer answer = post(issue_path, Json{{"campaignId", id}}.dump());
    const Json body = Json::parse(answer.body);
    if (!body.contains("couponCode")) throw std::runtime_error("no coupon: " + answer.body);
    return body["couponCode"];
  }
  Json info(const std::string& id) {
    return Json::parse(post(get_path, Json{{"campaignId", id}}.dump()).body).value("info", Json());
  }

  Connection& connection() { return connection_; }

 private:
  Connection connection_;
  std::string token_;
};

// "0a07" -> "\n\x07"
inline std::string bytes(const std::string& hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return text;
}

}  // namespace scrip::test
