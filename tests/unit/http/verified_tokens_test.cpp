#include "http/verified_tokens.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace scrip;
using namespace scrip::http;

TEST_CASE("a token is found by its very bytes, and until it expires") {
  VerifiedTokens tokens(10);
  tokens.add("a.b.c", {"kim", Role::service}, 100);
  REQUIRE(tokens.find("a.b.c", 99));
  CHECK(tokens.find("a.b.c", 99)->subject == "kim");
  CHECK(tokens.find("a.b.c", 99)->role == Role::service);
  for (const char* other : {"a.b.d", "a.b.", "a.b.cc", "A.b.c", ""}) CHECK(!tokens.find(other, 99));
  CHECK(!tokens.find("a.b.c", 100));
  CHECK(tokens.size() == 0);
  CHECK(!tokens.find("a.b.c", 99));  // not even when the clock is set back
}

TEST_CASE("the token that was unused the longest is forgotten first") {
  VerifiedTokens tokens(2);
  tokens.add("one", {"1", Role::user}, 100);
  tokens.add("two", {"2", Role::user}, 100);
  tokens.add("one", {"other", Role::operator_}, 100);  // it is known already
  CHECK(tokens.find("one", 0)->subject == "1");
  tokens.add("three", {"3", Role::user}, 100);
  CHECK(tokens.size() == 2);
  CHECK(tokens.find("one", 0));
  CHECK(!tokens.find("two", 0));
  CHECK(tokens.find("three", 0));
}

TEST_CASE("threads share the tokens that are known") {
  VerifiedTokens tokens(8);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1'000; ++j) {
        const std::string token = std::to_string(j % 16);
        const auto found = tokens.find(token, j % 3 == 0 ? 100 : 0);
        if (found && found->subject != token) std::terminate();
        tokens.add(token, {token, Role::user}, 100);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(tokens.size() == 8);
}
