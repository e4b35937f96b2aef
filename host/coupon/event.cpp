#include "coupon/event.h"

#include <array>
#include <cstdio>

namespace scrip {
namespace {

constexpr std::array<std::string_view, event_kind_count> event_kind_names{
    "coupon.issued", "coupon.redeemed", "coupon.cancelled", "coupon.expiring", "campaign.sold_out", "policy.reloaded",
    "audit"};
constexpr std::array<std::string_view, 4> event_state_names{"pending", "delivered", "failed", "obsolete"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names, std::string_view wanted) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == wanted) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(EventKind kind) {
  return event_kind_names[static_cast<std::size_t>(kind)];
}
std::optional<EventKind> parse_event_kind(std::string_view name) {
  return parse<EventKind>(event_kind_names, name);
}

std::string_view name(EventState state) {
  return event_state_names[static_cast<std::size_t>(state)];
}
std::optional<EventState> parse_event_state(std::string_view name) {
  return parse<EventState>(event_state_names, name);
}

std::string Event::public_id() const {
  std::array<char, 48> text{};
  const int size = std::snprintf(text.data(), text.size(), "evt-%lld-%llx", static_cast<long long>(id),
                                 static_cast<unsigned long long>(recorded_at));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace scrip
