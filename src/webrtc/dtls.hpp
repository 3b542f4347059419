#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.hpp"
#include "rtp/srtp_suite.hpp"
#include "webrtc/dtls_context.hpp"

namespace belfry::webrtc {

enum class DtlsRole : std::uint8_t {
  passive,  // server: what we are to every browser
  active    // client
};
enum class DtlsState : std::uint8_t { fresh, connecting, connected, failed, closed };
enum class DtlsFailure : std::uint8_t {
  none,
  wrong_fingerprint,  // the peer's certificate is not the one of its SDP (rule M3)
  alert,              // the peer gave up
  refused,            // nothing in common: version, cipher, SRTP suite, no certificate
  timed_out
};
std::string_view to_string(DtlsState state);
std::string_view to_string(DtlsFailure failure);

/// One DTLS 1.2 association that does nothing but agree on SRTP keys (RFC 5764). The peer's
/// certificate must have the given fingerprint, or the handshake fails before there are keys. Time
/// comes in as `Instant`; one thread; a handshake allocates, in OpenSSL. What comes after the
/// handshake is read for its end only: application data is dropped, there is no renegotiation.
///
/// OpenSSL counts its retransmissions by the system's clock. So its own timer is set to where it
/// never fires, and the last flight is kept and sent again from here. It goes out with the record
/// numbers that it had, which to the peer looks like a network that doubles datagrams: what was
/// lost it takes, what it has it drops. One thing then does not work by itself: a client that asks
/// again for the server's last flight asks with records that count as replayed. The server answers
/// by that flight to any handshake record that comes after the end (RFC 6347 section 4.2.4); other
/// servers do so for fresh records only, which makes `active` a role for tests and load.
class Dtls {
 public:
  /// Doubles from the first to the last; a browser's first is 50 ms too.
  static constexpr base::Duration first_interval = std::chrono::milliseconds(100);
  static constexpr base::Duration last_interval = std::chrono::seconds(2);
  static constexpr base::Duration handshake_limit = std::chrono::seconds(30);

  Dtls(const DtlsContext& context, DtlsRole role, const Fingerprint& peer);
  ~Dtls();
  Dtls(const Dtls&) = delete;
  Dtls& operator=(const Dtls&) = delete;

  /// The active end's first flight. Once.
  void start(base::Instant now);
  /// Records from the network. Those of strangers must not come here (rule M2): an unprotected
  /// alert ends a handshake, though not an association.
  void handle_datagram(std::span<const std::byte> datagram, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  /// Tells the peer that this is the end.
  void close();
  /// @return a datagram to be sent, or empty; good until the next call.
  std::span<const std::byte> poll_transmit();

  DtlsState state() const;
  DtlsFailure failure() const;
  /// Keys of both directions, while connected or closed after that. Secret.
  const std::optional<rtp::SrtpMasters>& masters() const;
  /// As OpenSSL calls it; empty before it is agreed.
  std::string_view cipher() const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace belfry::webrtc
