#include "db/hold_counts.h"

#include <utility>

#include "coupon/byte_codec.h"

namespace scrip {

// Pairs of a name and a change.
std::string encode_hold_counts(const HoldCounts& counts) {
  ByteWriter out;
  for (const auto& [name, change] : counts) {
    out.text(name);
    out.signed_number(change);
  }
  return out.take();
}

bool decode_hold_counts(std::string_view bytes, HoldCounts& counts) {
  ByteReader in(bytes);
  while (in.ok() && !in.at_end()) {
    std::string name(in.text());
    counts.emplace_back(std::move(name), in.signed_number());
  }
  return in.ok();
}

}  // namespace scrip
