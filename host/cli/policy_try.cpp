// scrip policy try: what a policy says to made-up facts, at any instant.
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/golden.h"
#include "cli/known_campaign.h"
#include "cli/output.h"
#include "cli/policy_commands.h"
#include "ops/clock.h"
#include "policy/decision_record.h"
#include "policy/decision_text.h"
#include "policy/given_facts.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

struct TryArguments {
  PolicyFolders folders;
  std::string policy;
  std::string campaign;
  RemoteArguments remote;
  std::string hook = "issue";
  std::string now;
  std::string facts;   // a file, or "-"
  std::string params;  // JSON
  std::string subject;
  std::string currency;
  std::string timezone;
  std::optional<std::int64_t> user_count;
  std::optional<std::int64_t> redeemed_count;
  std::optional<std::int64_t> order_amount;
  std::vector<std::string> attributes;
  std::vector<std::string> counters;
  bool json = false;
};

Error wrong(const std::string& what) {
  return {.code = Code::invalid_request, .message = what};
}

Result<std::string> read_all(const std::string& file) {
  std::ostringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return wrong(file + " cannot be read");
  text << in.rdbuf();
  if (in.bad()) return wrong(file + " cannot be read to its end");
  return text.str();
}

Result<Json> read_facts(const TryArguments& given) {
  if (given.facts.empty()) return Json::object();
  const auto text = read_all(given.facts);
  if (!text) return text.error();
  const std::string source = given.facts == "-" ? "standard input" : given.facts;
  try {
    Json facts = Json::parse(*text);
    if (!facts.is_object()) return wrong(source + ": facts are a JSON object");
    return facts;
  } catch (const Json::parse_error& error) {
    return wrong(source + ": is no JSON, see byte " + std::to_string(error.byte));
  }
}

// The member of the facts that options put something into.
Result<Json*> object(Json& facts, const char* member) {
  Json& value = facts[member];
  if (value.is_null()) value = Json::object();
  if (!value.is_object()) return wrong("facts." + std::string(member) + " is not an object");
  return &value;
}

// "tier=gold", "age=20", "member=true": what reads as a number or a boolean is one.
Result<std::pair<std::string, Json>> assignment(const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return wrong(option + " is NAME=VALUE, not '" + text + "'");
  const std::string value = text.substr(equals + 1);
  Json read = Json::parse(value, nullptr, false);
  if (read.is_discarded() || !(read.is_number() || read.is_boolean() || read.is_string())) read = value;
  return std::pair{text.substr(0, equals), std::move(read)};
}

Result<void> put(Json& facts, const char* in, const char* member, Json value) {
  const auto object_ = object(facts, in);
  if (!object_) return object_.error();
  (**object_)[member] = std::move(value);
  return {};
}

// What the options say, over what the file says, over what the campaign is.
Result<Json> facts_of(const TryArguments& given, const Json& campaign) {
  auto facts = read_facts(given);
  if (!facts) return facts;
  if (!campaign.empty()) {
    const auto named = object(*facts, "campaign");
    if (!named) return named.error();
    Json merged = campaign;
    merged.update(**named);
    **named = std::move(merged);
  }
  if (!given.now.empty()) (*facts)["now"] = given.now;
  if (!facts->contains("now")) (*facts)["now"] = SystemClock().now();
  if (!given.subject.empty()) (*facts)["subject"] = given.subject;
  std::vector<Result<void>> done;
  if (given.user_count) {
    done.push_back(put(*facts, "user", "issued", *given.user_count));
    if (facts->contains("subject")) done.push_back(put(*facts, "user", "issued_for_subject", *given.user_count));
  }
  if (given.redeemed_count) done.push_back(put(*facts, "user", "redeemed", *given.redeemed_count));
  if (given.order_amount) done.push_back(put(*facts, "order", "amount", *given.order_amount));
  if (!given.currency.empty()) done.push_back(put(*facts, "order", "currency", given.currency));
  if (!given.timezone.empty()) done.push_back(put(*facts, "campaign", "timezone", given.timezone));
  for (const std::string& text : given.attributes) {
    auto pair = assignment("--attribute", text);
    if (!pair) return pair.error();
    const auto user = object(*facts, "user");
    if (!user) return user.error();
    const auto attributes = object(**user, "attributes");
    if (!attributes) return attributes.error();
    (**attributes)[pair->first] = std::move(pair->second);
  }
  for (const std::string& text : given.counters) {
    auto pair = assignment("--counter", text);
    if (!pair) return pair.error();
    done.push_back(put(*facts, "counter", pair->first.c_str(), std::move(pair->second)));
  }
  for (const auto& each : done) {
    if (!each) return each.error();
  }
  return facts;
}

std::string as_lines(const AskedDecision& decision, const std::string& revision) {
  return "policy " + decision.policy + ", revision " + revision + "\n" + decision_lines(decision, "");
}

