#include "ledger/policy_audit.h"

#include "ledger/stored_json.h"

namespace scrip {
namespace {

using Json = StoredJson;

// What a file that was cut short or a whole folder of another project gives; the answer had all.
constexpr std::size_t kept_errors = 20;

Json told(const std::string& revision, PolicyOrigin origin, const std::string& notes) {
  Json told = Json::object();
  if (!revision.empty()) told["revision"] = revision;
  told["origin"] = name(origin);
  if (!notes.empty()) told["notes"] = notes;
  return told;
}

}  // namespace

std::string revision_json(const std::string& revision) {
  return revision.empty() ? std::string() : text_of({{"revision", revision}});
}

std::string activation_json(const std::string& revision, PolicyOrigin origin, const std::string& notes,
                            const std::string& set_aside) {
  Json json = told(revision, origin, notes);
  if (!set_aside.empty()) json["set_aside"] = set_aside;
  return text_of(json);
}

std::string refusal_json(const std::string& revision, PolicyOrigin origin, const std::string& notes,
                         const std::vector<PolicyError>& errors) {
  Json json = told(revision, origin, notes);
  Json list = Json::array();
  for (const PolicyError& error : errors) {
    if (list.size() == kept_errors) break;
    list.push_back(to_string(error));
  }
  json["errors"] = std::move(list);
  json["error_count"] = errors.size();
  return text_of(json);
}

}  // namespace scrip
