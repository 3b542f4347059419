#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/random.hpp"
#include "webrtc/dtls_srtp.hpp"
#include "webrtc/ice_lite.hpp"
#include "webrtc/transport_io.hpp"

namespace belfry::webrtc {

/// A browser's end of a media session with an ICE-lite server, for tests and load: checks one
/// address of it and nominates that at once, DTLS as the client, SRTP. Time comes in as `Instant`;
/// one thread.
class ClientTransport {
 public:
  static constexpr base::Duration check_interval = std::chrono::milliseconds(50);
  /// As Chromium keeps its consent fresh.
  static constexpr base::Duration consent_interval = std::chrono::milliseconds(2500);

  /// Both ends' SDP. @param server where to send
  struct Settings {
    IceCredentials local, remote;
    Fingerprint remote_fingerprint;
    Path server;
  };
  /// The context, random numbers, output and sink outlive it.
  ClientTransport(
      const DtlsContext& context, Settings settings, base::Random& random, TransportOutput& output,
      TransportSink& sink, base::Instant now
  );

  void handle_datagram(std::span<const std::byte> datagram, base::Instant now);
  void handle_timeout(base::Instant now);
  base::Instant next_timeout() const;

  bool send_rtp(std::span<const std::byte> packet);
  bool send_rtcp(std::span<const std::byte> compound);
  /// Checks with new credentials from now on; keys stay.
  void restart_ice(IceCredentials local, IceCredentials remote, base::Instant now);
  void close();

  bool connected() const { return secure_.has_keys(); }
  /// Of the checks since the last restart, whether one was answered.
  bool checked() const { return checked_; }
  const Dtls& dtls() const { return secure_.dtls(); }
  /// Packets that were not authentic, or came twice.
  std::uint64_t dropped() const { return dropped_; }

 private:
  void send_check(base::Instant now);
  void handle_answer(std::span<const std::byte> datagram, base::Instant now);
  void handle_media(std::span<const std::byte> datagram, base::Instant now);
  void flush();
  bool send(std::span<const std::byte> datagram);

  Settings settings_;
  base::Random& random_;
  TransportOutput& output_;
  TransportSink& sink_;
  IntegrityKey remote_key_;
  DtlsSrtp secure_;
  std::array<stun::TransactionId, 8> asked_{};  // the last checks
  std::size_t asked_count_ = 0;
  base::Instant check_at_;
  bool checked_ = false;
  std::uint64_t dropped_ = 0;
};

}  // namespace belfry::webrtc
