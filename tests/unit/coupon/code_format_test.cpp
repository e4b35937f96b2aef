#include "coupon/code_format.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace scrip;

namespace {

constexpr FormatKey test_key{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();
constexpr std::array all_alphabets{Alphabet::base32, Alphabet::alnum, Alphabet::digits};

CodeFormat format_of(const std::string& pattern, Alphabet alphabet) {
  return CodeFormat(1, shape_of(pattern), alphabet, test_key);
}

}  // namespace

TEST_CASE("alphabets have names and symbols in order") {
  for (const Alphabet alphabet : all_alphabets) CHECK(parse_alphabet(name(alphabet)) == alphabet);
  CHECK_FALSE(parse_alphabet("base64").has_value());
  CHECK_FALSE(parse_alphabet("").has_value());
  CHECK(symbols(Alphabet::base32) == "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
  CHECK(symbols(Alphabet::alnum) == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  CHECK(symbols(Alphabet::digits) == "0123456789");
}

TEST_CASE("a usable pattern is accepted and its room is known") {
  const auto [pattern, alphabet, codes] = GENERATE(table<std::string, Alphabet, std::int64_t>({
      {"####-####-####-####", Alphabet::base32, unbounded},
      {"####", Alphabet::base32, 1'048'576},
      {"############", Alphabet::base32, std::int64_t{1} << 60},
      {"#############", Alphabet::base32, unbounded},
      {"########", Alphabet::alnum, 2'821'109'907'456},
      {"Sale_##.## ##-x", Alphabet::digits, 1'000'000},
      {"##################", Alphabet::digits, 1'000'000'000'000'000'000},
      {"###################", Alphabet::digits, unbounded},
  }));
  CAPTURE(pattern);
  CHECK(check_pattern(pattern, alphabet).ok());
  CHECK(room(pattern, alphabet) == codes);
  CHECK(format_of(pattern, alphabet).room() == codes);
}

TEST_CASE("an unusable pattern is refused and the field named") {
  const auto [pattern, alphabet] = GENERATE(table<std::string, Alphabet>({
      {"", Alphabet::base32},
      {"SALE", Alphabet::base32},
      {"###", Alphabet::base32},
      {"###", Alphabet::alnum},
      {"#####", Alphabet::digits},
      {"####*####", Alphabet::base32},
      {"####\n####", Alphabet::base32},
      {"####/####", Alphabet::base32},
      {"쿠폰-########", Alphabet::base32},
      {std::string(65, '#'), Alphabet::base32},
      {std::string(61, 'A') + "####", Alphabet::base32},
      {std::string(47, '#'), Alphabet::digits},
      {std::string("####\0####", 9), Alphabet::base32},
  }));
  CAPTURE(pattern);
  const auto checked = check_pattern(pattern, alphabet);
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().code == Code::invalid_request);
  REQUIRE(checked.error().fields.size() == 1);
  CHECK(checked.error().fields[0].field == "code.pattern");
}

TEST_CASE("patterns that differ in case and separators only have one shape") {
  CHECK(shape_of("Sale-####_##.## #") == "SALE#########");
  CHECK(shape_of("SALE#########") == "SALE#########");
  CHECK(normalize_code(" sale-12_3.4 ") == "SALE1234");
  CHECK(normalize_code("a\tb") == "A\tB");
  CHECK(normalize_code("é") == "é");
  CHECK(normalize_code(std::string(64, 'a')) == std::string(64, 'A'));
  CHECK(normalize_code(std::string(65, '-')).empty());
}

TEST_CASE("an index becomes a code of the pattern, and the code the index again") {
  const auto [pattern, alphabet] = GENERATE(table<std::string, Alphabet>({
      {"####-####-####-####", Alphabet::base32},
      {"####", Alphabet::base32},
      {"LOUI-#####", Alphabet::base32},
      {"Sale####################", Alphabet::alnum},
      {"########", Alphabet::alnum},
      {"##-##-##", Alphabet::digits},
      {std::string(46, '#'), Alphabet::alnum},
      {std::string(46, '#'), Alphabet::base32},
      {std::string(46, '#'), Alphabet::digits},
  }));
  CAPTURE(pattern);
  const CodeFormat format = format_of(pattern, alphabet);
  std::mt19937_64 random(2);
  std::vector<std::int64_t> indexes{0, 1, 2, format.room() / 2, format.room() - 1};
  for (int i = 0; i < 200; ++i) {
    indexes.push_back(static_cast<std::int64_t>(random() >> 1) % format.room());
  }
  for (const std::int64_t index : indexes) {
    const std::string code = format.encode(index, pattern);
    CAPTURE(index, code);
    REQUIRE(code.size() == pattern.size());
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (pattern[i] == '#') {
        REQUIRE(symbols(alphabet).find(code[i]) != std::string_view::npos);
      } else {
        REQUIRE(code[i] == pattern[i]);
      }
    }
    REQUIRE(format.decode(normalize_code(code)) == index);
  }
}

TEST_CASE("a code is read in any case and with or without separators") {
  const CodeFormat format = format_of("Sale-####-####", Alphabet::base32);
  const std::string code = format.encode(12'345, "Sale-####-####");
  std::string small = code;
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::string bare = code;
  std::erase(bare, '-');
  for (const std::string& typed : {code, small, bare, " " + small + " ", code.substr(0, 6) + "." + code.substr(6)}) {
    CAPTURE(typed);
    CHECK(format.decode(normalize_code(typed)) == 12'345);
  }
}

TEST_CASE("in base32 I and L are read as 1 and O as 0, but only where a random character stands") {
  const CodeFormat format = format_of("OIL-##########", Alphabet::base32);
  bool had_zero = false, had_one = false;
  for (std::int64_t index = 0; index < 50; ++index) {
    std::string code = normalize_code(format.encode(index, "OIL-##########"));
    for (std::size_t i = 3; i < code.size(); ++i) {
      if (code[i] == '0') {
        had_zero = true;
        code[i] = 'O';
      } else if (code[i] == '1') {
        had_one = true;
        code[i] = index % 2 == 0 ? 'I' : 'L';
      }
    }
    CHECK(format.decode(code) == index);
    for (const char* literal : {"01L", "0IL", "O1L", "OI1"}) {
      CHECK_FALSE(format.decode(literal + code.substr(3)).has_value());
    }
  }
  CHECK(had_zero);
  CHECK(had_one);
}

TEST_CASE("characters that an alphabet does not have are refused, each at every position") {
  const auto [alphabet, wrong] = GENERATE(table<Alphabet, std::string>({
      {Alphabet::base32, std::string("U#*-u\0\xFF@", 8)},
      {Alphabet::alnum, std::string("#*-a\0\xFF@[`", 9)},
      {Alphabet::digits, std::string("AOIL#*-\0\xFF/:", 11)},
  }));
  const CodeFormat format = format_of("########", alphabet);
  const std::string code = format.encode(77, "########");
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (const char c : wrong) {
      std::string typed = code;
      typed[i] = c;
      CAPTURE(typed);
      CHECK_FALSE(format.decode(typed).has_value());
    }
  }
}

TEST_CASE("a text of another length is refused") {
  const CodeFormat format = format_of("########", Alphabet::base32);
  const std::string code = format.encode(1, "########");
  CHECK_FALSE(format.decode("").has_value());
  CHECK_FALSE(format.decode(code.substr(1)).has_value());
  CHECK_FALSE(format.decode(code + "0").has_value());
}

TEST_CASE("a text whose index no batch can hold is refused") {
  const CodeFormat format = format_of("####-####-####-####", Alphabet::base32);
  std::mt19937 random(3);
  int readable = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::string text;
    for (int k = 0; k < 16; ++k) text += symbols(Alphabet::base32)[random() % 32];
    const auto index = format.decode(text);
    if (!index) continue;
    ++readable;
    CHECK(*index >= 0);
    CHECK(normalize_code(format.encode(*index, "################")) == text);
  }
  CHECK(readable == 0);  // 2^63 of 2^80 texts are: one in 131,072
}

TEST_CASE("codes of neighbouring indexes have nothing in common") {
  const CodeFormat format = format_of("################", Alphabet::base32);
  int same = 0;
  std::string before = format.encode(0, format.shape());
  for (std::int64_t index = 1; index <= 500; ++index) {
    const std::string code = format.encode(index, format.shape());
    for (std::size_t i = 0; i < code.size(); ++i) same += code[i] == before[i] ? 1 : 0;
    before = code;
  }
  CHECK(same < 400);  // 8,000 comparisons, 250 by chance
}

TEST_CASE("another key gives other codes") {
  FormatKey other = test_key;
  other[15] ^= 1;
  const CodeFormat a(1, "################", Alphabet::base32, test_key);
  const CodeFormat b(1, "################", Alphabet::base32, other);
  CHECK(a.encode(0, a.shape()) != b.encode(0, b.shape()));
  CHECK_FALSE(b.decode(a.encode(0, a.shape())).has_value());
}

TEST_CASE("formats overlap when some text is of both shapes") {
  const auto overlap = [](const std::string& a, Alphabet aa, const std::string& b, Alphabet ba) {
    const bool forward = format_of(a, aa).overlaps(format_of(b, ba));
    CHECK(format_of(b, ba).overlaps(format_of(a, aa)) == forward);
    return forward;
  };
  CHECK(overlap("########", Alphabet::digits, "########", Alphabet::base32));
  CHECK(overlap("########", Alphabet::alnum, "########", Alphabet::base32));
  CHECK(overlap("A#######", Alphabet::base32, "#A######", Alphabet::base32));
  CHECK(overlap("12######", Alphabet::alnum, "########", Alphabet::digits));
  CHECK(overlap("AB-######", Alphabet::digits, "########", Alphabet::alnum));
  CHECK_FALSE(overlap("########", Alphabet::digits, "#########", Alphabet::digits));
  CHECK_FALSE(overlap("A#######", Alphabet::base32, "B#######", Alphabet::base32));
  CHECK_FALSE(overlap("A#######", Alphabet::alnum, "########", Alphabet::digits));
  // base32 never writes I, L and O but reads them; it does not read U.
  CHECK(overlap("OIL#####", Alphabet::alnum, "########", Alphabet::base32));
  CHECK_FALSE(overlap("U#######", Alphabet::alnum, "########", Alphabet::base32));
}
