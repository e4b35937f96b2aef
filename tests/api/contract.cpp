#include "contract.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "shop.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

std::vector<std::string> segments(const std::string& path) {
  std::vector<std::string> found;
  std::size_t start = 1;
  for (std::size_t end = 0; end != std::string::npos; start = end + 1) {
    end = path.find('/', start);
    found.push_back(path.substr(start, end - start));
  }
  return found;
}

// Literal segments count, so that /coupons/expired is not taken for /coupons/{code}. -1: no match.
int likeness(const std::string& pattern, const std::string& path) {
  const auto wanted = segments(pattern);
  const auto given = segments(path);
  if (wanted.size() != given.size()) return -1;
  int literal = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) continue;
    if (wanted[i] != given[i]) return -1;
    ++literal;
  }
  return literal;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
  return text;
}

// What RFC 9457 and api.md ask of every problem, whichever call it is from.
std::string check_problem(const Reply& reply) {
  if (reply.body.value("status", 0) != reply.status) return "the problem's status is not the answer's";
  const std::string retry = reply.header("retry-after");
  const bool should_retry = reply.status == 429 || reply.status == 503;
  if (should_retry && (retry.empty() || std::stoi(retry) < 1)) return "Retry-After is missing";
  if (reply.status == 401 && reply.header("www-authenticate").empty()) return "WWW-Authenticate is missing";
  if (reply.status == 405 && reply.header("allow").empty()) return "Allow is missing";
  return "";
}

}  // namespace

Contract::Contract(Json json) : json_(std::move(json)), schemas_(json_) {
  for (const auto& [path, methods] : json_["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) operations_.push_back({upper(method), path, &operation});
  }
}

const Contract& Contract::document() {
  static const Contract contract = [] {
    std::ifstream file(source("host/api/openapi.json"));
    return Contract(Json::parse(file));
  }();
  return contract;
}

std::vector<std::string> Contract::Operation::roles() const {
  std::vector<std::string> roles;
  for (const Json& requirement : (*json)["security"]) {
    if (requirement.contains("bearer")) roles.push_back(requirement["bearer"][0].get<std::string>());
  }
  return roles;
}

std::vector<const Contract::Operation*> Contract::at(const std::string& target) const {
  const std::string path = target.substr(0, target.find('?'));
  int best = 0;
  std::vector<const Operation*> found;
  for (const Operation& operation : operations_) {
    const int like = likeness(operation.path, path);
    if (like < 0 || like < best) continue;
    if (like > best) found.clear();
    best = like;
    found.push_back(&operation);
  }
  return found;
}

std::string Contract::check_answer(const std::string& method, const std::string& target, const Reply& reply) const {
  const auto candidates = at(target);
  const auto named = std::find_if(candidates.begin(), candidates.end(), [&](const Operation* operation) {
    return operation->method == (method == "HEAD" ? "GET" : method);
  });
  const bool known = named != candidates.end();
  if (!known && reply.status != (candidates.empty() ? 404 : 405) && reply.status != 400) return "is not documented";
  const Json& responses = known ? (*(*named)->json)["responses"] : json_["components"]["responses"];
  const std::string status = std::to_string(reply.status);
  const Json& response = schemas_.resolve(
      known ? (responses.contains(status) ? responses[status] : responses["default"]) : responses["Problem"]);
  if (method == "HEAD") return reply.text.empty() ? "" : "HEAD has a body";

  const std::string type = reply.header("content-type").substr(0, reply.header("content-type").find(';'));
  if (!response.contains("content")) return type.empty() ? "" : "an answer of " + type + " is not documented";
  if (!response["content"].contains(type)) return "an answer " + status + " of '" + type + "' is not documented";
  if (type == "text/plain" || type == "text/csv") return "";
  const auto errors = schemas_.check(response["content"][type]["schema"], reply.body);
  if (!errors.empty()) return errors.front();
  return type == "application/problem+json" ? check_problem(reply) : "";
}

}  // namespace scrip::test
