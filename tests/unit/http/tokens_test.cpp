#include "http/tokens.h"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <thread>

#include "ops/clock.h"

using namespace scrip;
using namespace scrip::http;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";

std::string base64url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  text.resize(text.find_last_not_of('=') + 1);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string signature(std::string_view text, const EVP_MD* hash, const std::string& key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  ::HMAC(hash, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), mac.data(), &size);
  return base64url({reinterpret_cast<const char*>(mac.data()), size});
}

// A token as somebody else's program would make it.
std::string signed_by_hand(const std::string& header, const std::string& claims, const EVP_MD* hash = EVP_sha256(),
                           const std::string& key = secret) {
  const std::string text = base64url(header) + "." + base64url(claims);
  return text + "." + signature(text, hash, key);
}

const std::string hs256 = R"({"alg":"HS256","typ":"JWT"})";

std::string claims(std::int64_t iat_from_now, std::int64_t exp_from_now, const std::string& rest) {
  const std::int64_t now = real_time() / second;
  return R"({"iat":)" + std::to_string(now + iat_from_now) + R"(,"exp":)" + std::to_string(now + exp_from_now) + rest +
         "}";
}

const std::string good_rest = R"(,"iss":"scrip","sub":"kim","role":"user")";

}  // namespace

TEST_CASE("a token says who it was made for") {
  const Tokens tokens(secret);
  for (const Role role : {Role::user, Role::service, Role::operator_}) {
    const auto identity = tokens.verify(tokens.make({"김 \"철수\"", role}));
    REQUIRE(identity);
    CHECK(identity->subject == "김 \"철수\"");
    CHECK(identity->role == role);
  }
}

TEST_CASE("a token by hand is as good when it has the secret and the claims") {
  CHECK(Tokens(secret).verify(signed_by_hand(hs256, claims(0, 60, good_rest))));
  CHECK(Tokens(secret).verify(signed_by_hand(hs256, claims(50, 60, good_rest))));
}

TEST_CASE("forged and stale tokens are refused, and all in the same words") {
  const Tokens tokens(secret);
  const std::string good = tokens.make({"kim", Role::user});
  const std::string fresh = claims(0, 60, good_rest);
  const auto dot = [&](int which) { return which == 1 ? good.find('.') : good.rfind('.'); };
  const std::string unsigned_good = good.substr(0, dot(2));

  std::vector<std::pair<std::string, std::string>> cases{
      {"nothing", ""},
      {"dots", ".."},
      {"alg none", base64url(R"({"alg":"none"})") + "." + base64url(fresh) + "."},
      {"alg none with a signature", signed_by_hand(R"({"alg":"none"})", fresh)},
      {"alg None", base64url(R"({"alg":"None"})") + "." + base64url(fresh) + "."},
      {"alg HS384", signed_by_hand(R"({"alg":"HS384"})", fresh, EVP_sha384())},
      {"alg HS512", signed_by_hand(R"({"alg":"HS512"})", fresh, EVP_sha512())},
      {"alg RS256", signed_by_hand(R"({"alg":"RS256"})", fresh)},
      {"alg ES256", signed_by_hand(R"({"alg":"ES256"})", fresh)},
      {"no alg", signed_by_hand(R"({"typ":"JWT"})", fresh)},
      {"a header that is no object", signed_by_hand("[]", fresh)},
      {"claims that are no object", signed_by_hand(hs256, "[]")},
      {"claims that are no JSON", signed_by_hand(hs256, "{")},
      {"another secret", signed_by_hand(hs256, fresh, EVP_sha256(), secret + "x")},
      {"an empty secret", signed_by_hand(hs256, fresh, EVP_sha256(), "")},
      {"no signature", unsigned_good + "."},
      {"two parts", unsigned_good},
      {"four parts", good + ".x"},
      {"a trailing newline", good + "\n"},
      {"a trailing NUL", good + std::string(1, '\0')},
      {"a NUL and more", good + std::string("\0x", 2)},
      {"padding", good + "="},
      {"a leading space", " " + good},
      {"expired", signed_by_hand(hs256, claims(-120, -1, good_rest))},
      {"expires now", tokens.make({"kim", Role::user}, std::chrono::seconds(0))},
      {"from the future", signed_by_hand(hs256, claims(90, 600, good_rest))},
      {"no exp", signed_by_hand(hs256, R"({"iat":1,"iss":"scrip","sub":"kim","role":"user"})")},
      {"no iat", signed_by_hand(hs256, R"({"exp":99999999999,"iss":"scrip","sub":"kim","role":"user"})")},
      {"exp as text",
       signed_by_hand(hs256, R"({"iat":1,"exp":"99999999999","iss":"scrip","sub":"kim","role":"user"})")},
      {"exp as a fraction",
       signed_by_hand(hs256, R"({"iat":1,"exp":99999999999.5,"iss":"scrip","sub":"kim","role":"user"})")},
      {"another issuer", signed_by_hand(hs256, claims(0, 60, R"(,"iss":"scrap","sub":"kim","role":"user")"))},
      {"no issuer", signed_by_hand(hs256, claims(0, 60, R"(,"sub":"kim","role":"user")"))},
      {"no subject", signed_by_hand(hs256, claims(0, 60, R"(,"iss":"scrip","role":"user")"))},
      {"an empty subject", signed_by_hand(hs256, claims(0, 60, R"(,"iss":"scrip","sub":"","role":"user")"))},
      {"a number as subject", signed_by_hand(hs256, claims(0, 60, R"(,"iss":"scrip","sub":5,"role":"user")"))},
      {"no role", signed_by_hand(hs256, claims(0, 60, R"(,"iss":"scrip","sub":"kim")"))},
      {"an unknown role", signed_by_hand(hs256, claims(0, 60, R"(,"iss":"scrip","sub":"kim","role":"root")"))},
      {"huge", std::string(1 << 20, 'a') + ".a.a"},
      {"huge but signed", signed_by_hand(hs256, claims(0, 60, good_rest + R"(,"x":")" + std::string(8000, 'x') + '"'))},
  };
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string tampered = good;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    cases.emplace_back("character " + std::to_string(i) + " changed", tampered);
  }
  REQUIRE(tokens.verify(good));  // which is remembered from now on
  for (const auto& [what, token] : cases) {
    INFO(what);
    const auto identity = tokens.verify(token);
    REQUIRE(!identity);
    CHECK(identity.error().code == Code::unauthenticated);
    CHECK(identity.error().message == tokens.verify("").error().message);
  }
}

TEST_CASE("a token that is remembered expires all the same") {
  const Tokens tokens(secret);
  const std::string token = tokens.make({"kim", Role::user}, std::chrono::seconds(2));
  const std::int64_t made = real_time() / second;
  REQUIRE(tokens.verify(token));
  while (const auto identity = tokens.verify(token)) {
    REQUIRE(real_time() / second <= made + 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the clock that tokens ask is the real one
  }
  CHECK(real_time() / second >= made + 2);
  CHECK(!tokens.verify(token));
}

TEST_CASE("what one secret's tokens are known by does not count for another secret") {
  const Tokens tokens(secret);
  const Tokens others(std::string(32, 'x'));
  const std::string token = tokens.make({"kim", Role::user});
  REQUIRE(tokens.verify(token));
  CHECK(!others.verify(token));
}
