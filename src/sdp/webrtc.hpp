#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdp/negotiation.hpp"

/// One audio connection with a browser: what its description says, and ours (RFC 8829; ICE in RFC
/// 8839, DTLS in RFC 8842, BUNDLE in RFC 8843). We are ICE-lite and list our addresses in the
/// description itself. Functions without state.
namespace belfry::sdp {

enum class DtlsSetup { actpass, active, passive };

/// Feedback about single packets that a description offers (RFC 4585 section 4.2), and what it
/// needs. We send it alone, so only with reduced-size RTCP (RFC 5506), which all browsers have.
struct RtcpFeedback {
  /// Identifier of the header extension with the transport's sequence numbers, 1 to 14: arrivals
  /// are told (draft-holmer-rmcat-transport-wide-cc-extensions-01).
  std::optional<std::uint8_t> transport_numbers;
  bool nack = false;  // what is missed may be asked for
  bool operator==(const RtcpFeedback&) const = default;
};

/// What a browser said of its audio.
struct WebRtcAudio {
  std::size_t media_index = 0;  // which m-line
  std::string mid;
  std::string ice_ufrag;
  std::string fingerprint;  // "sha-256 AB:CD:…", as it stands there
  DtlsSetup setup = DtlsSetup::actpass;
  Direction direction = Direction::sendrecv;      // the browser's
  std::vector<PayloadFormat> formats;             // best first, as the browser sees it
  std::optional<std::uint8_t> transport_numbers;  // the header extension, if it has one
  std::vector<std::string> feedback;  // "111 nack", "* nack"; none without reduced-size RTCP

  /// For packets of that format.
  RtcpFeedback feedback_for(const PayloadFormat& format) const;
  /// What it sends: its first format that is one of `codecs`. nullptr: none.
  const PayloadFormat* first_of(const std::vector<Codec>& codecs) const;
  /// The telephone-events whose clock fits the codec's, else those of 8 kHz (RFC 4733 2.1).
  const PayloadFormat* events_for(const Codec& codec) const;
};

/// The first audio m-line that is not refused.
/// @return Errc::malformed or Errc::unsupported, `detail` 488, when it lacks what a browser always
/// sends: rtcp-mux, ICE credentials, a fingerprint of a hash that is safe, a usable `setup`.
[[nodiscard]] base::Result<WebRtcAudio> read_webrtc_audio(const Description& description);

/// `maxaveragebitrate` of Opus parameters (RFC 7587 6.1), bit/s, 6,000 to 510,000.
std::optional<std::uint32_t> max_average_bitrate(const PayloadFormat& format);

/// An address of ours that a browser may send to.
struct WebRtcCandidate {
  enum class Transport { udp, tcp };  // tcp: we wait for connections (RFC 6544 section 4.5)
  std::string address;                // IP literal
  std::uint16_t port = 0;
  Transport transport = Transport::udp;
};

/// What we say of ours.
struct OwnWebRtcAudio {
  std::string session_id;  // decimal digits
  std::uint64_t version = 1;
  std::vector<WebRtcCandidate> candidates;  // best first
  std::string ice_ufrag;
  std::string ice_password;
  std::string fingerprint;  // "sha-256 AB:CD:…"
  DtlsSetup setup = DtlsSetup::passive;
  std::string mid = "0";
  std::vector<PayloadFormat> formats;
  RtcpFeedback feedback;  // for the first of `formats`
  std::string stream;     // msid
};

/// An offer of one audio m-line.
Description make_webrtc_offer(const OwnWebRtcAudio& own);
/// An answer: the m-line that `offered` names is taken, every other refused.
Description make_webrtc_answer(
    const OwnWebRtcAudio& own, const Description& offer, const WebRtcAudio& offered
);

}  // namespace belfry::sdp
