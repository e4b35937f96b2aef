#include "coupon/ff1.h"

#include <cassert>
#include <cstddef>
#include <string>

#include "coupon/aes.h"

namespace scrip {
namespace {

constexpr int rounds = 10;
constexpr int max_radix = 36;
constexpr std::size_t block_bytes = 16;
constexpr Uint128 min_domain = 1'000'000;

constexpr Uint128 power(int radix, int exponent) {
  Uint128 result = 1;
  for (int i = 0; i < exponent; ++i) result *= static_cast<unsigned>(radix);
  return result;
}

// What one length of string needs, computed once. A round's block is the last one of P || Q, whose
// only parts that change are the round and NUM(B): both fit into one block because b is at most 15.
struct Lengths {
  int left = 0;           // u
  int right = 0;          // v
  int number_bytes = 0;   // b
  int stretch_bytes = 0;  // d
  Uint128 left_modulus = 0;
  Uint128 right_modulus = 0;
  Uint128 chained = 0;  // the CBC-MAC of all blocks before the last, with the constant part of the last
};

int bytes_of(Uint128 number) {
  int bytes = 0;
  for (; number != 0; number >>= 8) ++bytes;
  return bytes;
}

Uint128 block_at(std::string_view bytes, std::size_t offset) {
  Uint128 block = 0;
  for (std::size_t i = 0; i < block_bytes; ++i) block = block << 8 | static_cast<std::uint8_t>(bytes[offset + i]);
  return block;
}

void append_number(std::string& bytes, std::uint64_t number, int size) {
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<char>(number >> (8 * i) & 0xFF));
}

Lengths lengths_of(const AesBlocks& aes, int radix, int length, std::string_view tweak) {
  Lengths l;
  l.left = length / 2;
  l.right = length - l.left;
  l.left_modulus = power(radix, l.left);
  l.right_modulus = power(radix, l.right);
  l.number_bytes = bytes_of(l.right_modulus - 1);
  l.stretch_bytes = 4 * ((l.number_bytes + 3) / 4) + 4;

  std::string blocks("\x01\x02\x01", 3);  // P
  append_number(blocks, static_cast<unsigned>(radix), 3);
  append_number(blocks, rounds, 1);
  append_number(blocks, static_cast<unsigned>(l.left) % 256, 1);
  append_number(blocks, static_cast<unsigned>(length), 4);
  append_number(blocks, tweak.size(), 4);
  blocks += tweak;  // Q, its variable part left zero
  blocks.append(static_cast<std::size_t>(l.number_bytes) + 1, '\0');
  while (blocks.size() % block_bytes != 0) blocks.push_back('\0');

  for (std::size_t offset = 0; offset + block_bytes < blocks.size(); offset += block_bytes) {
    l.chained = aes.encrypt(l.chained ^ block_at(blocks, offset));
  }
  l.chained ^= block_at(blocks, blocks.size() - block_bytes);
  return l;
}

constexpr bool is_power_of_two(Uint128 number) {
  return (number & (number - 1)) == 0;
}

// The round function: y mod modulus.
Uint128 round_value(const AesBlocks& aes, const Lengths& l, int round, Uint128 number, Uint128 modulus) {
  const Uint128 block = l.chained ^ Uint128 { static_cast<unsigned>(round) } << (8 * l.number_bytes) ^ number;
  const Uint128 r = aes.encrypt(block);
  if (l.stretch_bytes <= 16) {
    const Uint128 y = r >> (8 * (16 - l.stretch_bytes));
    return is_power_of_two(modulus) ? y & (modulus - 1) : y % modulus;
  }
  // 20 bytes: the four of a second block are brought down one by one, as modulus * 256 fits 128 bits.
  const Uint128 more = aes.encrypt(r ^ 1);
  Uint128 rest = r % modulus;
  for (int shift = 120; shift >= 96; shift -= 8) rest = (rest << 8 | (more >> shift & 0xFF)) % modulus;
  return rest;
}

template <class Number>
Number number_of(std::span<const Ff1::Symbol> symbols, int radix) {
  Number number = 0;
  for (const Ff1::Symbol symbol : symbols) number = number * static_cast<unsigned>(radix) + symbol;
  return number;
}

template <class Number>
void write_number(Number number, int radix, std::span<Ff1::Symbol> symbols) {
  for (std::size_t i = symbols.size(); i-- > 0;) {
    symbols[i] = static_cast<Ff1::Symbol>(number % static_cast<unsigned>(radix));
    number /= static_cast<unsigned>(radix);
  }
}

constexpr bool fits_64_bits(const Lengths& l) {
  return l.number_bytes <= 8;
}

}  // namespace

