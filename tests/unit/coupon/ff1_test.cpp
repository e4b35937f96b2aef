#include "coupon/ff1.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace scrip;

namespace {

constexpr std::string_view numerals = "0123456789abcdefghijklmnopqrstuvwxyz";

std::vector<std::uint8_t> from_hex(std::string_view hex) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::vector<Ff1::Symbol> to_symbols(std::string_view text) {
  std::vector<Ff1::Symbol> symbols;
  for (const char c : text) symbols.push_back(static_cast<Ff1::Symbol>(numerals.find(c)));
  return symbols;
}

std::string to_text(const std::vector<Ff1::Symbol>& symbols) {
  std::string text;
  for (const Ff1::Symbol symbol : symbols) text += numerals.at(symbol);
  return text;
}

const std::string k128 = "2B7E151628AED2A6ABF7158809CF4F3C";
const std::string k192 = k128 + "EF4359D8D580AA4F";
const std::string k256 = k192 + "7F036D6F04FC6A94";
const std::string t1 = "39383736353433323130";
const std::string t2 = "3737373770717273373737";

}  // namespace

TEST_CASE("FF1 gives the nine samples of NIST SP 800-38G, both ways") {
  struct Sample {
    int number;
    std::string key;
    int radix;
    std::string tweak, plain, cipher;
  };
  const Sample sample = GENERATE_REF(values<Sample>({
      {1, k128, 10, "", "0123456789", "2433477484"},
      {2, k128, 10, t1, "0123456789", "6124200773"},
      {3, k128, 36, t2, "0123456789abcdefghi", "a9tv40mll9kdu509eum"},
      {4, k192, 10, "", "0123456789", "2830668132"},
      {5, k192, 10, t1, "0123456789", "2496655549"},
      {6, k192, 36, t2, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"},
      {7, k256, 10, "", "0123456789", "6657667009"},
      {8, k256, 10, t1, "0123456789", "1001623463"},
      {9, k256, 36, t2, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"},
  }));
  CAPTURE(sample.number);
  const auto tweak = from_hex(sample.tweak);
  const Ff1 ff1(from_hex(sample.key), sample.radix, std::string(tweak.begin(), tweak.end()));
  auto text = to_symbols(sample.plain);
  ff1.encrypt(text);
  CHECK(to_text(text) == sample.cipher);
  ff1.decrypt(text);
  CHECK(to_text(text) == sample.plain);
}

TEST_CASE("FF1 is undone by decryption at every radix and length, with tweaks of any size") {
  std::mt19937 random(1);
  const std::size_t tweak_size = GENERATE(0U, 1U, 10U, 15U, 16U, 40U);
  for (int radix = 2; radix <= 36; ++radix) {
    const Ff1 ff1(from_hex(k128), radix, std::string(tweak_size, 't'));
    for (int length = 2; length <= Ff1::max_length; ++length) {
      if (!Ff1::allows(radix, length)) continue;
      std::vector<Ff1::Symbol> plain(static_cast<std::size_t>(length));
      for (Ff1::Symbol& symbol : plain) symbol = static_cast<Ff1::Symbol>(random() % static_cast<unsigned>(radix));
      auto text = plain;
      ff1.encrypt(text);
      for (const Ff1::Symbol symbol : text) {
        if (symbol >= radix) FAIL("a symbol out of the alphabet: radix " << radix << ", length " << length);
      }
      ff1.decrypt(text);
      if (text != plain) FAIL("not undone: radix " << radix << ", length " << length);
    }
  }
}

TEST_CASE("FF1 permutes: a million strings give a million strings") {
  const Ff1 ff1(from_hex(k128), 10);
  std::vector<bool> seen(1'000'000);
  std::size_t distinct = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    std::array<Ff1::Symbol, 6> text{};
    int rest = i;
    for (std::size_t k = text.size(); k-- > 0; rest /= 10) text[k] = static_cast<Ff1::Symbol>(rest % 10);
    ff1.encrypt(text);
    std::size_t number = 0;
    for (const Ff1::Symbol symbol : text) number = number * 10 + symbol;
    if (!seen[number]) ++distinct;
    seen[number] = true;
  }
  CHECK(distinct == 1'000'000);
}

TEST_CASE("FF1 gives other results for another key and another tweak") {
  std::set<std::string> results;
  for (const std::string& key : {k128, k192, k256, std::string("00") + k128.substr(2)}) {
    for (const char* tweak : {"", "a", "b"}) {
      auto text = to_symbols("0000000000000000");
      Ff1(from_hex(key), 32, tweak).encrypt(text);
      results.insert(to_text(text));
    }
  }
  CHECK(results.size() == 12);
}

TEST_CASE("one FF1 serves many threads at once") {
  const Ff1 ff1(from_hex(k128), 10);
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2'000; ++i) {
        auto text = to_symbols("0123456789");
        ff1.encrypt(text);
        if (to_text(text) != "2433477484") ++count;
        ff1.decrypt(text);
        if (to_text(text) != "0123456789") ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("FF1 allows domains of a million strings and more") {
  CHECK_FALSE(Ff1::allows(10, 5));
  CHECK(Ff1::allows(10, 6));
  CHECK_FALSE(Ff1::allows(32, 3));
  CHECK(Ff1::allows(32, 4));
  CHECK_FALSE(Ff1::allows(2, 19));
  CHECK(Ff1::allows(2, 20));
  CHECK(Ff1::allows(36, Ff1::max_length));
  CHECK_FALSE(Ff1::allows(36, Ff1::max_length + 1));
  CHECK_FALSE(Ff1::allows(1, 40));
  CHECK_FALSE(Ff1::allows(37, 10));
  CHECK_FALSE(Ff1::allows(10, -1));
}
