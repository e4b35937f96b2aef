#include "db/sqlite/runs/posting_codec.h"

#include <utility>

namespace scrip::sqlite {

void PostingEncoder::add(const Posting& posting) {
  bytes_.number(posting.key - key_);
  bytes_.signed_number(posting.first);
  bytes_.signed_number(posting.second);
  key_ = posting.key;
}

std::string PostingEncoder::take() {
  key_ = 0;
  return std::exchange(bytes_, ByteWriter()).take();
}

bool decode_postings(std::string_view bytes, std::vector<Posting>& to) {
  ByteReader in(bytes);
  std::uint64_t key = 0;
  while (!in.at_end()) {
    key += in.number();
    const std::int64_t first = in.signed_number();
    const std::int64_t second = in.signed_number();
    if (!in.ok()) return false;
    to.push_back({key, first, second});
  }
  return in.ok();
}

}  // namespace scrip::sqlite
