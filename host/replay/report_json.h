// A replay's report as JSON, the one form in which the API answers, the command line prints and the
// console shows it. Pure functions; thread-safe.
#pragma once

#include <string>

#include "replay/replay_report.h"

namespace scrip {

// {"revision","decisions","flipped","recounted","unable","only_counted","seconds",
//  "flips":{"newly_refused":n,...},
//  "groups":[{"kind","rule","code","count","samples":[{"decision_id","at","campaign_id","hook","user_id","coupon",
//             "recorded":VERDICT,"candidate":VERDICT,"facts":FACTS}]}],
//  "discounts":[{"currency","recorded","candidate","difference"}],
//  "unable_because":[{"why","count"}], "assumed_counters":[NAME]}
std::string report_json(const ReplayReport& report);

}  // namespace scrip
