#include "api/show_decision.h"

#include <charconv>

#include "api/call.h"
#include "policy/decision_record.h"

namespace scrip::api {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_code = 64;

Result<std::optional<Micros>> instant_of_query(const http::Request& request, std::string_view parameter) {
  const auto text = request.query_value(parameter);
  if (!text) return std::optional<Micros>();
  const auto instant = parse_instant(*text);
  if (!instant) return invalid_field(std::string(parameter), "must be an RFC 3339 instant with an offset");
  return instant;
}

}  // namespace

Result<std::string> RevisionNames::name(std::int64_t number) {
  const auto [known, unseen] = names_.try_emplace(number);
  if (unseen && number != 0) {
    auto found = reader_.revision(number);
    if (!found) return found.error();
    if (*found) known->second = (**found).revision;
  }
  return known->second;
}

Result<DecisionRow> decision_of(Reader& reader, std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error == std::errc() && end == id.data() + id.size() && number > 0) {
    auto found = reader.decision(number);
    if (!found) return found.error();
    if (*found) return std::move(**found);
  }
  return {Code::not_found,
          "There is no such decision. Old ones are dropped, and of a crowd that is refused for one reason most are "
          "only counted."};
}

Json show_decision(const DecisionRow& row, const Catalog& catalog, const std::string& revision,
                   std::shared_ptr<const Campaign> campaign) {
  const auto current = catalog.campaign(row.campaign);
  Json shown{{"id", std::to_string(row.id)},
             {"at", format_instant(row.at)},
             {"campaign_id", current ? Json(current->id) : Json()},
             {"user_id", row.user_id ? Json(*row.user_id) : Json()},
             {"coupon", nullptr},
             {"code", row.code.empty() ? Json("allowed") : Json(row.code)},
             {"allowed", row.code.empty()},
             {"revision", revision.empty() ? Json() : Json(revision)}};
  auto decision = decode_decision(row.record);
  if (row.serial && *row.serial >= 0) shown["coupon"] = catalog.book().code({row.campaign, *row.serial});
  if (!decision) {
    shown["unreadable"] = decision.error().message;
    return shown;
  }
  if (row.serial && *row.serial < 0 && decision->facts.coupon) shown["coupon"] = decision->facts.coupon->code;
  // The definition may have been edited since: its members are shown only when they are the ones
  // that were in force.
  if (!campaign && current && current->version == decision->campaign_version) campaign = current;
  decision->facts.campaign = std::move(campaign);
  Json verdict = Json::parse(verdict_json(decision->verdict));
  shown["hook"] = name(decision->hook);
  if (decision->facts.step != HoldStep::whole) shown["step"] = name(decision->facts.step);
  shown["campaign_version"] = decision->campaign_version;
  shown["facts"] = Json::parse(facts_json(decision->facts));
  shown["trace"] = Json::parse(trace_json(decision->verdict.trace));
  verdict.erase("trace");
  shown["verdict"] = std::move(verdict);
  return shown;
}

Result<DecisionQuery> decision_query(const Catalog& catalog, const http::Request& request) {
  DecisionQuery query;
  if (const auto id = request.query_value("campaign")) {
    const auto campaign = campaign_of(catalog, *id);
    if (!campaign) return campaign.error();
    query.campaign = (*campaign)->number;
  }
  if (const auto code = request.query_value("code")) {
    const bool is_code = !code->empty() && code->size() <= longest_code &&
                         code->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
    if (!is_code) return invalid_field("code", "must be a refusal's code such as already_issued, or allowed");
    query.code = *code == "allowed" ? std::string() : std::string(*code);
  }
  if (const auto hook = request.query_value("hook")) {
    query.hook = parse_hook(*hook);
    if (!query.hook) return invalid_field("hook", "must be one of " + std::string(hook_list));
  }
  const auto since = instant_of_query(request, "since");
  if (!since) return since.error();
  const auto until = instant_of_query(request, "until");
  if (!until) return until.error();
  query.since = *since;
  query.until = *until;
  return query;
}

}  // namespace scrip::api
