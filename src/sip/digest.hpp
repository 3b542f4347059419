#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// Digest authentication as both ends need it (RFC 7616, RFC 8760, RFC 3261 section 22): header
/// values and the arithmetic. `DigestServer` and `DigestClient` know the rules. Any thread.
namespace belfry::sip {

enum class DigestAlgorithm : std::uint8_t { md5, md5_sess, sha256, sha256_sess };
std::string_view to_string(DigestAlgorithm algorithm);  // "SHA-256"
/// Any case; nothing for an unknown one. An absent parameter means MD5: that is the caller's.
std::optional<DigestAlgorithm> digest_algorithm_from(std::string_view name);
constexpr bool is_session_variant(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::md5_sess || algorithm == DigestAlgorithm::sha256_sess;
}

/// `Scheme name=value, name="quoted value"` of (WWW-|Proxy-)Authenticate and (Proxy-)Authorization.
struct AuthHeader {
  std::string scheme;                         // lower case
  std::map<std::string, std::string> params;  // names in lower case, quotes undone

  /// At most 32 parameters. @return Errc::malformed, also when a parameter comes twice (rule S4).
  [[nodiscard]] static base::Result<AuthHeader> parse(std::string_view line);
  /// Empty when absent.
  std::string_view operator[](std::string_view name) const;
  bool has(std::string_view name) const { return params.contains(std::string(name)); }
};

/// Lower-case hex of MD5 or SHA-256.
std::string digest_hash(DigestAlgorithm algorithm, std::string_view text);

/// H(username:realm:password): what may be stored instead of the password. Without the `-sess`
/// step.
std::string digest_ha1(
    DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
    std::string_view password
);

/// All that goes into `response=`. `qop` empty: the RFC 2069 form without nc and cnonce.
struct DigestInput {
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  std::string_view ha1;
  std::string_view nonce;
  std::string_view cnonce;
  std::string_view nc;  // eight hex digits
  std::string_view qop;
  std::string_view method;
  std::string_view uri;
};
std::string digest_response(const DigestInput& input);

}  // namespace belfry::sip
