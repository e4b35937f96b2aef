// The tokens that were found good lately, so that a service's one token is not verified for each of
// its requests. Only who has sent the very bytes of a good token is in it; a forged one is never
// found and never added. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/request.h"

namespace scrip::http {

class VerifiedTokens {
 public:
  // At most `kept` tokens: the one that was unused the longest is forgotten first.
  explicit VerifiedTokens(std::size_t kept);

  // Times are seconds since 1970. nullopt for a token that is not in it, or whose time is over.
  std::optional<Identity> find(std::string_view token, std::int64_t now);
  // `expires`: from then on it is not found.
  void add(std::string_view token, const Identity& identity, std::int64_t expires);

  std::size_t size() const;

 private:
  struct Entry {
    std::string token;
    Identity identity;
    std::int64_t expires = 0;
  };

  const std::size_t kept_;
  mutable std::mutex mutex_;  // guards:
  std::list<Entry> entries_;  // the latest used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_token_;
};

}  // namespace scrip::http
