#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace belfry::call {

/// How far a seat with a handshake (ICE, DTLS) has come.
enum class Handshake {
  none,  // its packets need none
  waiting,
  connected,
  never_connected,    // it did not succeed in time
  wrong_fingerprint,  // the party is not who signalling said
  consent_lost        // the party stopped checking (RFC 7675)
};

/// The loudest that a party has been.
enum class Sound {
  unknown,          // nothing came, or it was passed on in a codec that tells nothing undecoded
  digital_silence,  // zeros, as of a muted microphone
  faint,            // never above -50 dBov
  heard
};

/// What the party's RTCP reports say of the packets that we send.
enum class PartyReports { none, hear_us, miss_us };

/// What a seat has seen so far: figures for people, and what `judge` tells them of missing audio.
struct SeatStatistics {
  std::string codec;
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
  std::uint64_t packets_lost = 0;
  double jitter_ms = 0;
  double round_trip_ms = 0;
  double mos = 0;  // estimate, 1 to 4.5

  // Packets that were not taken
  std::uint64_t from_strangers = 0;  // from another address than was signalled
  std::uint64_t not_authentic = 0;   // SRTP under another key, or damaged
  std::uint64_t replayed = 0;
  std::uint64_t not_agreed = 0;              // of a payload type that was not agreed
  std::uint8_t payload_type_not_agreed = 0;  // of the last one
  std::string stranger;                      // the last one, "192.0.2.1:4000"; empty: none
  std::string remote;                        // whom we send to and hear; empty: no such address

  Sound sound = Sound::unknown;
  bool listens_only = false;  // a simulated phone that has been made to say nothing
  PartyReports party_reports = PartyReports::none;
  double loss_there = 0;  // of what we sent, as the party last said; 0 to 1
  bool held_by_us = false;
  bool held_by_party = false;
  /// How long ago the last packet came, or the last hold ended; nothing: none ever came.
  std::optional<base::Duration> since_last_packet;
  Handshake handshake = Handshake::none;
};

}  // namespace belfry::call
