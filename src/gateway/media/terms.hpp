#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "media/codec.hpp"
#include "net/address.hpp"

namespace belfry::gateway::media {

struct SrtpSession;

/// What two sides have agreed for one audio stream; what a seat needs to send and to understand
/// packets.
struct MediaTerms {
  belfry::media::Codec codec = belfry::media::Codec::pcmu;
  std::uint8_t payload_type_out = 0;
  std::uint8_t payload_type_in = 0;
  /// RFC 4733; without it digits go out as tones and are listened for in the audio.
  std::optional<std::uint8_t> telephone_event_out;
  std::optional<std::uint8_t> telephone_event_in;
  std::optional<std::uint32_t> max_bitrate_bps = {};  // that the party likes to receive (RFC 7587)
  /// Feedback about single packets (RFC 4585). The header extension with the transport's sequence
  /// numbers, whose arrivals are told; nothing: they are not.
  std::optional<std::uint8_t> transport_numbers = {};
  bool nack = false;    // what is missed is asked for
  bool send = true;     // false: we are held
  bool receive = true;  // false: we hold

  // For packets on a network
  std::optional<net::Address> remote;          // RTP
  std::optional<net::Address> remote_control;  // RTCP
  /// Where the party's signalling comes from: the only other host from which a first packet is
  /// believed (rule M1).
  std::optional<net::IpAddress> signalling;
  /// Keys, when packets are encrypted. Shared: made on the control thread with the terms, used by
  /// the wire alone from then on.
  std::shared_ptr<SrtpSession> srtp;
};

}  // namespace belfry::gateway::media
