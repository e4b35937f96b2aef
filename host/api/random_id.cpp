#include "api/random_id.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>

namespace scrip::api {

std::string random_id(std::string_view kind) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  std::string id = std::string(kind) + "-";
  for (const unsigned char byte : bytes) id.append({digits[byte >> 4], digits[byte & 15]});
  return id;
}

}  // namespace scrip::api
