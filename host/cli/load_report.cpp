#include "cli/load_report.h"

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

template <class Count>
std::int64_t sum(const std::vector<LoadedCampaign>& campaigns, Count&& count) {
  std::int64_t total = 0;
  for (const LoadedCampaign& campaign : campaigns) total += count(campaign);
  return total;
}

std::int64_t unanswered(const LoadCalls& calls) {
  const auto found = calls.failed.find(no_answer);
  return found == calls.failed.end() ? 0 : found->second;
}

double per_second(const LoadReport& report) {
  return report.seconds > 0 ? static_cast<double>(report.requests()) / report.seconds : 0;
}

std::string_view name(LoadProtocol protocol) {
  return protocol == LoadProtocol::connect ? "connect" : "rest";
}

void write_calls(std::ostream& out, const char* name, const LoadCalls& calls) {
  out << "  " << std::left << std::setw(16) << name << calls.succeeded << " succeeded, " << calls.failures()
      << " failed\n";
  for (const auto& [kind, count] : calls.failed) out << "    " << count << " " << kind << "\n";
}

// One word of the verdict on what was given out.
std::string server_says(const LoadReport& report) {
  if (!report.counted()) return "the server has not said how many";
  const bool at_least = std::any_of(report.campaigns.begin(), report.campaigns.end(),
                                    [](const LoadedCampaign& campaign) { return campaign.server.at_least; });
  const std::int64_t says = sum(report.campaigns, [](const LoadedCampaign& each) { return each.server.issued; });
  return "the server says " + std::string(at_least ? "at least " : "") + std::to_string(says);
}

Json calls_json(const LoadCalls& calls) {
  Json failed = Json::object();
  for (const auto& [kind, count] : calls.failed) failed[kind] = count;
  return {{"succeeded", calls.succeeded}, {"failed", std::move(failed)}};
}

}  // namespace

void LoadCalls::count(const LoadAnswer& answer) {
  if (answer.ok()) {
    ++succeeded;
  } else {
    ++failed[answer.failure];
  }
}

void LoadCalls::add(const LoadCalls& others) {
  succeeded += others.succeeded;
  for (const auto& [kind, count] : others.failed) failed[kind] += count;
}

std::int64_t LoadCalls::failures() const {
  std::int64_t total = 0;
  for (const auto& [kind, count] : failed) total += count;
  return total;
}

std::int64_t LoadReport::exhausted() const {
  return sum(campaigns, [](const LoadedCampaign& campaign) { return campaign.exhausted ? 1 : 0; });
}

bool LoadReport::over_issued() const {
  return std::any_of(campaigns.begin(), campaigns.end(),
                     [](const LoadedCampaign& campaign) { return campaign.over_issued(); });
}

bool LoadReport::counted() const {
  return std::all_of(campaigns.begin(), campaigns.end(),
                     [](const LoadedCampaign& campaign) { return campaign.server_counted; });
}

bool LoadReport::reached() const {
  return requests() == 0 || requests() > unanswered(issue) + unanswered(get);
}

std::string as_text(const LoadReport& report) {
  const std::int64_t allowed = sum(report.campaigns, [](const LoadedCampaign& each) { return each.allowed; });
  const std::int64_t issued = sum(report.campaigns, [](const LoadedCampaign& each) { return each.issued; });
  const std::int64_t twice = sum(report.campaigns, [](const LoadedCampaign& each) { return each.twice; });
  std::ostringstream out;
  out << std::fixed << std::setprecision(2);
  out << report.users << " users, " << report.campaigns.size()
      << (report.campaigns.size() == 1 ? " campaign of " : " campaigns of ") << report.campaigns.front().allowed
      << " coupons, over " << name(report.protocol) << "\n";
  out << "ran               " << report.seconds << " s: " << report.ended << "\n";
  out << "requests          " << report.requests() << ", " << std::setprecision(0) << per_second(report)
      << " a second\n"
      << std::setprecision(2);
  write_calls(out, "issue", report.issue);
  write_calls(out, "get", report.get);
  const Latencies& latencies = report.latencies;
  out << "latency           mean " << latencies.mean_ms() << " ms, p50 " << latencies.quantile_ms(0.5) << " ms, p95 "
      << latencies.quantile_ms(0.95) << " ms, p99 " << latencies.quantile_ms(0.99) << " ms, longest "
      << latencies.max_ms() << " ms\n";
  out << "exhausted         " << report.exhausted() << " of " << report.campaigns.size()
      << (report.campaigns.size() == 1 ? " campaign\n" : " campaigns\n");
  out << "issued            " << issued << " of " << allowed << " allowed; " << server_says(report) << "; "
      << (twice == 0 ? "every code is different" : std::to_string(twice) + " codes were given out again") << "\n";
  out << (report.over_issued() ? "MORE WAS ISSUED THAN ALLOWED\n" : "nothing was issued beyond what is allowed\n");
  return out.str();
}

std::string as_json(const LoadReport& report) {
  const Latencies& latencies = report.latencies;
  Json campaigns = Json::array();
  for (const LoadedCampaign& campaign : report.campaigns) {
    campaigns.push_back({{"id", campaign.id},
                         {"allowed", campaign.allowed},
                         {"issued", campaign.issued},
                         {"issued_by_server", campaign.server_counted ? Json(campaign.server.issued) : Json()},
                         {"issued_twice", campaign.twice},
                         {"exhausted", campaign.exhausted}});
  }
  const Json json{{"protocol", name(report.protocol)},
                  {"users", report.users},
                  {"seconds", report.seconds},
                  {"ended", report.ended},
                  {"requests", report.requests()},
                  {"requests_per_second", per_second(report)},
                  {"issue", calls_json(report.issue)},
                  {"get", calls_json(report.get)},
                  {"latency_ms",
                   {{"mean", latencies.mean_ms()},
                    {"p50", latencies.quantile_ms(0.5)},
                    {"p95", latencies.quantile_ms(0.95)},
                    {"p99", latencies.quantile_ms(0.99)},
                    {"max", latencies.max_ms()}}},
                  {"campaigns", std::move(campaigns)},
                  {"exhausted", report.exhausted()},
                  {"over_issued", report.over_issued()}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace scrip::cli
