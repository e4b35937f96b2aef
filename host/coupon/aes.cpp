#include "coupon/aes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstdlib>

namespace scrip {
namespace {

using Block = std::array<std::uint8_t, 16>;
using Halves = std::array<std::uint64_t, 2>;

// Between the machine's byte order and most significant first.
constexpr std::uint64_t big_endian(std::uint64_t number) {
  return std::endian::native == std::endian::little ? __builtin_bswap64(number) : number;
}

Block to_bytes(Uint128 number) {
  return std::bit_cast<Block>(
      Halves{big_endian(static_cast<std::uint64_t>(number >> 64)), big_endian(static_cast<std::uint64_t>(number))});
}

Uint128 to_number(const Block& bytes) {
  const auto halves = std::bit_cast<Halves>(bytes);
  return Uint128{big_endian(halves[0])} << 64 | big_endian(halves[1]);
}

// AES with a valid key cannot fail; if it does, no code may be computed any more.
void require(bool done) {
  if (!done) std::abort();
}

const EVP_CIPHER* cipher_of(std::size_t key_size) {
  if (key_size == 16) return EVP_aes_128_ecb();
  return key_size == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
}

// The keys that a thread used last, expanded. EVP contexts are not thread-safe.
class Expanded {
 public:
  ~Expanded() {
    for (Slot& slot : slots_) EVP_CIPHER_CTX_free(slot.context);
  }

  EVP_CIPHER_CTX* get(std::uint64_t id, std::span<const std::uint8_t> key) {
    Slot& slot = slots_[id % slots_.size()];
    if (slot.id != id) expand(slot, id, key);
    return slot.context;
  }

 private:
  struct Slot {
    std::uint64_t id = 0;  // 0: none
    EVP_CIPHER_CTX* context = nullptr;
  };

  static void expand(Slot& slot, std::uint64_t id, std::span<const std::uint8_t> key) {
    if (slot.context == nullptr) slot.context = EVP_CIPHER_CTX_new();
    require(slot.context != nullptr);
    slot.id = id;
    require(EVP_EncryptInit_ex(slot.context, cipher_of(key.size()), nullptr, key.data(), nullptr) == 1);
    require(EVP_CIPHER_CTX_set_padding(slot.context, 0) == 1);
  }

  std::array<Slot, 8> slots_;
};

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

AesKey::AesKey(std::span<const std::uint8_t> key) : size_(key.size()), id_(next_id()) {
  assert(size_ == 16 || size_ == 24 || size_ == 32);
  std::copy(key.begin(), key.end(), bytes_.begin());
}

AesKey::~AesKey() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

AesBlocks AesKey::on_this_thread() const {
  thread_local Expanded expanded;
  return AesBlocks(expanded.get(id_, std::span(bytes_).first(size_)));
}

Uint128 AesBlocks::encrypt(Uint128 block) const {
  const Block in = to_bytes(block);
  Block out;
  int written = 0;
  require(EVP_EncryptUpdate(context_, out.data(), &written, in.data(), static_cast<int>(in.size())) == 1);
  return to_number(out);
}

}  // namespace scrip
