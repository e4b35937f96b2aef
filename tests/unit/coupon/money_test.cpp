#include "coupon/money.h"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

using namespace scrip;

TEST_CASE("a currency is three capital letters") {
  CHECK(is_currency("KRW"));
  CHECK(is_currency("EUR"));
  for (const char* wrong : {"", "KR", "KRWX", "krw", "K1W", "K W", "K\xC3\x96"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_currency(wrong));
  }
}

TEST_CASE("roundings are known by name") {
  CHECK(parse_rounding("floor") == Rounding::floor);
  CHECK(parse_rounding("half_up") == Rounding::half_up);
  CHECK(parse_rounding("half_even") == Rounding::half_even);
  CHECK_FALSE(parse_rounding("").has_value());
  CHECK_FALSE(parse_rounding("Floor").has_value());
  CHECK_FALSE(parse_rounding("ceil").has_value());
}

TEST_CASE("a decimal is read as written") {
  const auto [text, digits, scale] = GENERATE(table<std::string, std::int64_t, int>({
      {"0", 0, 0},
      {"10", 10, 0},
      {"12.5", 125, 1},
      {"007.50", 750, 2},
      {"0.000001", 1, 6},
      {"999999999999999", 999'999'999'999'999, 0},
      {"123456789.123456", 123'456'789'123'456, 6},
  }));
  CAPTURE(text);
  const auto decimal = parse_decimal(text);
  REQUIRE(decimal.has_value());
  CHECK(decimal->digits == digits);
  CHECK(decimal->scale == scale);
}

TEST_CASE("what is no plain decimal is refused") {
  const std::string text = GENERATE("", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1 ", "1.2.3", "0x10", "1.-5",
                                    "1.0000001", "1000000000000000", "1234567890.123456", "12a", "nan", "\xD9\xA3");
  CAPTURE(text);
  CHECK_FALSE(parse_decimal(text).has_value());
}

TEST_CASE("a percentage is rounded as named") {
  struct Row {
    std::int64_t amount;
    const char* percent;
    std::int64_t floor, half_up, half_even;
  };
  const Row row = GENERATE(values<Row>({
      {10'000, "10", 1'000, 1'000, 1'000},
      {0, "50", 0, 0, 0},
      {999, "0", 0, 0, 0},
      {999, "100", 999, 999, 999},
      {5, "10", 0, 1, 0},              // 0.5
      {15, "10", 1, 2, 2},             // 1.5
      {25, "10", 2, 3, 2},             // 2.5
      {35, "10", 3, 4, 4},             // 3.5
      {14, "10", 1, 1, 1},             // 1.4
      {16, "10", 1, 2, 2},             // 1.6
      {1'999, "12.5", 249, 250, 250},  // 249.875
      {4, "12.5", 0, 1, 0},            // 0.5
      {333, "33.333333", 110, 111, 111},
      {1, "49.999999", 0, 0, 0},
      {1, "50.000001", 0, 1, 1},
      {1'015, "10.0", 101, 102, 102},  // 101.5
      {1'005, "10", 100, 101, 100},    // 100.5
      {max_amount, "100", max_amount, max_amount, max_amount},
      {max_amount, "50", max_amount / 2, max_amount / 2 + 1, max_amount / 2 + 1},
  }));
  CAPTURE(row.amount, row.percent);
  const auto percent = parse_decimal(row.percent);
  REQUIRE(percent.has_value());
  CHECK(percent_of(row.amount, *percent, Rounding::floor) == row.floor);
  CHECK(percent_of(row.amount, *percent, Rounding::half_up) == row.half_up);
  CHECK(percent_of(row.amount, *percent, Rounding::half_even) == row.half_even);
}

TEST_CASE("the largest amount with the largest percentage gives the largest number") {
  const Decimal percent{.digits = 1'000'000, .scale = 0};
  CHECK(percent_of(max_amount, percent, Rounding::half_up) == std::numeric_limits<std::int64_t>::max());
  CHECK(percent_of(1, percent, Rounding::floor) == 10'000);
}
