#include "http/passwords.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

using namespace scrip;
using namespace scrip::http;

TEST_CASE("passwords have eight characters at least and 72 bytes at most") {
  struct Case {
    std::string password;
    bool good;
  };
  const std::vector<Case> cases{
      {"", false},
      {"1234567", false},
      {"12345678", true},
      {"비밀번호비밀번", false},  // seven characters, 21 bytes
      {"비밀번호비밀번호", true},
      {std::string(72, 'x'), true},
      {std::string(73, 'x'), false},
      {std::string("1234\0"
                   "5678",
                   9),
       false},
      {"12345678\xff", false},
  };
  for (const Case& each : cases) {
    INFO(each.password);
    const auto checked = check_password(each.password);
    CHECK(checked.ok() == each.good);
    if (!each.good) CHECK(checked.error().fields.at(0).field == "password");
  }
}

TEST_CASE("a hash is bcrypt's, salted, and knows its password") {
  PasswordPool passwords(4);
  const auto hash = passwords.hash("correct horse");
  REQUIRE(hash);
  CHECK(hash->starts_with("$2b$04$"));
  CHECK(*passwords.hash("correct horse") != *hash);
  CHECK(*passwords.verify("correct horse", *hash));
  CHECK(!*passwords.verify("correct horsf", *hash));
  CHECK(!*passwords.verify("", *hash));
}

TEST_CASE("what bcrypt would cut off a password does not make it right") {
  PasswordPool passwords(4);
  const std::string longest(72, 'x');
  const auto hash = passwords.hash(longest);
  REQUIRE(hash);
  CHECK(*passwords.verify(longest, *hash));
  CHECK(!*passwords.verify(longest + "y", *hash));
  const auto simple = passwords.hash("12345678");
  REQUIRE(simple);
  CHECK(!*passwords.verify(std::string("12345678\0x", 10), *simple));
}

TEST_CASE("nobody's password is wrong, after as long as anybody's") {
  PasswordPool passwords(10);
  const auto hash = passwords.hash("12345678");
  REQUIRE(hash);
  const auto time = [&](std::string_view of) {
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 3; ++i) {
      const auto began = std::chrono::steady_clock::now();
      CHECK(!*passwords.verify("wrong password", of));
      best = std::min(best, std::chrono::steady_clock::now() - began);
    }
    return best;
  };
  const auto somebody = time(*hash);
  const auto nobody = time("");
  // The same work: a machine under load is no reason to fail, a missing computation is.
  CHECK(nobody * 4 > somebody);
  CHECK(somebody * 4 > nobody);
}

TEST_CASE("hashes that are none match nothing") {
  PasswordPool passwords(4);
  for (const char* hash : {"*", "*0", "$2b$", "$2b$04$", "x", "$9$abc", "$2b$04$......................"}) {
    INFO(hash);
    const auto verified = passwords.verify("12345678", hash);
    REQUIRE(verified);
    CHECK(!*verified);
  }
}

TEST_CASE("sign-ins that find no room are refused, the others are answered") {
  PasswordPool passwords(8, 1, 2);
  std::atomic<int> answered{0};
  std::atomic<int> refused{0};
  {
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        const auto verified = passwords.verify("12345678", "");
        if (verified) ++answered;
        if (!verified && verified.error().code == Code::overloaded) ++refused;
      });
    }
    for (auto& thread : threads) thread.join();
  }
  CHECK(answered >= 2);
  CHECK(answered + refused == 16);
  PasswordPool without_room(4, 1, 0);
  const auto verified = without_room.verify("12345678", "");
  REQUIRE(!verified);
  CHECK(verified.error().code == Code::overloaded);
  CHECK(verified.error().retry_after_s > 0);
}
