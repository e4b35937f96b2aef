// The OpenAPI document taken by itself.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "contract.h"
#include "shop.h"

namespace scrip::test {
namespace {

void each_object(const Json& json, const std::string& place,
                 const std::function<void(const Json&, const std::string&)>& visit) {
  if (json.is_object()) visit(json, place);
  for (const auto& [name, part] : json.items()) {
    if (part.is_structured()) each_object(part, place + "/" + name, visit);
  }
}

TEST_CASE("the server serves the document of its source") {
  Shop shop;
  const Reply reply = shop.get("/openapi.json", "");
  CHECK(reply.status == 200);
  CHECK(reply.body == Contract::document().json());
  CHECK(reply.body["openapi"].get<std::string>().starts_with("3.1."));
}

TEST_CASE("every reference of the document points at something") {
  const Json& document = Contract::document().json();
  each_object(document, "", [&](const Json& object, const std::string& place) {
    const auto found = object.find("$ref");
    if (found == object.end() || !found->is_string()) return;
    INFO(place << " -> " << *found);
    CHECK(document.contains(Json::json_pointer(found->get<std::string>().substr(1))));
  });
}

TEST_CASE("nothing of the document's components is left over") {
  const Json& document = Contract::document().json();
  std::set<std::string> used;
  each_object(document, "", [&](const Json& object, const std::string&) {
    if (object.contains("$ref") && object["$ref"].is_string()) used.insert(object["$ref"].get<std::string>());
  });
  for (const std::string kind : {"schemas", "parameters", "headers", "responses"}) {
    for (const auto& [name, component] : document["components"][kind].items()) {
      const std::string pointer = "#/components/" + kind + "/" + name;
      INFO(pointer);
      CHECK(used.contains(pointer));
    }
  }
}

TEST_CASE("every example of the document is one of what it stands beside") {
  const Contract& contract = Contract::document();
  int examples = 0;
  each_object(contract.json(), "", [&](const Json& object, const std::string& place) {
    if (!object.contains("schema") || !object.contains("example")) return;
    ++examples;
    INFO(place);
    CHECK(contract.schemas().check(object["schema"], object["example"]) == std::vector<std::string>());
  });
  CHECK(examples > 60);
}

TEST_CASE("every call has a name of its own, a summary, an answer, and examples of what is sent and answered") {
  const Contract& contract = Contract::document();
  std::set<std::string> names;
  for (const auto& operation : contract.operations()) {
    INFO(operation.method << " " << operation.path);
    const Json& call = *operation.json;
    CHECK(names.insert(call["operationId"].get<std::string>()).second);
    CHECK(!call["summary"].get<std::string>().empty());
    CHECK(call.contains("security"));
    int good = 0;
    for (const auto& [status, unresolved] : call["responses"].items()) {
      INFO(status);
      const Json& response = contract.schemas().resolve(unresolved);
      CHECK(!response["description"].get<std::string>().empty());
      CHECK(response.contains("content") == (status != "204"));
      const Json contents = response.value("content", Json::object());
      for (const auto& [type, content] : contents.items()) CHECK(content.contains("example"));
      if (status.starts_with("2")) ++good;
    }
    CHECK(good == 1);
    if (call.contains("requestBody")) {
      for (const auto& [type, content] : call["requestBody"]["content"].items()) CHECK(content.contains("example"));
    }
    // The variables of the path are parameters, and the other way round.
    std::size_t variables = 0;
    for (const Json& unresolved : call.value("parameters", Json::array())) {
      const Json& parameter = contract.schemas().resolve(unresolved);
      CHECK(!parameter["description"].get<std::string>().empty());
      if (parameter["in"] != "path") continue;
      ++variables;
      CHECK(operation.path.find("{" + parameter["name"].get<std::string>() + "}") != std::string::npos);
    }
    CHECK(variables == static_cast<std::size_t>(std::count(operation.path.begin(), operation.path.end(), '{')));
  }
}

TEST_CASE("the calls that take an Idempotency-Key say so") {
  std::set<std::string> taking;
  for (const auto& operation : Contract::document().operations()) {
    for (const Json& parameter : operation.json->value("parameters", Json::array())) {
      if (parameter.value("$ref", "") == "#/components/parameters/IdempotencyKey") {
        taking.insert((*operation.json)["operationId"].get<std::string>());
      }
    }
  }
  CHECK(taking == std::set<std::string>{"issueCoupon", "assignCoupon", "holdCoupon", "releaseCoupon", "redeemCoupon",
                                        "cancelCoupon", "redeemOrder", "cancelOrder"});
}

}  // namespace
}  // namespace scrip::test
