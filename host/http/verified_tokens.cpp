#include "http/verified_tokens.h"

#include <algorithm>

namespace scrip::http {

VerifiedTokens::VerifiedTokens(std::size_t kept) : kept_(std::max<std::size_t>(kept, 1)) {}

std::optional<Identity> VerifiedTokens::find(std::string_view token, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto known = by_token_.find(token);
  if (known == by_token_.end()) return std::nullopt;
  const auto entry = known->second;
  if (now >= entry->expires) {
    by_token_.erase(known);
    entries_.erase(entry);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->identity;
}

void VerifiedTokens::add(std::string_view token, const Identity& identity, std::int64_t expires) {
  const std::lock_guard lock(mutex_);
  if (by_token_.contains(token)) return;  // another thread was faster
  if (entries_.size() == kept_) {
    by_token_.erase(entries_.back().token);
    entries_.pop_back();
  }
  entries_.push_front({std::string(token), identity, expires});
  by_token_.emplace(entries_.front().token, entries_.begin());
}

std::size_t VerifiedTokens::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace scrip::http
