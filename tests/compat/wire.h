// A call of a reference service's client, the whole of what is answered, and what it changed in the
// store. Tests are tables of these, run in order on one shop.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenario.h"
#include "shop.h"

namespace scrip::test {

struct Wire {
  std::string name;
  Who who = Who::nobody;
  std::string call;  // "POST /coupon"
  std::string body{};
  int status = 200;
  Json answer{};                       // all of the body; null: see `has`
  Json has{};                          // members that the body has; null: any
  std::vector<std::string> changed{};  // rows.h
  std::vector<std::pair<std::string, std::string>> headers{};
};

Reply play(Shop& shop, const Wire& wire);
void play(Shop& shop, const std::vector<Wire>& wires);

// A shop with the wires, whose campaigns are made.
ShopOptions with_compat(bool open_rpc = false);

// {"name":"value",...} as text.
std::string body(const Json& json);

}  // namespace scrip::test
