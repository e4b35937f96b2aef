#include "coupon/code_format.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <span>

#include "coupon/ff1.h"

namespace scrip {
namespace {

constexpr std::size_t max_code_length = 64;
constexpr char random_mark = '#';
constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();

constexpr bool is_separator(char c) {
  return c == '-' || c == '_' || c == '.' || c == ' ';
}
constexpr bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr char capital(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr std::string_view all_symbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::string_view symbols_of(Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::base32:
      return crockford;
    case Alphabet::alnum:
      return all_symbols;
    case Alphabet::digits:
      return all_symbols.substr(0, 10);
  }
  return {};
}

// The value of each character at a random position; -1: not readable there.
using Values = std::array<std::int8_t, 256>;

constexpr Values make_values(Alphabet alphabet) {
  Values values{};
  values.fill(-1);
  const std::string_view symbols = symbols_of(alphabet);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    values[static_cast<std::uint8_t>(symbols[i])] = static_cast<std::int8_t>(i);
  }
  if (alphabet == Alphabet::base32) {  // what people mistake for one another
    values['I'] = values['1'];
    values['L'] = values['1'];
    values['O'] = values['0'];
  }
  return values;
}

constexpr std::array<Values, 3> all_values{make_values(Alphabet::base32), make_values(Alphabet::alnum),
                                           make_values(Alphabet::digits)};

constexpr const Values& values_of(Alphabet alphabet) {
  return all_values[static_cast<std::size_t>(alphabet)];
}

constexpr int value_of(const Values& values, char c) {
  return values[static_cast<std::uint8_t>(c)];
}

int radix_of(Alphabet alphabet) {
  return static_cast<int>(symbols_of(alphabet).size());
}

int count_random(std::string_view pattern) {
  return static_cast<int>(std::count(pattern.begin(), pattern.end(), random_mark));
}

// Sets of characters, a bit for each of all_symbols.
using SymbolSet = std::uint64_t;

constexpr SymbolSet readable_of(Alphabet alphabet) {
  SymbolSet set = 0;
  for (std::size_t i = 0; i < all_symbols.size(); ++i) {
    if (value_of(values_of(alphabet), all_symbols[i]) >= 0) set |= SymbolSet{1} << i;
  }
  return set;
}

constexpr std::array<SymbolSet, 3> all_readable{readable_of(Alphabet::base32), readable_of(Alphabet::alnum),
                                                readable_of(Alphabet::digits)};

// What may stand where a shape has `mark`.
SymbolSet readable_at(char mark, Alphabet alphabet) {
  if (mark == random_mark) return all_readable[static_cast<std::size_t>(alphabet)];
  return SymbolSet{1} << (is_digit(mark) ? mark - '0' : mark - 'A' + 10);
}

}  // namespace

std::string_view name(Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::base32:
      return "base32";
    case Alphabet::alnum:
      return "alnum";
    case Alphabet::digits:
      return "digits";
  }
  return "";
}

std::optional<Alphabet> parse_alphabet(std::string_view text) {
  for (const Alphabet alphabet : {Alphabet::base32, Alphabet::alnum, Alphabet::digits}) {
    if (name(alphabet) == text) return alphabet;
  }
  return std::nullopt;
}

std::string_view symbols(Alphabet alphabet) {
  return symbols_of(alphabet);
}

Result<void> check_pattern(std::string_view pattern, Alphabet alphabet) {
  const auto refused = [](std::string message) { return invalid_field("code.pattern", std::move(message)); };
  if (pattern.size() > max_code_length) return refused("must be at most 64 characters long");
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || is_separator(c) || c == random_mark; };
  if (!std::all_of(pattern.begin(), pattern.end(), allowed)) {
    return refused("may hold letters, digits, '#' and the separators '-', '_', '.' and space only");
  }
  const int random = count_random(pattern);
  if (random == 0) return refused("must hold '#', which stands for a random character");
  if (random > Ff1::max_length) {
    return refused("may hold '#' at most " + std::to_string(Ff1::max_length) + " times");
  }
  if (!Ff1::allows(radix_of(alphabet), random)) {
    return refused("has too little room: with this alphabet fewer than 1000000 codes exist; add '#'");
  }
  return {};
}

