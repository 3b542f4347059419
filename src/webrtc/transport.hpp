#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/fixed_queue.hpp"
#include "rtp/sent_history.hpp"
#include "webrtc/dtls_srtp.hpp"
#include "webrtc/ice_lite.hpp"
#include "webrtc/transport_io.hpp"

namespace belfry::webrtc {

enum class TransportFailure : std::uint8_t {
  no_check,      // no valid ICE check in time: the peer cannot reach us, or did not try
  no_handshake,  // checks came, the DTLS handshake did not end
  wrong_fingerprint,
  alert,   // the peer gave the handshake up
  refused  // nothing in common with the peer's DTLS
};
std::string_view to_string(TransportFailure failure);

/// What happens to a transport. The first three come at most once, and nothing after the last two
/// of those.
struct Connected {};
struct Failed {
  TransportFailure reason{};
};
struct PeerClosed {};
struct ConsentLost {};
struct ConsentRegained {};
using TransportEvent =
    std::variant<std::monostate, Connected, Failed, PeerClosed, ConsentLost, ConsentRegained>;

/// Everything that came and went, for the answer to "why is there no sound?".
struct TransportCounters {
  std::uint64_t stun_ok = 0, stun_bad = 0;  // checks that were answered by success; all other STUN
  std::uint64_t from_strangers = 0;         // no STUN, from a path without a valid check
  std::uint64_t dtls_records = 0;           // datagrams of them
  std::uint64_t early = 0;                  // before the peer's fingerprint, or before keys
  std::uint64_t unknown = 0;                // neither STUN nor DTLS nor RTP
  std::uint64_t srtp_bad = 0, srtp_replayed = 0;
  std::uint64_t packets_in = 0, packets_out = 0;  // RTP and RTCP, authentic
  std::uint64_t bytes_in = 0, bytes_out = 0;      // of them on the wire, without UDP's head
  base::Instant last_packet_in{};
};

/// One media session with a browser: ICE-lite, DTLS as its server, SRTP, all on one port (BUNDLE,
/// rtcp-mux). Time comes in as `Instant`; one thread; only the handshake allocates.
///
/// A stranger's datagram costs a look at eight addresses: nothing but STUN is taken from a path
/// that no valid check came from (rule M2). What is bad is counted and dropped and never ends the
/// session (rule M4). DTLS is answered where it came from, since a browser begins before it
/// nominates and from other addresses; media goes to the selected path, while the peer consents.
class Transport {
 public:
  /// From `set_remote` to keys.
  static constexpr base::Duration setup_limit = std::chrono::seconds(30);

  /// All three outlive it.
  Transport(
      const DtlsContext& context, IceCredentials local, TransportOutput& output, TransportSink& sink
  );

  /// What the peer's SDP says, once. Checks are answered before, DTLS waits for it: the peer
  /// repeats its first flight.
  void set_remote(std::string ufrag, const Fingerprint& fingerprint, base::Instant now);
  /// Keys and streams stay as they are (RFC 8842 section 4.3).
  void restart_ice(IceCredentials local, std::string remote_ufrag);

  void handle_datagram(std::span<const std::byte> datagram, const Path& from, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  std::optional<TransportEvent> poll_event() { return events_.pop(); }

  /// @return false when it was not sent: no keys, no consent, no packet, or a number used before.
  bool send_rtp(std::span<const std::byte> packet, base::Instant now);
  bool send_rtcp(std::span<const std::byte> compound, base::Instant now);
  /// RTP packets are kept from now on, to be sent again.
  void keep_sent(std::unique_ptr<rtp::SentHistory> history) { sent_ = std::move(history); }
  /// The same bytes as before, within the bounds of `SentHistory` (rule M7).
  /// @return false when it was not sent: nothing is kept, or not that.
  bool repeat_rtp(std::uint16_t sequence, base::Instant now);
  /// Tells the peer. Nothing is sent or taken after that.
  void close();

  const IceLite& ice() const { return ice_; }
  const TransportCounters& counters() const { return counters_; }
  DtlsState dtls_state() const;
  /// Empty before it is agreed.
  std::string_view cipher() const;
  std::optional<rtp::SrtpSuite> srtp_suite() const;

 private:
  void handle_stun(std::span<const std::byte> datagram, const Path& from, base::Instant now);
  void handle_dtls(std::span<const std::byte> datagram, const Path& from, base::Instant now);
  void handle_media(std::span<const std::byte> datagram, base::Instant now);
  /// Sends what DTLS has to send and tells what has become of it.
  void settle();
  void fail(TransportFailure reason);
  bool may_send(base::Instant now) const;
  bool send_sealed(std::span<const std::byte> datagram);

  const DtlsContext& context_;
  TransportOutput& output_;
  TransportSink& sink_;
  IceLite ice_;
  std::optional<DtlsSrtp> secure_;  // with the peer's fingerprint
  std::unique_ptr<rtp::SentHistory> sent_;
  Path dtls_path_;  // where the last record came from
  base::Instant give_up_at_{};
  bool connected_ = false;
  bool over_ = false;  // failed or closed
  bool consents_ = true;
  TransportCounters counters_;
  base::FixedQueue<TransportEvent, 8> events_;
};

}  // namespace belfry::webrtc
