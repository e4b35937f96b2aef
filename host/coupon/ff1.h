// FF1 format-preserving encryption, NIST SP 800-38G, with AES-128/192/256: a keyed permutation over
// all strings of n symbols of a radix. Thread-safe after construction.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace scrip {

class Ff1 {
 public:
  using Symbol = std::uint8_t;  // 0 to radix-1

  // The longest string this implementation takes: each half is computed in 128 bits.
  static constexpr int max_length = 46;

  // `key` is 16, 24 or 32 bytes, radix 2 to 36. radix^length must be at least 1,000,000
  // (SP 800-38G Rev. 1) for every string given.
  Ff1(std::span<const std::uint8_t> key, int radix, std::string_view tweak = {});
  ~Ff1();
  Ff1(const Ff1&) = delete;
  Ff1& operator=(const Ff1&) = delete;

  // In place. Preconditions: 2 to max_length symbols, each below the radix.
  void encrypt(std::span<Symbol> text) const;
  void decrypt(std::span<Symbol> text) const;

  // True when strings of `length` symbols of `radix` are a domain that FF1 allows.
  static bool allows(int radix, int length);

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace scrip
