// A decision's parts as JSON for people: what trace_json, facts_json and verdict_json are made of.
// Private to policy/. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "policy/facts.h"
#include "policy/verdict.h"

namespace scrip {

// In the order in which members are added: the important ones first.
using OrderedJson = nlohmann::ordered_json;

OrderedJson to_json(const std::vector<TraceEntry>& trace);
OrderedJson to_json(const Verdict& verdict);
OrderedJson to_json(const Facts& facts);

// Never throws: a byte that is not UTF-8 becomes U+FFFD.
std::string dump(const OrderedJson& json);

}  // namespace scrip
