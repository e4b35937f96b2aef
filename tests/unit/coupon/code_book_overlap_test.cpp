// Formats that can write the same text: whose such a text is.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "coupon/code_book.h"
#include "shop.h"

using namespace scrip;

TEST_CASE("a text that two formats write belongs to the earlier batch, the other serial is a gap") {
  const bool digits_first = GENERATE(true, false);
  CAPTURE(digits_first);
  Shop shop;
  const std::int64_t digits = 1, mixed = 2;
  const auto all_digits = [&] { shop.generate(digits, "#######", Alphabet::digits, 10'000'000); };
  if (digits_first) all_digits();
  shop.generate(mixed, "123-####", Alphabet::alnum, 3'000);
  if (!digits_first) all_digits();

  int ambiguous = 0;
  for (std::int64_t serial = 0; serial < 3'000; ++serial) {
    const CouponKey key{mixed, serial};
    const std::string code = normalize_code(shop.book.code(key));
    const bool is_number = std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto found = shop.book.find(code);
    REQUIRE(found.has_value());
    if (is_number) {
      ++ambiguous;
      const std::int64_t other = *shop.book.format("#######", Alphabet::digits)->decode(code);
      CHECK(*found == (digits_first ? CouponKey{digits, other} : key));
      CHECK(shop.book.owns(key) == !digits_first);
      CHECK(shop.book.owns({digits, other}) == digits_first);
      // The gap has a code all the same; it is the other coupon's.
      CHECK(normalize_code(shop.book.code({digits, other})) == code);
    } else {
      CHECK(*found == key);
      CHECK(shop.book.owns(key));
    }
  }
  CHECK(ambiguous > 3);  // (10/36)^4 of 3,000: 18 or so
}

TEST_CASE("an ambiguous text stays with whom it belongs to when more is generated") {
  Shop shop;
  shop.generate(1, "1##-###-#", Alphabet::base32, 300'000);
  shop.generate(2, "#######", Alphabet::digits, 2'000'000);
  std::mt19937 random(6);
  std::map<std::string, CouponKey> before;
  for (int i = 0; i < 3'000; ++i) {
    std::string text = "1";
    for (int k = 0; k < 6; ++k) text += static_cast<char>('0' + random() % 10);
    if (const auto found = shop.book.find(text)) before[text] = *found;
  }
  CHECK(before.size() > 100);
  shop.generate(2, "#######", Alphabet::digits, 8'000'000);
  shop.generate(1, "1##-###-#", Alphabet::base32, 1'000'000);
  shop.generate(3, "1######", Alphabet::alnum, 1'000'000'000);
  int moved = 0;
  for (const auto& [text, key] : before) moved += shop.book.find(text) != key ? 1 : 0;
  CHECK(moved == 0);
}

TEST_CASE("overlapping formats answer as trying every batch in order does") {
  Shop shop;
  const std::vector<std::pair<std::string, Alphabet>> looks{
      {"######", Alphabet::digits}, {"######", Alphabet::base32}, {"######", Alphabet::alnum},
      {"1#####", Alphabet::base32}, {"##-##A#", Alphabet::alnum}, {"10####", Alphabet::base32},
  };
  std::mt19937 random(7);
  for (int i = 0; i < 30; ++i) {
    const std::size_t look = random() % looks.size();
    const auto& [pattern, alphabet] = looks[look];
    const std::int64_t used = shop.book.next_index(shop.format(pattern, alphabet));
    const std::int64_t free = room(pattern, alphabet) - used;
    if (free == 0) continue;
    // One campaign for each look: a campaign has one pattern.
    shop.generate(static_cast<std::int64_t>(look) + 1, pattern, alphabet,
                  std::min<std::int64_t>(free, 1 + static_cast<std::int64_t>(random() % 400'000)));
  }
  int found = 0, gaps = 0;
  for (int i = 0; i < 4'000; ++i) {
    std::string text;
    const std::string_view from = i % 2 == 0 ? "0123456789" : "01AOIL9ZU";
    for (int k = 0; k < 6; ++k) text += from[random() % from.size()];
    const auto key = shop.book.find(text);
    CAPTURE(text);
    CHECK(key == shop.owner(text));
    found += key.has_value() ? 1 : 0;
  }
  for (std::int64_t campaign = 1; campaign <= 6; ++campaign) {
    for (int i = 0; i < 3'000 && shop.book.serials(campaign) > 0; ++i) {
      const CouponKey key{campaign, static_cast<std::int64_t>(random()) % shop.book.serials(campaign)};
      const bool owns = shop.owner(normalize_code(shop.book.code(key))) == key;
      CHECK(shop.book.owns(key) == owns);
      gaps += owns ? 0 : 1;
    }
  }
  CHECK(found > 500);
  CHECK(gaps > 100);
}

TEST_CASE("a format that begins to overlap another leaves copies of the book as they were") {
  Shop shop;
  shop.generate(1, "######", Alphabet::digits, 1'000'000);
  const CodeBook copy = shop.book;
  shop.generate(2, "######", Alphabet::alnum, 100'000'000);
  int gaps = 0;
  for (std::int64_t serial = 0; serial < 3'000; ++serial) {
    CHECK(copy.owns({1, serial}));
    CHECK(shop.book.owns({1, serial}));
    gaps += shop.book.owns({2, serial}) ? 0 : 1;
  }
  CHECK(gaps > 0);
}
