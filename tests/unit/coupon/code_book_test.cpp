#include "coupon/code_book.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "shop.h"

using namespace scrip;

TEST_CASE("an empty book knows nothing") {
  const CodeBook book;
  CHECK_FALSE(book.find("").has_value());
  CHECK_FALSE(book.find("0123456789ABCDEF").has_value());
  CHECK(book.batch({1, 0}) == nullptr);
  CHECK_FALSE(book.owns({1, 0}));
  CHECK(book.serials(1) == 0);
  CHECK(book.next_index(1) == 0);
  CHECK(book.next_batch_id() == 1);
  CHECK(book.next_format_id() == 1);
  CHECK(book.format("################", Alphabet::base32) == nullptr);
}

TEST_CASE("batches of one campaign continue its serials and the format's indexes") {
  Shop shop;
  shop.generate(1, default_pattern, Alphabet::base32, 10);
  shop.generate(2, "########-########", Alphabet::base32, 5);  // the same shape
  shop.generate(1, default_pattern, Alphabet::base32, 7);
  CHECK(shop.formats.size() == 1);
  CHECK(shop.book.serials(1) == 17);
  CHECK(shop.book.serials(2) == 5);
  CHECK(shop.book.next_index(1) == 22);
  CHECK(shop.book.next_batch_id() == 4);
  CHECK(shop.book.next_format_id() == 2);
  REQUIRE(shop.book.batch({1, 9}) != nullptr);
  CHECK(shop.book.batch({1, 9})->id == 1);
  REQUIRE(shop.book.batch({1, 10}) != nullptr);
  CHECK(shop.book.batch({1, 10})->id == 3);
  CHECK(shop.book.batch({1, 10})->first_index == 15);
  CHECK(shop.book.batch({1, 17}) == nullptr);
  CHECK(shop.book.batch({1, -1}) == nullptr);
  CHECK(shop.book.batch({3, 0}) == nullptr);
}

TEST_CASE("a format is found by its shape and alphabet") {
  Shop shop;
  shop.generate(1, "SALE-####", Alphabet::base32, 1);
  shop.generate(2, "SALE-####", Alphabet::alnum, 1);
  REQUIRE(shop.book.format("SALE####", Alphabet::alnum) != nullptr);
  CHECK(shop.book.format("SALE####", Alphabet::alnum)->id() == 2);
  CHECK(shop.book.format("SALE####", Alphabet::base32)->id() == 1);
  CHECK(shop.book.format("SALE####", Alphabet::digits) == nullptr);
  CHECK(shop.book.format("SALE#####", Alphabet::alnum) == nullptr);
}

TEST_CASE("every code finds its coupon, and no two coupons share a code") {
  Shop shop;
  std::mt19937 random(4);
  const std::vector<std::pair<std::string, Alphabet>> looks{
      {default_pattern, Alphabet::base32}, {"################", Alphabet::base32}, {"SALE-####-####", Alphabet::base32},
      {"sale-########", Alphabet::base32}, {"########", Alphabet::alnum},          {"##-##-##-##", Alphabet::digits},
  };
  for (std::int64_t campaign = 1; campaign <= 12; ++campaign) {
    const auto& [pattern, alphabet] = looks[static_cast<std::size_t>(campaign) % looks.size()];
    shop.generate(campaign, pattern, alphabet, 1 + static_cast<std::int64_t>(random() % 40));
    // A batch of an older campaign now and then, so that ranges interleave.
    const std::int64_t older = 1 + static_cast<std::int64_t>(random()) % campaign;
    const auto& [older_pattern, older_alphabet] = looks[static_cast<std::size_t>(older) % looks.size()];
    shop.generate(older, older_pattern, older_alphabet, 1 + static_cast<std::int64_t>(random() % 40));
  }
  std::set<std::string> codes;
  for (std::int64_t campaign = 1; campaign <= 12; ++campaign) {
    REQUIRE(shop.book.serials(campaign) > 0);
    for (std::int64_t serial = 0; serial < shop.book.serials(campaign); ++serial) {
      const CouponKey key{campaign, serial};
      const std::string code = shop.book.code(key);
      CAPTURE(campaign, serial, code);
      CHECK(shape_of(code).size() == shape_of(shop.patterns[campaign]).size());
      if (!shop.book.owns(key)) {
        CHECK(shop.book.find(normalize_code(code)) != key);
        continue;
      }
      CHECK(codes.insert(normalize_code(code)).second);
      CHECK(shop.book.find(normalize_code(code)) == key);
    }
  }
}

TEST_CASE("a code that was not generated yet is refused until it is") {
  Shop shop;
  shop.generate(1, default_pattern, Alphabet::base32, 100);
  const std::string next = normalize_code(shop.formats[0]->encode(100, default_pattern));
  CHECK_FALSE(shop.book.find(next).has_value());
  shop.generate(1, default_pattern, Alphabet::base32, 1);
  CHECK(shop.book.find(next) == CouponKey{1, 100});
}

