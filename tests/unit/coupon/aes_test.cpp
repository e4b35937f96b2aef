#include "coupon/aes.h"

#include <catch2/catch.hpp>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

using namespace scrip;

namespace {

Uint128 number(std::uint64_t high, std::uint64_t low) {
  return Uint128{high} << 64 | low;
}

std::vector<std::uint8_t> counting_key(std::size_t size) {
  std::vector<std::uint8_t> key(size);
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  return key;
}

}  // namespace

TEST_CASE("AES gives the examples of FIPS 197, appendix C") {
  const Uint128 plain = number(0x0011223344556677, 0x8899AABBCCDDEEFF);
  CHECK((AesKey(counting_key(16)).on_this_thread().encrypt(plain) == number(0x69C4E0D86A7B0430, 0xD8CDB78070B4C55A)));
  CHECK((AesKey(counting_key(24)).on_this_thread().encrypt(plain) == number(0xDDA97CA4864CDFE0, 0x6EAF70A0EC0D7191)));
  CHECK((AesKey(counting_key(32)).on_this_thread().encrypt(plain) == number(0x8EA2B7CA516745BF, 0xEAFC49904B496089)));
}

TEST_CASE("many keys of all sizes in turn keep their own results, on every thread") {
  std::vector<std::unique_ptr<AesKey>> keys;
  std::vector<Uint128> expected;
  for (std::uint8_t i = 0; i < 40; ++i) {
    auto bytes = counting_key(16 + 8 * (i % 3U));
    bytes[0] = i;
    keys.push_back(std::make_unique<AesKey>(bytes));
    expected.push_back(keys.back()->on_this_thread().encrypt(7));
  }
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 4'000; ++i) {
        const std::size_t k = i * 7 % keys.size();
        if (keys[k]->on_this_thread().encrypt(7) != expected[k]) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("a key made where another was is not taken for it") {
  auto bytes = counting_key(16);
  std::vector<Uint128> results;
  for (std::uint8_t i = 0; i < 20; ++i) {
    bytes[0] = i;
    const AesKey key(bytes);  // the same address each time
    const Uint128 result = key.on_this_thread().encrypt(7);
    for (const Uint128 earlier : results) CHECK((earlier != result));
    results.push_back(result);
  }
}
