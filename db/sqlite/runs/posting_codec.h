// Postings as bytes, in their order: varints, the key as the difference to the one before.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/byte_codec.h"
#include "db/sqlite/runs/posting.h"

namespace scrip::sqlite {

class PostingEncoder {
 public:
  // Not before the last one.
  void add(const Posting& posting);
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.size() == 0; }
  // What was added, and begins anew.
  std::string take();

 private:
  ByteWriter bytes_;
  std::uint64_t key_ = 0;
};

// An upper bound for what one posting takes.
inline constexpr std::size_t posting_bytes_at_most = 30;

// Appends what the bytes hold. False: they are damaged.
bool decode_postings(std::string_view bytes, std::vector<Posting>& to);

}  // namespace scrip::sqlite