TEST_CASE("guessed and mistyped codes are refused") {
  Shop shop;
  shop.generate(1, default_pattern, Alphabet::base32, 10'000'000'000);
  shop.generate(2, "SALE-########", Alphabet::base32, 1'000);
  std::mt19937 random(5);
  for (int i = 0; i < 2'000; ++i) {
    std::string guess;
    for (int k = 0; k < 16; ++k) guess += symbols(Alphabet::base32)[random() % 32];
    CHECK_FALSE(shop.book.find(guess).has_value());                        // one in 10^14 is somebody's
    CHECK_FALSE(shop.book.find("SALE" + guess.substr(0, 8)).has_value());  // one in 10^9
  }
  const std::string code = normalize_code(shop.book.code({1, 5'000'000'000}));
  CHECK(shop.book.find(code) == CouponKey{1, 5'000'000'000});
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (const char c : symbols(Alphabet::base32)) {
      if (c == code[i]) continue;
      std::string typed = code;
      typed[i] = c;
      CHECK_FALSE(shop.book.find(typed).has_value());
    }
    if (i + 1 < code.size() && code[i] != code[i + 1]) {
      std::string typed = code;
      std::swap(typed[i], typed[i + 1]);
      CHECK_FALSE(shop.book.find(typed).has_value());
    }
  }
}

TEST_CASE("ten billion codes cost nothing") {
  Shop shop;
  for (std::int64_t campaign = 1; campaign <= 100; ++campaign) {
    shop.generate(campaign, default_pattern, Alphabet::base32, 1'000'000'000'000);
  }
  const CouponKey last{100, 999'999'999'999};
  CHECK(shop.book.find(normalize_code(shop.book.code(last))) == last);
  CHECK(shop.book.next_index(1) == 100'000'000'000'000);
}

TEST_CASE("a copy of a book does not see what is added to the original, nor the other way round") {
  Shop shop;
  shop.generate(1, default_pattern, Alphabet::base32, 10);
  CodeBook copy = shop.book;
  shop.generate(1, default_pattern, Alphabet::base32, 10);
  shop.generate(2, "########", Alphabet::digits, 10);
  shop.book.set_pattern(1, "########-########");
  CHECK(copy.serials(1) == 10);
  CHECK(copy.serials(2) == 0);
  CHECK(copy.next_batch_id() == 2);
  CHECK(copy.next_format_id() == 2);
  CHECK(copy.code({1, 0})[4] == '-');
  CHECK(shop.book.code({1, 0})[4] != '-');
  CHECK(normalize_code(copy.code({1, 0})) == normalize_code(shop.book.code({1, 0})));

  copy.add({.id = 2, .campaign = 7, .format = 1, .first_index = 10, .first_serial = 0, .count = 3});
  copy.set_pattern(7, default_pattern);
  CHECK(copy.find(normalize_code(copy.code({7, 2}))) == CouponKey{7, 2});
  CHECK(shop.book.serials(7) == 0);
  CHECK(shop.book.find(normalize_code(copy.code({7, 2}))) == CouponKey{1, 12});
}

TEST_CASE("thousands of formats with prefixes of their own stay apart") {
  Shop shop;
  for (std::int64_t campaign = 1; campaign <= 2'000; ++campaign) {
    shop.generate(campaign, "P" + std::to_string(10'000 + campaign) + "-####-####", Alphabet::base32, 10);
  }
  for (std::int64_t campaign = 1; campaign <= 2'000; campaign += 97) {
    const std::string code = normalize_code(shop.book.code({campaign, 3}));
    CHECK(shop.book.find(code) == CouponKey{campaign, 3});
    std::string other = code;
    other[5] = other[5] == '1' ? '2' : '1';
    CHECK_FALSE(shop.book.find(other).has_value());
  }
}

TEST_CASE("readers of one book do not disturb each other while copies of it grow") {
  Shop shop;
  shop.generate(1, default_pattern, Alphabet::base32, 1'000);
  const CodeBook& book = shop.book;
  std::vector<int> wrong(3);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&book, &count] {
      CodeBook grown = book;
      for (std::int64_t serial = 0; serial < 300; ++serial) {
        if (book.find(normalize_code(book.code({1, serial}))) != CouponKey{1, serial}) ++count;
        grown.add({.id = grown.next_batch_id(),
                   .campaign = 1,
                   .format = 1,
                   .first_index = grown.next_index(1),
                   .first_serial = grown.serials(1),
                   .count = 1});
      }
      if (grown.serials(1) != 1'300 || book.serials(1) != 1'000) ++count;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(3, 0));
}
