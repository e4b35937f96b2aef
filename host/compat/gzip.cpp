#include "compat/gzip.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <new>

namespace scrip::compat {
namespace {

constexpr int with_gzip_header = 15 + 16;

class Inflater {
 public:
  explicit Inflater(std::string_view bytes) : rest_(bytes) {
    if (inflateInit2(&stream_, with_gzip_header) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Writes the next piece and says how long it is. Z_OK, or why there is no other.
  int next(std::array<char, 16 * 1024>& piece, std::size_t& size) {
    if (stream_.avail_in == 0) feed();
    stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_out = static_cast<uInt>(piece.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    size = piece.size() - stream_.avail_out;
    return status;
  }
  bool has_more() const { return stream_.avail_in > 0 || !rest_.empty(); }

 private:
  void feed() {
    const std::size_t count = std::min<std::size_t>(rest_.size(), std::numeric_limits<uInt>::max());
    stream_.next_in = reinterpret_cast<const Bytef*>(rest_.data());
    stream_.avail_in = static_cast<uInt>(count);
    rest_.remove_prefix(count);
  }

  z_stream stream_{};
  std::string_view rest_;
};

}  // namespace

Result<std::string> gunzip(std::string_view bytes, std::size_t limit) {
  Inflater inflater(bytes);
  std::string text;
  std::array<char, 16 * 1024> piece;
  for (int status = Z_OK; status == Z_OK;) {
    std::size_t size = 0;
    status = inflater.next(piece, size);
    if (size > limit - text.size()) {
      return {Code::payload_too_large, "the body is larger than " + std::to_string(limit) + " bytes once decompressed"};
    }
    text.append(piece.data(), size);
    if (status == Z_STREAM_END && !inflater.has_more()) return text;
  }
  return {Code::invalid_request, "the body is not valid gzip"};
}

std::string gzip(std::string_view text) {
  assert(text.size() < std::numeric_limits<uInt>::max());
  z_stream stream{};
  constexpr int default_memory = 8;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, with_gzip_header, default_memory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string bytes(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  [[maybe_unused]] const int status = deflate(&stream, Z_FINISH);
  assert(status == Z_STREAM_END);
  bytes.erase(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

}  // namespace scrip::compat
