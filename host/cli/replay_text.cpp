#include "cli/replay_text.h"

#include <array>
#include <utility>

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kinds = std::to_array<std::pair<const char*, const char*>>({
    {"newly_refused", "newly refused"},
    {"newly_allowed", "newly allowed"},
    {"other_discount", "allowed with another discount"},
    {"other_expiry", "allowed with another expiry"},
    {"other_notice", "another notice"},
    {"other_reason", "refused for another reason"},
});

std::int64_t number(const Json& object, const char* name) {
  return object.value(name, std::int64_t{0});
}

// "1,234,567"
std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return (value < 0 ? "-" : "") + digits;
}

std::string verdict_in_words(const Json& verdict) {
  const std::string code = verdict.value("code", std::string());
  if (!code.empty()) return code;
  std::string text = "allowed";
  if (verdict.contains("discount")) text += ", discount " + std::to_string(number(verdict, "discount"));
  for (const char* plan : {"order", "base", "cap"}) {
    if (verdict.contains(plan)) text += std::string(", ") + plan + " " + verdict[plan].dump();
  }
  if (verdict.contains("expires_at")) text += ", until " + verdict.value("expires_at", std::string());
  return text;
}

std::string sample_line(const Json& sample) {
  const Json user = sample.value("user_id", Json());
  return "      decision " + sample.value("decision_id", std::string()) + ", " + sample.value("at", std::string()) +
         ", " + sample.value("hook", std::string()) + " in " + sample.value("campaign_id", std::string()) +
         (user.is_string() ? " for " + user.get<std::string>() : std::string()) + ": " +
         verdict_in_words(sample.value("recorded", Json::object())) + " -> " +
         verdict_in_words(sample.value("candidate", Json::object())) + "\n";
}

std::string group_lines(const Json& group) {
  const Json code = group.value("code", Json());
  std::string text = "    " + grouped(number(group, "count")) + " by " + group.value("rule", std::string());
  if (code.is_string()) text += " (" + code.get<std::string>() + ")";
  text += "\n";
  for (const Json& sample : group.value("samples", Json::array())) text += sample_line(sample);
  return text;
}

}  // namespace

std::string replay_text(const Json& report, const std::string& done) {
  const std::int64_t decisions = number(report, "decisions");
  std::string text = "revision " + report.value("revision", std::string()) + "\n" + grouped(decisions) + " decisions " +
                     done + ", " + grouped(number(report, "flipped")) + " would come out otherwise\n";
  const Json flips = report.value("flips", Json::object());
  const Json groups = report.value("groups", Json::array());
  for (const auto& [kind, words] : kinds) {
    if (number(flips, kind) == 0) continue;
    text += "  " + grouped(number(flips, kind)) + " " + words + "\n";
    for (const Json& group : groups) {
      if (group.value("kind", std::string()) == kind) text += group_lines(group);
    }
  }
  for (const Json& sum : report.value("discounts", Json::array())) {
    const std::int64_t more = number(sum, "difference");
    text += "discounts in " + sum.value("currency", std::string()) + ": " + grouped(number(sum, "recorded")) +
            " given, " + grouped(number(sum, "candidate")) + " by the candidate (" + (more >= 0 ? "+" : "") +
            grouped(more) + ", minor units)\n";
  }
  if (const std::int64_t unable = number(report, "unable"); unable > 0) {
    text += grouped(unable) + " could not be made again:\n";
    for (const Json& each : report.value("unable_because", Json::array())) {
      text += "  " + grouped(number(each, "count")) + ": " + each.value("why", std::string()) + "\n";
    }
  }
  if (const std::int64_t counted = number(report, "only_counted"); counted > 0) {
    text += grouped(counted) + " refusals of crowds were counted and not recorded, and are not replayed\n";
  }
  const Json assumed = report.value("assumed_counters", Json::array());
  if (!assumed.empty()) {
    text += "counted from 0, as no recorded decision shows their value before:";
    std::size_t shown = 0;
    for (const Json& counter : assumed) {
      if (++shown > 5) break;
      text += " " + counter.get<std::string>();
    }
    if (assumed.size() > 5) text += " and " + std::to_string(assumed.size() - 5) + " more";
    text += "\n";
  }
  return text;
}

std::vector<std::string> passed_limits(const Json& report, const ReplayLimits& limits) {
  std::vector<std::string> passed;
  const auto check = [&passed](const std::optional<std::int64_t>& limit, std::int64_t value, const std::string& what) {
    if (limit && value > *limit) {
      passed.push_back(grouped(value) + " " + what + ", and " + grouped(*limit) + " are let pass");
    }
  };
  const Json flips = report.value("flips", Json::object());
  check(limits.flips, number(report, "flipped"), "decisions would come out otherwise");
  check(limits.refused, number(flips, "newly_refused"), "would be newly refused");
  check(limits.allowed, number(flips, "newly_allowed"), "would be newly allowed");
  check(limits.unable, number(report, "unable"), "could not be made again");
  for (const Json& sum : report.value("discounts", Json::array())) {
    check(limits.cost, number(sum, "difference"), "more would be given in " + sum.value("currency", std::string()));
  }
  return passed;
}

}  // namespace scrip::cli
