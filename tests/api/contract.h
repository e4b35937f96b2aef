// The OpenAPI document as a judge: every answer that a test gets is compared with it. Thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "schema.h"

namespace scrip::test {

struct Reply;

class Contract {
 public:
  // The one of host/api/openapi.json.
  static const Contract& document();

  const nlohmann::json& json() const { return json_; }
  const Schemas& schemas() const { return schemas_; }

  struct Operation {
    std::string method;  // "GET"
    std::string path;    // "/api/v1/campaigns/{id}"
    const nlohmann::json* json = nullptr;
    std::vector<std::string> roles() const;  // who may call it; empty: everybody, without a token
  };
  const std::vector<Operation>& operations() const { return operations_; }

  // What the document does not promise about this answer; "": all of it is as promised.
  std::string check_answer(const std::string& method, const std::string& target, const Reply& reply) const;

 private:
  explicit Contract(nlohmann::json json);
  std::vector<const Operation*> at(const std::string& target) const;

  const nlohmann::json json_;
  const Schemas schemas_;
  std::vector<Operation> operations_;
};

}  // namespace scrip::test
