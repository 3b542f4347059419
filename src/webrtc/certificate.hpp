#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

struct evp_pkey_st;
struct x509_st;

namespace belfry::webrtc {

/// A certificate's hash as SDP writes it (RFC 8122): `sha-256 AB:CD:…`. SHA-1 and older are
/// refused, which anyone can forge. A value.
class Fingerprint {
 public:
  enum class Hash : std::uint8_t { sha_256, sha_384, sha_512 };

  /// @param value what stands behind `a=fingerprint:`. @return Errc::unsupported for another hash,
  /// Errc::malformed for a wrong length or no hexadecimal digits.
  [[nodiscard]] static base::Result<Fingerprint> parse(std::string_view value);
  /// Of a certificate.
  static Fingerprint of(const x509_st& certificate, Hash hash);

  Hash hash() const { return hash_; }
  std::span<const std::byte> digest() const;
  std::string to_string() const;
  bool operator==(const Fingerprint&) const = default;

 private:
  Hash hash_ = Hash::sha_256;
  std::array<std::byte, 64> digest_{};  // zeros behind it
};

void free_key(evp_pkey_st* key);
void free_certificate(x509_st* certificate);

/// What we prove our end of a DTLS association with: an ECDSA P-256 key and a certificate that we
/// signed ourselves. Peers know it by the fingerprint in our SDP and by nothing else, so it has no
/// name, and may be made anew at each start. The key is never written.
class Certificate {
 public:
  /// Good from a day before `now` (clocks differ) for a year.
  [[nodiscard]] static base::Result<Certificate> create(base::WallTime now);

  Fingerprint fingerprint() const {
    return Fingerprint::of(*certificate_, Fingerprint::Hash::sha_256);
  }
  evp_pkey_st* key() const { return key_.get(); }
  x509_st* certificate() const { return certificate_.get(); }

 private:
  using Key = base::Handle<evp_pkey_st, free_key>;
  using Signed = base::Handle<x509_st, free_certificate>;
  Certificate(Key key, Signed certificate)
      : key_(std::move(key)), certificate_(std::move(certificate)) {}

  Key key_;
  Signed certificate_;
};

}  // namespace belfry::webrtc
