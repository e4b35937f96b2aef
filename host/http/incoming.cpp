#include "http/incoming.h"

#include <utility>

namespace scrip::http {
namespace {

constexpr std::size_t max_gathered = 16 * 1024;

// A client that waits for 100 Continue sends nothing before the exchange says so.
std::size_t bytes_to_gather(const Incoming& incoming) {
  const Head& head = incoming.head;
  const Route* const route = incoming.match.route;
  const bool whole = route && !route->streams && head.framing == Framing::length && !head.expects_continue;
  return whole && head.content_length <= max_gathered ? static_cast<std::size_t>(head.content_length) : 0;
}

}  // namespace

std::variant<std::unique_ptr<Incoming>, Refusal> read_incoming(std::string text, const Router& router) {
  auto incoming = std::make_unique<Incoming>();
  incoming->began = std::chrono::steady_clock::now();
  incoming->text = std::move(text);
  auto head = parse_head(incoming->text);
  if (auto* const refusal = std::get_if<Refusal>(&head)) return std::move(*refusal);
  incoming->head = std::move(std::get<Head>(head));
  auto target = parse_target(incoming->head.target);
  if (!target) return Refusal{400, std::move(target.error())};
  incoming->target = std::move(*target);
  incoming->match = router.match(incoming->head.method, incoming->target.raw_path);
  incoming->gather = bytes_to_gather(*incoming);
  return incoming;
}

}  // namespace scrip::http
