#include "policy/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "policy/policy_files.h"

namespace scrip {

std::string sha256_of(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return hexadecimal({digest.data(), length});
}

}  // namespace scrip
