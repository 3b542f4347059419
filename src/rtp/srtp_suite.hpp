#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace belfry::rtp {

/// How SRTP encrypts and authenticates: AES counter mode with HMAC-SHA1 (RFC 3711; the tag's length
/// is that of RTP, RTCP always has 80 bits), AES-GCM (RFC 7714).
enum class SrtpSuite : std::uint8_t {
  aead_aes_128_gcm,
  aead_aes_256_gcm,
  aes_128_hmac_sha1_80,
  aes_128_hmac_sha1_32
};

/// Best first.
inline constexpr std::array<SrtpSuite, 4> srtp_suites = {
    SrtpSuite::aead_aes_128_gcm, SrtpSuite::aead_aes_256_gcm, SrtpSuite::aes_128_hmac_sha1_80,
    SrtpSuite::aes_128_hmac_sha1_32
};

/// Sizes in bytes. @return of the master key, and of its salt
std::size_t key_size(SrtpSuite suite);
std::size_t salt_size(SrtpSuite suite);
/// As `a=crypto` names it: `AES_CM_128_HMAC_SHA1_80` (RFC 4568 section 6.2, RFC 7714 section 14.2).
std::string_view to_string(SrtpSuite suite);
/// Any case; nothing for one that we do not have.
std::optional<SrtpSuite> srtp_suite_named(std::string_view name);

/// A master key with its salt behind it, for one direction. A secret: never logged or stored.
struct SrtpMaster {
  SrtpSuite suite = SrtpSuite::aes_128_hmac_sha1_80;
  std::vector<std::byte> key_and_salt;
  bool operator==(const SrtpMaster&) const = default;
};
/// What one end sends under and what it receives under.
struct SrtpMasters {
  SrtpMaster send, receive;
  bool operator==(const SrtpMasters&) const = default;
};

}  // namespace belfry::rtp
