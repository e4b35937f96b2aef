#include "http/tokens.h"

#include <jwt.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "coupon/time.h"
#include "coupon/user.h"
#include "ops/clock.h"

namespace scrip::http {
namespace {

// What a good token costs less the second time. Ours have some 200 bytes.
constexpr std::size_t remembered = 4096;
constexpr std::size_t max_remembered = 1024;

struct FreeJwt {
  void operator()(jwt_t* jwt) const { ::jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;

struct FreeText {
  void operator()(char* text) const { std::free(text); }
};

const unsigned char* key_of(const std::string& secret) {
  return reinterpret_cast<const unsigned char*>(secret.data());
}

// Three parts of base64url and nothing around them (RFC 7515, 7.1). The library is less strict.
bool is_compact(std::string_view token) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
           c == '.';
  };
  return !token.empty() && token.size() <= Tokens::max_size && std::all_of(token.begin(), token.end(), is_allowed) &&
         std::count(token.begin(), token.end(), '.') == 2;
}

// nullopt when the claim is absent or no integer.
std::optional<std::int64_t> integer_claim(const Jwt& jwt, const char* name) {
  errno = 0;
  const long value = ::jwt_get_grant_int(jwt.get(), name);
  return errno == 0 ? std::optional<std::int64_t>(value) : std::nullopt;
}

std::string text_claim(const Jwt& jwt, const char* name) {
  const char* const value = ::jwt_get_grant(jwt.get(), name);
  return value ? value : "";
}

// When the token expires; nullopt when it has, or was not made yet.
std::optional<std::int64_t> expires(const Jwt& jwt, std::int64_t now) {
  constexpr std::int64_t clock_difference_s = 60;  // of two machines
  const auto expires = integer_claim(jwt, "exp");
  const auto issued = integer_claim(jwt, "iat");
  if (!expires || !issued || now >= *expires || *issued > now + clock_difference_s) return std::nullopt;
  return expires;
}

}  // namespace

Tokens::Tokens(std::string secret)
    : secret_(std::move(secret)), verified_(std::make_unique<VerifiedTokens>(remembered)) {
  assert(secret_.size() >= min_secret);
}

std::string Tokens::make(const Identity& identity, std::chrono::seconds ttl) const {
  jwt_t* made = nullptr;
  if (::jwt_new(&made) != 0) return {};
  const Jwt jwt(made);
  const std::int64_t now = real_time() / second;
  const bool complete = ::jwt_add_grant(made, "iss", std::string(issuer).c_str()) == 0 &&
                        ::jwt_add_grant(made, "sub", identity.subject.c_str()) == 0 &&
                        ::jwt_add_grant(made, "role", std::string(name(identity.role)).c_str()) == 0 &&
                        ::jwt_add_grant_int(made, "iat", now) == 0 &&
                        ::jwt_add_grant_int(made, "exp", now + ttl.count()) == 0 &&
                        ::jwt_set_alg(made, JWT_ALG_HS256, key_of(secret_), static_cast<int>(secret_.size())) == 0;
  if (!complete) return {};
  const std::unique_ptr<char, FreeText> text(::jwt_encode_str(made));
  return text ? text.get() : "";
}

Result<Identity> Tokens::verify(std::string_view token) const {
  const std::int64_t now = real_time() / second;
  if (auto identity = verified_->find(token, now)) return std::move(*identity);
  const Error refused{.code = Code::unauthenticated, .message = "the token is not valid or has expired"};
  if (!is_compact(token)) return refused;
  jwt_t* read = nullptr;
  const int problem =
      ::jwt_decode(&read, std::string(token).c_str(), key_of(secret_), static_cast<int>(secret_.size()));
  const Jwt jwt(read);
  // The library takes what the token names; what we make is HS256.
  if (problem != 0 || !jwt || ::jwt_get_alg(jwt.get()) != JWT_ALG_HS256) return refused;
  const auto good_until = expires(jwt, now);
  if (!good_until || text_claim(jwt, "iss") != issuer) return refused;
  const auto role = parse_role(text_claim(jwt, "role"));
  std::string subject = text_claim(jwt, "sub");
  if (!role || subject.empty()) return refused;
  Identity identity{std::move(subject), *role};
  if (token.size() <= max_remembered) verified_->add(token, identity, *good_until);
  return identity;
}

}  // namespace scrip::http
