// What a run of the load tool came to, and how it is shown.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/latencies.h"
#include "cli/load_wire.h"

namespace scrip::cli {

// The calls of one kind.
struct LoadCalls {
  std::int64_t succeeded = 0;
  std::map<std::string, std::int64_t> failed;  // by kind

  void count(const LoadAnswer& answer);
  void add(const LoadCalls& others);
  std::int64_t failures() const;
  std::int64_t total() const { return succeeded + failures(); }
};

struct LoadedCampaign {
  std::string id;
  std::int64_t allowed = 0;
  std::int64_t issued = 0;  // to us
  std::int64_t twice = 0;   // of these, with a code that we had been given already
  LoadCount server;         // what it says
  bool server_counted = false;
  bool exhausted = false;

  bool over_issued() const { return issued > allowed || server.issued > allowed || twice > 0; }
};

struct LoadReport {
  LoadProtocol protocol = LoadProtocol::connect;
  std::int64_t users = 0;
  double seconds = 0;
  std::string ended;  // why: "all campaigns are exhausted"
  LoadCalls issue, get;
  Latencies latencies;
  std::vector<LoadedCampaign> campaigns;

  std::int64_t requests() const { return issue.total() + get.total(); }
  std::int64_t exhausted() const;
  bool over_issued() const;
  bool counted() const;  // the server has said of every campaign how much was issued
  bool reached() const;  // not all calls were left without an answer
};

std::string as_text(const LoadReport& report);
std::string as_json(const LoadReport& report);  // without the end of the line

}  // namespace scrip::cli