struct Ff1::State {
  AesKey key;
  int radix;
  std::array<Lengths, max_length + 1> of_length{};

  State(std::span<const std::uint8_t> k, int r) : key(k), radix(r) {}

  const Lengths& lengths(std::size_t length) const {
    assert(length >= 2 && length <= max_length);
    return of_length[length];
  }
  Uint128 read(const Lengths& l, std::span<const Symbol> symbols) const {
    return fits_64_bits(l) ? number_of<std::uint64_t>(symbols, radix) : number_of<Uint128>(symbols, radix);
  }
  void write(const Lengths& l, Uint128 number, std::span<Symbol> symbols) const {
    if (fits_64_bits(l)) {
      write_number(static_cast<std::uint64_t>(number), radix, symbols);
    } else {
      write_number(number, radix, symbols);
    }
  }
};

Ff1::Ff1(std::span<const std::uint8_t> key, int radix, std::string_view tweak) {
  assert(radix >= 2 && radix <= max_radix);
  auto state = std::make_unique<State>(key, radix);
  const AesBlocks aes = state->key.on_this_thread();
  for (int length = 2; length <= max_length; ++length) {
    state->of_length[static_cast<std::size_t>(length)] = lengths_of(aes, radix, length, tweak);
  }
  state_ = std::move(state);
}

Ff1::~Ff1() = default;

void Ff1::encrypt(std::span<Symbol> text) const {
  const Lengths& l = state_->lengths(text.size());
  const auto left = text.first(static_cast<std::size_t>(l.left));
  const auto right = text.last(static_cast<std::size_t>(l.right));
  const AesBlocks aes = state_->key.on_this_thread();
  Uint128 a = state_->read(l, left);
  Uint128 b = state_->read(l, right);
  for (int round = 0; round < rounds; ++round) {
    const Uint128 modulus = round % 2 == 0 ? l.left_modulus : l.right_modulus;
    Uint128 c = a + round_value(aes, l, round, b, modulus);
    if (c >= modulus) c -= modulus;
    a = b;
    b = c;
  }
  state_->write(l, a, left);
  state_->write(l, b, right);
}

void Ff1::decrypt(std::span<Symbol> text) const {
  const Lengths& l = state_->lengths(text.size());
  const auto left = text.first(static_cast<std::size_t>(l.left));
  const auto right = text.last(static_cast<std::size_t>(l.right));
  const AesBlocks aes = state_->key.on_this_thread();
  Uint128 a = state_->read(l, left);
  Uint128 b = state_->read(l, right);
  for (int round = rounds - 1; round >= 0; --round) {
    const Uint128 modulus = round % 2 == 0 ? l.left_modulus : l.right_modulus;
    const Uint128 c = b;
    b = a;
    const Uint128 y = round_value(aes, l, round, b, modulus);
    a = c >= y ? c - y : c + modulus - y;
  }
  state_->write(l, a, left);
  state_->write(l, b, right);
}

bool Ff1::allows(int radix, int length) {
  if (radix < 2 || radix > max_radix || length < 2 || length > max_length) return false;
  Uint128 domain = 1;
  for (int i = 0; i < length && domain < min_domain; ++i) domain *= static_cast<unsigned>(radix);
  return domain >= min_domain;
}

}  // namespace scrip
