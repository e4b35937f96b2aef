// Codes that nobody has are told from real ones by arithmetic.
#include "../unit/db/statement_watch.h"
#include "shop.h"

namespace scrip::test {
namespace {

bool asks_for_coupons(const StatementWatch& watch) {
  for (const std::string& statement : watch.statements()) {
    if (statement.find("FROM coupon") != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("a guessed code is refused without a look-up, in a campaign of ten billion", "[sqlite]") {
  StatementWatch watch;
  Shop shop;
  shop.campaign({{"id", "huge"}, {"total", 10'000'000'000}});
  const std::string code =
      shop.post("/api/v1/campaigns/huge/issue", shop.user("mina"), Json::object()).body["code"].get<std::string>();
  const Json order{{"order", {{"amount", 20'000}, {"currency", "KRW"}}}};
  watch.reset();
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '-') continue;
    std::string guess = code;
    guess[i] = guess[i] == '7' ? '8' : '7';
    const std::string path = "/api/v1/coupons/" + guess;
    CHECK(shop.get(path, shop.service()).code() == "coupon_not_found");
    CHECK(shop.post(path + "/redeem", shop.user("mina"), Json::object()).code() == "coupon_not_found");
    CHECK(shop.post(path + "/validate", shop.user("mina"), order).code() == "coupon_not_found");
  }
  CHECK_FALSE(asks_for_coupons(watch));
  CHECK(shop.get("/api/v1/coupons/" + code, shop.service()).status == 200);
  CHECK(asks_for_coupons(watch));
}

}  // namespace
}  // namespace scrip::test
