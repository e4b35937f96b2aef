// A scenario is one call, what is answered, and what it changed in the store. Tests are tables of
// these; they run in order on one shop, so that later rows may build on what earlier ones did.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "shop.h"

namespace scrip::test {

enum class Who { nobody, user, other_user, service, operator_ };

struct Scenario {
  std::string name;
  Who who = Who::nobody;
  std::string call;  // "POST /api/v1/campaigns"
  std::string body;  // as it is sent
  int status = 200;
  std::string code{};                  // of the problem
  Json has{};                          // members that the body has, with these values; null: any
  std::vector<std::string> fields{};   // of errors[], in any order: exactly these
  std::vector<std::string> changed{};  // see changes(); a refusal of a claim is {"+decision"}
  std::vector<std::pair<std::string, std::string>> headers{};
};

// The user is "minji", the other user "junho", the service "shop", the operator "admin".
std::string token_of(const Shop& shop, Who who);

Reply run(Shop& shop, const Scenario& scenario);
void run(Shop& shop, const std::vector<Scenario>& scenarios);

// Whether `whole` has all that `part` has, at any depth; lists are compared whole.
bool has(const Json& whole, const Json& part);

}  // namespace scrip::test
