// What the load tool asks of a server, over one connection that is kept: by the Campaign RPC or by
// /api/v1. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"

namespace scrip::cli {

enum class LoadProtocol : std::uint8_t { connect, rest };

struct LoadTarget {
  LoadProtocol protocol = LoadProtocol::connect;
  std::string url;
  std::string token;  // "": none
};

struct LoadCampaign {
  std::string id;
  std::int64_t total = 0;
  std::optional<std::string> first_day, last_day;  // "2026-11-21"; the defaults hold today
};

// What became of a call.
struct LoadAnswer {
  std::string failure;  // its kind: "no more available coupon", "unavailable", "no answer"; "": none
  bool sold_out = false;
  std::string code;  // the coupon's

  bool ok() const { return failure.empty(); }
};

inline constexpr const char* no_answer = "no answer";

// What the server says of a campaign.
struct LoadCount {
  std::int64_t issued = 0;
  bool at_least = false;  // it shows no more than these
};

class LoadWire {
 public:
  // Connects with the first call.
  static Result<std::unique_ptr<LoadWire>> open(const LoadTarget& target);
  virtual ~LoadWire() = default;

  virtual Result<void> create(const LoadCampaign& campaign) = 0;
  virtual LoadAnswer issue(const std::string& campaign, const std::string& user) = 0;
  virtual LoadAnswer get(const std::string& campaign) = 0;
  virtual Result<LoadCount> count(const std::string& campaign) = 0;
};

}  // namespace scrip::cli