std::int64_t room(std::string_view pattern, Alphabet alphabet) {
  const std::int64_t radix = radix_of(alphabet);
  std::int64_t codes = 1;
  for (int i = count_random(pattern); i > 0; --i) {
    if (codes > unbounded / radix) return unbounded;
    codes *= radix;
  }
  return codes;
}

std::string shape_of(std::string_view pattern) {
  std::string shape;
  shape.reserve(pattern.size());
  for (const char c : pattern) {
    if (!is_separator(c)) shape.push_back(capital(c));
  }
  return shape;
}

std::string normalize_code(std::string_view typed) {
  // The same folding as a pattern's, so that literal characters meet their like.
  const auto characters = std::count_if(typed.begin(), typed.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return characters > static_cast<std::ptrdiff_t>(max_code_length) ? std::string() : shape_of(typed);
}

struct CodeFormat::Permutation {
  Ff1 ff1;
  Permutation(const FormatKey& key, int radix) : ff1(key, radix) {}
};

CodeFormat::CodeFormat(std::int64_t id, std::string shape, Alphabet alphabet, const FormatKey& key)
    : id_(id),
      shape_(std::move(shape)),
      alphabet_(alphabet),
      key_(key),
      room_(scrip::room(shape_, alphabet)),
      random_count_(count_random(shape_)),
      permutation_(std::make_unique<Permutation>(key, radix_of(alphabet))) {
  assert(check_pattern(shape_, alphabet).ok());
}

CodeFormat::~CodeFormat() = default;

std::string CodeFormat::encode(std::int64_t index, std::string_view pattern) const {
  assert(index >= 0 && index < room_);
  std::array<Ff1::Symbol, Ff1::max_length> digits{};
  const auto random = std::span(digits).first(static_cast<std::size_t>(random_count_));
  const auto radix = static_cast<std::uint64_t>(radix_of(alphabet_));
  auto rest = static_cast<std::uint64_t>(index);
  for (std::size_t i = random.size(); i-- > 0 && rest != 0; rest /= radix) {
    random[i] = static_cast<Ff1::Symbol>(rest % radix);
  }
  permutation_->ff1.encrypt(random);

  const std::string_view symbol = symbols_of(alphabet_);
  std::string code(pattern);
  std::size_t used = 0;
  for (char& c : code) {
    if (c != random_mark) continue;
    assert(used < random.size());
    c = symbol[digits[used++]];
  }
  assert(used == random.size());
  return code;
}

std::optional<std::int64_t> CodeFormat::decode(std::string_view normalized) const {
  if (normalized.size() != shape_.size()) return std::nullopt;
  const Values& values = values_of(alphabet_);
  std::array<Ff1::Symbol, Ff1::max_length> digits{};
  std::size_t used = 0;
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    if (shape_[i] != random_mark) {
      if (normalized[i] != shape_[i]) return std::nullopt;
      continue;
    }
    const int value = value_of(values, normalized[i]);
    if (value < 0) return std::nullopt;
    digits[used++] = static_cast<Ff1::Symbol>(value);
  }
  const auto random = std::span(digits).first(used);
  permutation_->ff1.decrypt(random);

  const std::int64_t radix = radix_of(alphabet_);
  std::int64_t index = 0;
  for (const Ff1::Symbol digit : random) {
    if (index > (unbounded - digit) / radix) return std::nullopt;
    index = index * radix + digit;
  }
  return index;
}

bool CodeFormat::overlaps(const CodeFormat& other) const {
  if (shape_.size() != other.shape_.size()) return false;
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    if ((readable_at(shape_[i], alphabet_) & readable_at(other.shape_[i], other.alphabet_)) == 0) return false;
  }
  return true;
}

}  // namespace scrip
