#include "wire.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "rows.h"

namespace scrip::test {

Reply play(Shop& shop, const Wire& wire) {
  const std::size_t space = wire.call.find(' ');
  const Rows before = rows_of(shop);
  const Reply reply = shop.call({.method = wire.call.substr(0, space),
                                 .path = wire.call.substr(space + 1),
                                 .token = token_of(shop, wire.who),
                                 .body = wire.body,
                                 .headers = wire.headers});
  INFO(wire.name << "\n" << wire.call << " " << wire.body.substr(0, 400));
  INFO("answer: " << reply.status << " " << reply.text.substr(0, 1000));
  CHECK(reply.status == wire.status);
  if (!wire.answer.is_null()) CHECK(reply.body == wire.answer);
  INFO("wanted members: " << wire.has.dump());
  if (!wire.has.is_null()) CHECK(has(reply.body, wire.has));
  auto changed = wire.changed;
  std::sort(changed.begin(), changed.end());
  CHECK(changes(before, rows_of(shop)) == changed);
  return reply;
}

void play(Shop& shop, const std::vector<Wire>& wires) {
  for (const Wire& wire : wires) play(shop, wire);
}

ShopOptions with_compat(bool open_rpc) {
  ShopOptions options;
  options.compat = true;
  options.open_rpc = open_rpc;
  return options;
}

std::string body(const Json& json) {
  return json.dump();
}

}  // namespace scrip::test
