// How the API shows decisions, and what it takes to find them. Pure, but for what it reads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "db/store.h"
#include "http/request.h"
#include "ledger/catalog.h"
#include "policy/facts.h"

namespace scrip::api {

// Revisions by their numbers, each read once; empty for one that there is not.
class RevisionNames {
 public:
  explicit RevisionNames(Reader& reader) : reader_(reader) {}
  Result<std::string> name(std::int64_t number);

 private:
  Reader& reader_;
  std::map<std::int64_t, std::string> names_;
};

// The one that a client means. not_found for an id that is none, was dropped, or was never recorded.
Result<DecisionRow> decision_of(Reader& reader, std::string_view id);

// `campaign`: its definition when the decision was made; null when that is not known.
nlohmann::json show_decision(const DecisionRow& row, const Catalog& catalog, const std::string& revision,
                             std::shared_ptr<const Campaign> campaign = nullptr);

// What narrows down a list of decisions by when, why and where: ?campaign=&code=&hook=&since=&until=
struct DecisionQuery {
  std::optional<std::int64_t> campaign;
  std::optional<std::string> code;  // empty: allowed
  std::optional<Hook> hook;
  std::optional<Micros> since;
  std::optional<Micros> until;
};
Result<DecisionQuery> decision_query(const Catalog& catalog, const http::Request& request);

}  // namespace scrip::api
