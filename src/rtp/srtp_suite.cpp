#include "rtp/srtp_suite.hpp"

#include "base/text.hpp"

namespace belfry::rtp {

std::size_t key_size(SrtpSuite suite) {
  return suite == SrtpSuite::aead_aes_256_gcm ? 32 : 16;
}

std::size_t salt_size(SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::aead_aes_128_gcm:
    case SrtpSuite::aead_aes_256_gcm:
      return 12;
    case SrtpSuite::aes_128_hmac_sha1_80:
    case SrtpSuite::aes_128_hmac_sha1_32:
      return 14;
  }
  return 14;
}

std::string_view to_string(SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::aead_aes_128_gcm:
      return "AEAD_AES_128_GCM";
    case SrtpSuite::aead_aes_256_gcm:
      return "AEAD_AES_256_GCM";
    case SrtpSuite::aes_128_hmac_sha1_80:
      return "AES_CM_128_HMAC_SHA1_80";
    case SrtpSuite::aes_128_hmac_sha1_32:
      return "AES_CM_128_HMAC_SHA1_32";
  }
  return "";
}

std::optional<SrtpSuite> srtp_suite_named(std::string_view name) {
  for (const SrtpSuite suite : srtp_suites)
    if (base::equals_ignoring_case(name, to_string(suite))) return suite;
  return std::nullopt;
}

}  // namespace belfry::rtp
