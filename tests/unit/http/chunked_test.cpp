#include "http/chunked.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using scrip::http::ChunkedDecoder;

namespace {

struct Decoded {
  std::string body;
  std::string rest;  // what comes after the body
  bool done = false;
  bool malformed = false;
};

// Gives the decoder pieces of `piece` bytes and room for `room`.
Decoded decode(std::string_view text, std::size_t piece, std::size_t room) {
  Decoded decoded;
  ChunkedDecoder decoder;
  std::array<char, 64> to{};
  while (!decoder.done() && !decoder.malformed() && !text.empty()) {
    const auto step = decoder.decode(text.substr(0, piece), to.data(), room);
    decoded.body.append(to.data(), step.produced);
    text.remove_prefix(step.consumed);
  }
  decoded.rest = text;
  decoded.done = decoder.done();
  decoded.malformed = decoder.malformed();
  return decoded;
}

}  // namespace

TEST_CASE("chunks are decoded however they are cut") {
  const std::string text =
      "5\r\nhello\r\n00a;name=value;x=\"y\"\r\n, wide wor\r\n2 \t\r\nld\r\n0\r\nTrailer: dropped\r\nX: y\r\n\r\nGET /";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    for (const std::size_t room : {std::size_t{1}, std::size_t{3}, std::size_t{64}}) {
      INFO("pieces of " << piece << ", room for " << room);
      const Decoded decoded = decode(text, piece, room);
      CHECK(decoded.body == "hello, wide world");
      CHECK(decoded.done);
      CHECK(decoded.rest == "GET /");
    }
  }
}

TEST_CASE("malformed chunks are noticed at the byte that is wrong") {
  for (const char* const text : {
           "\r\n",
           "g\r\n",
           "-1\r\n",
           "+1\r\na\r\n",
           " 1\r\na\r\n",
           "0x1\r\na\r\n",
           "1\na\r\n",
           "1\r\na\n",
           "1\r\nab\r\n",
           "1\r\na\r\r\n",
           "1\r\r\na",
           "1;a\nb\r\n",
           "1,\r\na\r\n",
           "0\r\nA: b\n\r\n",
           "0\r\n\n",
           "0\n",
           "0\r\n\rX",
           "fffffffffffffffff\r\n",
           "1111111111111111\r\n",
       }) {
    INFO(text);
    const Decoded decoded = decode(text, 1'000, 64);
    CHECK(decoded.malformed);
    CHECK(!decoded.done);
  }
}

TEST_CASE("extensions and trailers without end are malformed") {
  CHECK(decode("1;" + std::string(ChunkedDecoder::max_overhead, 'x'), 64, 64).malformed);
  CHECK(decode("0\r\nA: " + std::string(ChunkedDecoder::max_overhead, 'x'), 64, 64).malformed);
}

TEST_CASE("many small chunks are not mistaken for overhead") {
  std::string text;
  for (std::size_t i = 0; i < ChunkedDecoder::max_overhead; ++i) text += "1\r\nx\r\n";
  const Decoded decoded = decode(text + "0\r\n\r\n", 64, 64);
  CHECK(decoded.done);
  CHECK(decoded.body.size() == ChunkedDecoder::max_overhead);
}
