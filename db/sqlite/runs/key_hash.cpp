#include "db/sqlite/runs/key_hash.h"

#include <bit>
#include <cstring>
#include <string>

namespace scrip::sqlite {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }
};

std::uint64_t word_at(const char* bytes, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return word;
}

}  // namespace

std::uint64_t KeyHash::hash(std::string_view bytes) const {
  State state{key_0_ ^ 0x736F6D6570736575ULL, key_1_ ^ 0x646F72616E646F6DULL, key_0_ ^ 0x6C7967656E657261ULL,
              key_1_ ^ 0x7465646279746573ULL};
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) state.absorb(word_at(bytes.data() + at, 8));
  state.absorb(word_at(bytes.data() + at, bytes.size() - at) | static_cast<std::uint64_t>(bytes.size()) << 56);
  state.v2 ^= 0xFF;
  for (int i = 0; i < 3; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

std::uint64_t KeyHash::of_coupon(std::int64_t campaign, std::int64_t serial) const {
  char bytes[16];
  std::memcpy(bytes, &campaign, 8);
  std::memcpy(bytes + 8, &serial, 8);
  return hash({bytes, sizeof bytes});
}

std::uint64_t KeyHash::of_answer(std::string_view owner, std::string_view key) const {
  std::string both(owner);
  both += '\0';
  both += key;
  return hash(both);
}

}  // namespace scrip::sqlite
