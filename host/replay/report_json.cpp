#include "replay/report_json.h"

#include <nlohmann/json.hpp>

#include "policy/decision_record.h"

namespace scrip {
namespace {

using Json = nlohmann::ordered_json;

Json show(const FlipSample& sample) {
  return {{"decision_id", std::to_string(sample.id)},
          {"at", format_instant(sample.facts.now)},
          {"campaign_id", sample.campaign},
          {"hook", name(sample.hook)},
          {"user_id", sample.facts.user.id ? Json(*sample.facts.user.id) : Json()},
          {"coupon", sample.facts.coupon ? Json(sample.facts.coupon->code) : Json()},
          {"recorded", Json::parse(verdict_json(sample.recorded))},
          {"candidate", Json::parse(verdict_json(sample.candidate))},
          {"facts", Json::parse(facts_json(sample.facts))}};
}

Json show(const FlipGroup& group) {
  Json samples = Json::array();
  for (const FlipSample& sample : group.samples) samples.push_back(show(sample));
  return {{"kind", name(group.kind)},
          {"rule", group.rule},
          {"code", group.code.empty() ? Json() : Json(group.code)},
          {"count", group.count},
          {"samples", std::move(samples)}};
}

}  // namespace

std::string report_json(const ReplayReport& report) {
  Json flips = Json::object();
  for (std::size_t kind = 0; kind < flip_kinds; ++kind) flips[name(static_cast<Flip>(kind))] = report.flips[kind];
  Json groups = Json::array();
  for (const FlipGroup& group : report.groups) groups.push_back(show(group));
  Json discounts = Json::array();
  for (const auto& [currency, sum] : report.discounts) {
    discounts.push_back({{"currency", currency},
                         {"recorded", sum.recorded},
                         {"candidate", sum.candidate},
                         {"difference", sum.candidate - sum.recorded}});
  }
  Json unable_because = Json::array();
  for (const auto& [why, count] : report.why_unable) unable_because.push_back({{"why", why}, {"count", count}});
  const Json json{{"revision", report.revision},
                  {"decisions", report.decisions},
                  {"flipped", report.all_flips()},
                  {"recounted", report.recounted},
                  {"unable", report.unable},
                  {"only_counted", report.only_counted},
                  {"seconds", report.seconds},
                  {"flips", std::move(flips)},
                  {"groups", std::move(groups)},
                  {"discounts", std::move(discounts)},
                  {"unable_because", std::move(unable_because)},
                  {"assumed_counters", report.assumed}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace scrip
