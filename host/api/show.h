// How the API writes what it shows: coupons, campaigns, instants. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "coupon/campaign.h"
#include "coupon/coupon.h"
#include "coupon/import_job.h"
#include "coupon/work.h"
#include "http/request.h"
#include "ledger/catalog.h"
#include "ledger/command.h"
#include "policy/policy_set.h"

namespace scrip::api {

nlohmann::json show_instant(const std::optional<Micros>& instant);

// {key?,expires_at,order_id?} as JSON text. The key is for whoever made the hold.
enum class ShowKey : std::uint8_t { no, yes };
std::string show_hold(const Hold& hold, ShowKey key);

// {code,campaign_id,state,user_id,subject,issued_at,expires_at,redeemed_at,expired,discount?,hold?,decision_id?}
// as JSON text; `hold` is the hold as JSON text, or empty.
std::string show_coupon(const Coupon& coupon, const std::string& code, const std::string& campaign_id, Micros now,
                        std::string_view hold = {});

// {id,title,created_at,updated_at} as JSON text.
std::string show_work(const Work& work);

// A job as lists show it, and with its bad rows.
nlohmann::json show_import(const ImportJob& job, const Catalog& catalog);
nlohmann::json show_import(const ImportJob& job, const std::vector<ImportError>& errors, const Catalog& catalog);

enum class Audience : std::uint8_t { user, staff };

nlohmann::json show_campaign(const Campaign& campaign, const CampaignTally& tally, const std::string& revision,
                             Micros now, Audience audience);

// The answer to a claim: the coupon, or the problem.
KeptAnswer show_claim(const Outcome& outcome, int status, Micros now);

// [{"file","line","message"}]
nlohmann::json show_errors(const std::vector<PolicyError>& errors);

// The answer to policies with errors: `what` and their number, and all of them.
http::Response invalid_policy(const std::string& what, const std::vector<PolicyError>& errors);

}  // namespace scrip::api
