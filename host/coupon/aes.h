// AES (FIPS 197) of single blocks under one key, through OpenSSL. For FF1, which needs ten or more
// dependent blocks a code: there the cost is the call, not the cipher, so the calling thread keeps
// the expanded keys of the formats it used last.
//
// An AesKey is immutable and thread-safe; an AesBlocks belongs to the thread that asked for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

struct evp_cipher_ctx_st;

namespace scrip {

__extension__ typedef unsigned __int128 Uint128;

// Encrypts blocks, each as the number that its 16 bytes are, most significant byte first.
class AesBlocks {
 public:
  Uint128 encrypt(Uint128 block) const;

 private:
  friend class AesKey;
  explicit AesBlocks(evp_cipher_ctx_st* context) : context_(context) {}
  evp_cipher_ctx_st* context_;
};

class AesKey {
 public:
  // Precondition: 16, 24 or 32 bytes.
  explicit AesKey(std::span<const std::uint8_t> key);
  ~AesKey();
  AesKey(const AesKey&) = delete;
  AesKey& operator=(const AesKey&) = delete;

  // Valid until the calling thread asks another key for its own.
  AesBlocks on_this_thread() const;

 private:
  std::array<std::uint8_t, 32> bytes_{};
  std::size_t size_;
  std::uint64_t id_;  // unique in the process: a key's address may be used again
};

}  // namespace scrip
