#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sdp/description.hpp"

/// Keys for SRTP in the session description (SDES, RFC 4568). They are as secret as the signalling
/// is: whether they may be sent at all is the owner's matter. Functions without state.
namespace belfry::sdp {

/// `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:…`
struct CryptoLine {
  std::uint32_t tag = 1;
  std::string suite;
  std::vector<std::byte> key_and_salt;  // the master key, then its salt
};

/// @param value what stands behind `a=crypto:`
/// @return Errc::malformed, or Errc::unsupported for what would change the packets: an MKI, several
/// keys, session parameters such as UNENCRYPTED_SRTP. A lifetime is read and not kept.
[[nodiscard]] base::Result<CryptoLine> parse_crypto(std::string_view value);
std::string to_string(const CryptoLine& line);

/// Whether audio is encrypted. Optional offers plain RTP/AVP with keys beside it, which those who
/// know nothing of them pass over ("best effort"), and takes what is offered.
enum class Encryption { off, optional, required };

/// A suite that we have, with our key for it.
struct LocalCrypto {
  std::string suite;
  std::vector<std::byte> key_and_salt;
};

/// What a round agreed.
struct CryptoAgreement {
  std::string suite;
  std::vector<std::byte> send_key, receive_key;  // master key, then its salt
  bool operator==(const CryptoAgreement&) const = default;
};

/// Our keys of one call: each from `secret`, the suite and `generation`. Empty secret: none.
struct CryptoSuite {
  std::string name;
  std::size_t key_and_salt_size = 0;
};
std::vector<LocalCrypto> make_keys(
    std::span<const std::byte> secret, const std::vector<CryptoSuite>& suites,
    std::uint32_t generation
);

/// Our lines for an offer, numbered from 1.
void add_crypto_lines(Media& media, const std::vector<LocalCrypto>& local);

struct CryptoChoice {
  CryptoAgreement agreed;
  CryptoLine line;  // for the answer
};
/// Answering: the first of our suites that is offered with a usable key.
std::optional<CryptoChoice> choose_crypto(
    const std::vector<LocalCrypto>& local, const Media& offered
);
/// Offering: the one line of the answer that answers one of `offered`, which is ours.
std::optional<CryptoAgreement> agreed_crypto(const Media& offered, const Media& answered);

}  // namespace belfry::sdp
