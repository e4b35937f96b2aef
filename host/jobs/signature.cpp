#include "jobs/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

namespace scrip::jobs {

std::string webhook_signature(std::string_view secret, Micros at, std::string_view body) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::string instant = std::to_string(at / second);
  const std::string text = instant + "." + std::string(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  // Fails only without memory.
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size)) {
    std::abort();
  }
  std::string signature = "t=" + instant + ",v1=";
  for (unsigned i = 0; i < size; ++i) signature.append({digits[mac[i] >> 4], digits[mac[i] & 15]});
  return signature;
}

}  // namespace scrip::jobs