int ask(const TryArguments& given) {
  const auto hook = parse_hook(given.hook);
  if (!hook) return wrong_usage("--hook is one of " + std::string(hook_list) + ", not '" + given.hook + "'");
  if (given.policy.empty() == given.campaign.empty()) return wrong_usage("give a POLICY, or --campaign");
  KnownCampaign campaign{.policy = given.policy, .params = Json::object(), .facts = Json::object()};
  if (!given.campaign.empty()) {
    auto known = known_campaign(given.remote, given.campaign);
    if (!known) return fail(known.error());
    campaign = std::move(*known);
  }
  const auto written = facts_of(given, campaign.facts);
  if (!written) return fail(written.error());
  const GivenFacts facts = read_given_facts(*written, *hook);
  if (!facts.error.empty()) return fail(facts.error);
  const Json params = given.params.empty() ? campaign.params : Json::parse(given.params, nullptr, false);
  if (!params.is_object()) return fail("--params is a JSON object such as {\"discount\": {\"percent\": 20}}");

  // Not its tests: what is being tried may well be what they do not expect yet.
  const TestedSet compiled = compile_folders(given.folders, {.run = false});
  if (!compiled.set) return refuse(compiled.errors, given.json);
  const auto binding = compiled.set->bind(campaign.policy, params.dump());
  if (!binding) {
    std::string what;
    for (const FieldError& field : binding.error().fields)
      what += (what.empty() ? "" : "; ") + field.field + ": " + field.message;
    return fail(what.empty() ? binding.error().message : what);
  }
  AskedDecision decision{.hook = *hook, .policy = campaign.policy, .rules = {}, .facts = facts.facts, .verdict = {}};
  for (const PolicyInfo& policy : compiled.set->policies()) {
    if (policy.name == campaign.policy) decision.rules = policy.rules;
  }
  for (RuleInfo& rule : decision.rules) {
    if (!params.contains(rule.name)) continue;
    Json merged = Json::parse(rule.params);
    merged.update(params[rule.name]);
    rule.params = merged.dump();
  }
  const auto evaluator = compiled.set->evaluator();
  for (std::string& counter : evaluator->counters(**binding, *hook, decision.facts)) {
    const std::int64_t value = given_counter(facts, counter);
    decision.facts.counters.emplace_back(std::move(counter), value);
  }
  decision.verdict = evaluator->decide(**binding, *hook, decision.facts);
  int status = done;
  if (given.json) {
    auto shown = decision_json(decision);
    shown["revision"] = compiled.set->revision();
    status = print(shown.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else {
    status = print(as_lines(decision, compiled.set->revision()));
  }
  return decision.verdict.kind == Verdict::Kind::failed ? fail("the policy failed") : status;
}

}  // namespace

PolicyCommand add_policy_try(CLI::App& policy) {
  const auto given = std::make_shared<TryArguments>();
  CLI::App& command = *policy.add_subcommand("try", "Ask a policy about made-up facts, at any instant");
  command.add_option("POLICY", given->policy, "The policy");
  command
      .add_option("--campaign", given->campaign,
                  "Instead: a campaign's policy, with its parameters, zone, dates and counts")
      ->type_name("ID");
  add_remote(command, given->remote);
  add_policy_folders(command, given->folders);
  command.add_option("--hook", given->hook, std::string(hook_list))->capture_default_str();
  command.add_option("--now", given->now, "The instant, RFC 3339; default: now")->type_name("INSTANT");
  command.add_option("--facts", given->facts, "A JSON object of facts; - is standard input. The rest is usual")
      ->type_name("FILE");
  command
      .add_option("--params", given->params, "What a campaign overrides, as JSON: {\"discount\": {\"percent\": 20}}")
      ->type_name("JSON");
  command.add_option("--user-count", given->user_count, "The coupons of the campaign that the user ever got")
      ->type_name("N");
  command.add_option("--redeemed-count", given->redeemed_count, "Those of them that are redeemed")->type_name("N");
  command.add_option("--order-amount", given->order_amount, "The order's amount, in minor units")->type_name("N");
  command.add_option("--currency", given->currency, "The order's currency")->type_name("CODE");
  command.add_option("--subject", given->subject, "What besides the user is counted by")->type_name("TEXT");
  command.add_option("--timezone", given->timezone, "The campaign's zone")->type_name("ZONE");
  command.add_option("--attribute", given->attributes, "An attribute of the user; may be given again")
      ->type_name("NAME=VALUE");
  command.add_option("--counter", given->counters, "A counter's value; may be given again")->type_name("NAME=N");
  add_json(command, given->json);
  command.footer(
      "--data and --server say where the campaign is; the rules are those of --scripts and --plugins. What a user\n"
      "has and what counters say is made up. A running server answers about its own: POST .../issue/validate.");
  return {&command, [given] { return ask(*given); }};
}

}  // namespace scrip::cli
