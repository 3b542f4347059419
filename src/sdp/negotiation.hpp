#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sdp/codec.hpp"
#include "sdp/crypto.hpp"
#include "sdp/description.hpp"

/// One round of offer/answer (RFC 3264) for one audio stream, as functions without state.
/// `OfferAnswer` (offer_answer.hpp) adds what lasts over the rounds of a call.
namespace belfry::sdp {

/// Whose view it is depends on where it stands: in a description, its author's.
enum class Direction { sendrecv, sendonly, recvonly, inactive };

bool may_send(Direction direction);
bool may_receive(Direction direction);
Direction make_direction(bool send, bool receive);
/// The same stream seen from the other end.
Direction reversed(Direction direction);
/// What both allow.
Direction common(Direction a, Direction b);
std::string_view to_string(Direction direction);
/// The attribute of the m-line, else of the session, else sendrecv.
Direction direction_of(const Description& description, const Media& media);

/// How RTP is carried. Only what `Capabilities::profiles` names is accepted.
enum class Profile { rtp_avp, rtp_avpf, rtp_savp, rtp_savpf, dtls_savp, dtls_savpf, other };
Profile profile_of(std::string_view name);
std::string_view to_string(Profile profile);

/// A codec that we have. `payload_type` and `fmtp` are used when we offer it and it has no static
/// number.
struct LocalCodec {
  Codec codec;
  std::uint8_t payload_type = 96;
  std::string fmtp;
};

/// One of several streams that go out together and bring nothing back, as to a recorder (RFC 7866
/// section 7.1.1): an m-line of its own, told from the others by its label (RFC 4574).
struct SentTrack {
  std::uint16_t rtp_port = 0;
  std::string label;
};

/// What one leg can do, given by its owner. `codecs` is in order of preference, ours decides.
struct Capabilities {
  std::string address;  // IP literal that RTP comes to
  std::uint16_t rtp_port = 0;
  std::vector<LocalCodec> codecs = {{pcmu, 0, {}}, {pcma, 8, {}}, {g722, 9, {}}};
  bool telephone_events = true;                     // RFC 4733, events 0-16
  std::uint8_t telephone_event_payload_type = 101;  // when we offer
  std::chrono::milliseconds packet_time{20};        // what we like to receive
  bool rtcp_mux = false;                            // RFC 5761
  std::vector<Profile> profiles = {Profile::rtp_avp};
  Encryption encryption = Encryption::off;
  std::vector<CryptoSuite> crypto_suites;  // best first
  std::vector<std::byte> crypto_secret;    // this call's; our keys are made of it
  std::vector<LocalCrypto> crypto;         // filled in by `OfferAnswer`
  std::vector<SentTrack> tracks;           // not empty: these, sendonly, in place of `rtp_port`
};

/// What a round agreed for the audio stream, from our end.
struct AudioStream {
  std::size_t media_index = 0;  // which m-line
  Profile profile = Profile::rtp_avp;
  std::string remote_address;  // IP literal; `0.0.0.0` is possible, then nothing may be sent
  std::uint16_t remote_rtp_port = 0;
  std::string remote_rtcp_address;
  std::uint16_t remote_rtcp_port = 0;  // 0: none
  bool rtcp_mux = false;
  Codec codec;  // what we send
  std::string fmtp;
  std::uint8_t send_payload_type = 0;
  std::uint8_t receive_payload_type = 0;
  std::vector<PayloadFormat> receivable;  // all that the other end may send (not the events)
  std::optional<std::uint8_t> send_event_payload_type;  // telephone-event
  std::optional<std::uint8_t> receive_event_payload_type;
  Direction direction = Direction::sendrecv;         // ours
  Direction remote_direction = Direction::sendrecv;  // as the other end said it; hold included
  std::chrono::milliseconds packet_time{20};         // what the other end likes to receive
  std::optional<CryptoAgreement> crypto = {};        // none: packets are not encrypted
  bool operator==(const AudioStream&) const = default;

  /// The other end put us on hold (it will not receive).
  bool held_by_remote() const { return !may_receive(remote_direction); }
};

struct Answer {
  Description description;  // its `origin` is left for the caller
  AudioStream audio;
};

/// An offer of one audio m-line with these formats (see `OfferAnswer`); `origin` is left for the
/// caller.
Description make_offer(
    const Capabilities& local, const std::vector<PayloadFormat>& formats, Direction wanted
);

/// Answers an offer: the first audio m-line that we can do is taken with the first of our codecs in
/// it, under the offerer's payload types; every other m-line gets port 0.
/// @param wanted what we would like; the result is what both ends allow.
/// @return Errc::unsupported (detail 488) when no audio m-line can be taken; Errc::malformed (488)
/// when the description lacks what it must have.
[[nodiscard]] base::Result<Answer> negotiate(
    const Capabilities& local, const Description& offer, Direction wanted = Direction::sendrecv
);

/// Reads the answer to our `offer`. The codec is the first of the answer that we offered.
/// @return errors as above, also when the answer refuses our audio (port 0).
[[nodiscard]] base::Result<AudioStream> apply_answer(
    const Description& offer, const Description& answer
);

}  // namespace belfry::sdp
