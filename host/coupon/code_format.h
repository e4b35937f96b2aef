// What a code looks like, and the keyed permutation that computes it.
//
// A *pattern* is what an operator writes: "SALE-####-####", where '#' stands for one random symbol
// of the *alphabet* and everything else for itself. What identifies a format is its *shape*: the
// pattern in capitals and without separators, and the alphabet. All campaigns with one shape share
// one permutation, so their codes can never collide however they are grouped with dashes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/error.h"

namespace scrip {

enum class Alphabet : std::uint8_t { base32, alnum, digits };

std::string_view name(Alphabet alphabet);
std::optional<Alphabet> parse_alphabet(std::string_view name);

// The symbols in the order of their values: Crockford's 32, 0-9A-Z, 0-9.
std::string_view symbols(Alphabet alphabet);

// Up to 64 characters of letters, digits, '#', and the separators "-_. "; some '#', few enough for
// FF1; enough of them that 1,000,000 codes exist. The error's field is "code.pattern".
Result<void> check_pattern(std::string_view pattern, Alphabet alphabet);

// How many codes a pattern has, or 2^63-1 when there are more. Precondition: check_pattern.
std::int64_t room(std::string_view pattern, Alphabet alphabet);

// Capitals, no separators; '#' stays. The identity of a format together with its alphabet.
std::string shape_of(std::string_view pattern);

// What a person typed, ready to compare: capitals, separators dropped. Characters that no code has
// are kept, so that such a text matches nothing. At most 64 characters are looked at; a longer
// text gives an empty string.
std::string normalize_code(std::string_view typed);

using FormatKey = std::array<std::uint8_t, 16>;

// One shape with its permutation. Immutable; shared between threads.
class CodeFormat {
 public:
  CodeFormat(std::int64_t id, std::string shape, Alphabet alphabet, const FormatKey& key);
  ~CodeFormat();

  std::int64_t id() const { return id_; }
  const std::string& shape() const { return shape_; }
  Alphabet alphabet() const { return alphabet_; }
  const FormatKey& key() const { return key_; }

  // How many codes exist, or 2^63-1 when there are more.
  std::int64_t room() const { return room_; }

  // The code of an index, 0 to room()-1, grouped as `pattern` says (its shape must be this one).
  std::string encode(std::int64_t index, std::string_view pattern) const;

  // The index of a normalized code; nullopt when the text is not of this shape, or decodes to an
  // index of 2^63 or more (which no batch can hold).
  std::optional<std::int64_t> decode(std::string_view normalized) const;

  // Whether some text is of both shapes, so that the two permutations may compute the same code.
  bool overlaps(const CodeFormat& other) const;

 private:
  std::int64_t id_;
  std::string shape_;
  Alphabet alphabet_;
  FormatKey key_;
  std::int64_t room_;
  int random_count_;
  struct Permutation;
  std::unique_ptr<const Permutation> permutation_;
};

}  // namespace scrip
