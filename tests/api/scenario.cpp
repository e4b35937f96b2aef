#include "scenario.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "rows.h"

namespace scrip::test {
std::string token_of(const Shop& shop, Who who) {
  switch (who) {
    case Who::user:
      return shop.user();
    case Who::other_user:
      return shop.user("junho");
    case Who::service:
      return shop.service();
    case Who::operator_:
      return shop.operator_();
    case Who::nobody:
      break;
  }
  return "";
}

bool has(const Json& whole, const Json& part) {
  if (!part.is_object()) return whole == part;
  if (!whole.is_object()) return false;
  return std::all_of(part.items().begin(), part.items().end(), [&](const auto& member) {
    return whole.contains(member.key()) && has(whole[member.key()], member.value());
  });
}

Reply run(Shop& shop, const Scenario& scenario) {
  const std::size_t space = scenario.call.find(' ');
  const Rows before = rows_of(shop);
  const Reply reply = shop.call({.method = scenario.call.substr(0, space),
                                 .path = scenario.call.substr(space + 1),
                                 .token = token_of(shop, scenario.who),
                                 .body = scenario.body,
                                 .headers = scenario.headers});
  INFO("scenario: " << scenario.name << "\n" << scenario.call << " " << scenario.body.substr(0, 400));
  INFO("answer: " << reply.status << " " << reply.text.substr(0, 1000));
  CHECK(reply.status == scenario.status);
  CHECK(reply.code() == scenario.code);
  INFO("wanted members: " << scenario.has.dump());
  if (!scenario.has.is_null()) CHECK(has(reply.body, scenario.has));
  auto fields = scenario.fields;
  std::sort(fields.begin(), fields.end());
  if (!fields.empty()) CHECK(reply.fields() == fields);
  auto changed = scenario.changed;
  std::sort(changed.begin(), changed.end());
  CHECK(changes(before, rows_of(shop)) == changed);
  return reply;
}

void run(Shop& shop, const std::vector<Scenario>& scenarios) {
  for (const Scenario& scenario : scenarios) run(shop, scenario);
}

}  // namespace scrip::test
