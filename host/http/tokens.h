// JSON Web Tokens (RFC 7519), HS256 alone, for bearer tokens and session cookies. Thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "coupon/error.h"
#include "http/request.h"
#include "http/verified_tokens.h"

namespace scrip::http {

class Tokens {
 public:
  static constexpr std::string_view issuer = "scrip";
  static constexpr std::chrono::seconds default_ttl{24 * 3600};
  static constexpr std::size_t max_size = 4096;  // bytes of a token that is looked at
  static constexpr std::size_t min_secret = 32;  // bytes

  // `secret`: at least min_secret bytes.
  explicit Tokens(std::string secret);

  // The secret of a file, made (32 random bytes, base64, mode 0600) when the file does not exist.
  // Two processes that start at once get the same one. Errors (internal) name the file: unreadable,
  // too short, or readable by others.
  static Result<std::string> load_or_make_secret(const std::string& path);

  // Precondition: the subject is not empty.
  std::string make(const Identity& identity, std::chrono::seconds ttl = default_ttl) const;

  // unauthenticated for anything but a token that was made with this secret and has not expired:
  // another algorithm, a missing claim, a future iat (over a minute), trailing bytes. What exactly
  // was wrong is not told. A good token is remembered for as long as it is one.
  Result<Identity> verify(std::string_view token) const;

 private:
  std::string secret_;
  std::unique_ptr<VerifiedTokens> verified_;
};

}  // namespace scrip::http
