#include "cli/load_wire.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "coupon/time.h"
#include "http/client.h"
#include "ops/clock.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t rpc_shows_at_most = 10'000;

std::string text_member(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json object_member(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_object() ? *found : Json::object();
}

std::string utc_day(Micros instant) {
  return format_instant(instant).substr(0, 10);
}

class ConnectWire final : public LoadWire {
 public:
  explicit ConnectWire(http::Client client) : client_(std::move(client)) {}

  Result<void> create(const LoadCampaign& campaign) override {
    const Reply reply = call("/v1.CampaignService/CreateCampaign",
                             {{"campaignId", campaign.id},
                              {"startDate", campaign.first_day.value_or(utc_day(real_time() - 2 * day))},
                              {"expiredDate", campaign.last_day.value_or(utc_day(real_time() + 365 * day))},
                              {"maxCoupon", std::to_string(campaign.total)}});
    if (reply.unreached) return *reply.unreached;
    if (!reply.failure.empty()) return {Code::internal, "the campaign was refused: " + reply.said()};
    return {};
  }

  LoadAnswer issue(const std::string& campaign, const std::string&) override {
    const Reply reply = call("/v1.CouponService/IssueCoupon", {{"campaignId", campaign}});
    return {.failure = reply.failure,
            .sold_out = reply.failure == "no more available coupon",
            .code = text_member(reply.body, "couponCode")};
  }

  LoadAnswer get(const std::string& campaign) override {
    return {.failure = call("/v1.CampaignService/GetCampaign", {{"campaignId", campaign}}).failure, .code = {}};
  }

  Result<LoadCount> count(const std::string& campaign) override {
    const Reply reply = call("/v1.CampaignService/GetCampaign", {{"campaignId", campaign}});
    if (reply.unreached) return *reply.unreached;
    if (!reply.failure.empty()) return {Code::internal, "the server does not show a campaign: " + reply.said()};
    const Json info = object_member(reply.body, "info");
    const auto codes = info.find("AllCouponIds");
    const auto shown = codes == info.end() ? 0 : static_cast<std::int64_t>(codes->size());
    return LoadCount{.issued = shown, .at_least = shown >= rpc_shows_at_most};
  }

 private:
  struct Reply {
    std::optional<Error> unreached;
    std::string failure;
    Json body;
    // A failure with the server's sentence, if it has one.
    std::string said() const {
      const std::string message = text_member(body, "message");
      return message.empty() ? failure : failure + ": " + message;
    }
  };

  Reply call(const std::string& path, const Json& message) {
    auto answer = client_.post(path, message.dump());
    if (!answer) return {.unreached = answer.error(), .failure = no_answer, .body = {}};
    Reply reply{.unreached = {}, .failure = {}, .body = Json::parse(answer->body, nullptr, false)};
    if (!answer->ok()) {
      reply.failure = text_member(reply.body, "code");
      if (reply.failure.empty()) reply.failure = "status " + std::to_string(answer->status);
      return reply;
    }
    const Json result = object_member(reply.body, "result");
    const auto success = result.find("success");
    if (success == result.end() || *success != true) {
      reply.failure = text_member(result, "message");
      if (reply.failure.empty()) reply.failure = "an answer without success";
    }
    return reply;
  }

  http::Client client_;
};

class RestWire final : public LoadWire {
 public:
  explicit RestWire(http::Client client) : client_(std::move(client)) {}

  Result<void> create(const LoadCampaign& campaign) override {
    Json body{{"id", campaign.id}, {"policy", "campaign_rpc"}, {"total", campaign.total}};
    if (campaign.first_day) {
      if (const auto first = local_day("UTC", *campaign.first_day)) body["starts_at"] = format_instant(first->first);
    }
    if (campaign.last_day) {
      if (const auto last = local_day("UTC", *campaign.last_day)) body["ends_at"] = format_instant(last->last);
    }
    const auto answer = client_.post("/api/v1/campaigns", body.dump());
    if (!answer) return answer.error();
    if (!answer->ok()) return {Code::internal, "the campaign was refused: " + answer->error().message};
    return {};
  }

  LoadAnswer issue(const std::string& campaign, const std::string& user) override {
    const auto answer = client_.post("/api/v1/campaigns/" + campaign + "/issue", Json{{"user_id", user}}.dump());
    LoadAnswer result{.failure = failure_of(answer), .code = {}};
    result.sold_out = result.failure == "sold_out";
    if (result.ok()) result.code = text_member(Json::parse(answer->body, nullptr, false), "code");
    return result;
  }

  LoadAnswer get(const std::string& campaign) override {
    return {.failure = failure_of(client_.get("/api/v1/campaigns/" + campaign)), .code = {}};
  }

  Result<LoadCount> count(const std::string& campaign) override {
    const auto answer = client_.get("/api/v1/campaigns/" + campaign);
    if (!answer) return answer.error();
    const Json body = Json::parse(answer->body, nullptr, false);
    const auto issued = body.is_object() ? body.find("issued") : body.end();
    if (!answer->ok() || issued == body.end() || !issued->is_number_integer()) {
      return {Code::internal, "the server does not show a campaign: " + answer->error().message};
    }
    return LoadCount{.issued = issued->get<std::int64_t>()};
  }

 private:
  static std::string failure_of(const Result<http::Answer>& answer) {
    if (!answer) return no_answer;
    if (answer->ok()) return {};
    const Error error = answer->error();
    return error.code == Code::internal ? "status " + std::to_string(answer->status) : std::string(error.public_code());
  }

  http::Client client_;
};

}  // namespace

Result<std::unique_ptr<LoadWire>> LoadWire::open(const LoadTarget& target) {
  auto client =
      http::Client::open(target.url, {.token = target.token, .progress_time = std::chrono::milliseconds(10'000)});
  if (!client) return client.error();
  if (target.protocol == LoadProtocol::connect) {
    return std::unique_ptr<LoadWire>(std::make_unique<ConnectWire>(std::move(*client)));
  }
  return std::unique_ptr<LoadWire>(std::make_unique<RestWire>(std::move(*client)));
}

}  // namespace scrip::cli
