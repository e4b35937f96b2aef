#include "compat/gzip.h"

#include <catch2/catch.hpp>

#include "connect_client.h"

using namespace scrip;
using namespace scrip::compat;

namespace {

constexpr std::size_t limit = 1024 * 1024;

}  // namespace

TEST_CASE("what is compressed comes out as it was") {
  std::string text;
  for (const std::size_t size : {0, 1, 100, 16 * 1024, 16 * 1024 + 1, 300'000}) {
    while (text.size() < size) text += static_cast<char>('a' + text.size() * 7 % 26);
    CAPTURE(size);
    const auto again = gunzip(gzip(text), limit);
    REQUIRE(again);
    CHECK(*again == text);
  }
}

TEST_CASE("a file of gzip's own is read") {
  // printf hi | gzip -n
  const auto text = gunzip(test::bytes("1f8b0800000000000003cbc80400ac2a93d802000000"), limit);
  REQUIRE(text);
  CHECK(*text == "hi");
}

TEST_CASE("what comes out is limited, however small it came in") {
  const std::string bomb = gzip(std::string(limit + 1, '\0'));
  CHECK(bomb.size() < 10'000);
  CHECK(gunzip(bomb, limit).error().code == Code::payload_too_large);
  CHECK(gunzip(gzip(std::string(limit, '\0')), limit).ok());
  CHECK(gunzip(gzip(""), 0).ok());
  CHECK(gunzip(gzip("x"), 0).error().code == Code::payload_too_large);
}

TEST_CASE("what is not one whole gzip member is refused") {
  const std::string good = gzip("some text that is long enough to be cut");
  std::string damaged = good;
  damaged[good.size() - 6] = static_cast<char>(damaged[good.size() - 6] ^ 1);  // of the checksum
  for (const std::string& bytes : {std::string(), std::string("{}"), good.substr(0, 5), good.substr(0, good.size() - 1),
                                   good + "x", good + good, damaged, good.substr(10)}) {
    CHECK(gunzip(bytes, limit).error().code == Code::invalid_request);
  }
}
