#pragma once
#include <array>
#include <optional>
#include <string>

#include "gateway/media/wire.hpp"
#include "gateway/webrtc/port.hpp"
#include "webrtc/transport.hpp"

namespace belfry::gateway::webrtc {

/// What signalling has learned of the browser: from now on its checks are those of `ice_ufrag`, and
/// its certificate must have that fingerprint.
struct RemoteOrder final : media::WireOrder {
  std::string ice_ufrag;
  belfry::webrtc::Fingerprint fingerprint;
  std::unique_ptr<rtp::SentHistory> sent;  // where it may ask for packets again
};
/// The browser restarts ICE (RFC 8445 section 9); keys stay.
struct RestartOrder final : media::WireOrder {
  belfry::webrtc::IceCredentials local;
  std::string remote_ufrag;
};

/// A browser's packets on the shared port: ICE, DTLS and SRTP. Made on the control thread, then
/// used on the media worker's. Obeys `RemoteOrder` and `RestartOrder`, no others.
class BrowserWire final : public media::Wire,
                          private belfry::webrtc::TransportSink,
                          private belfry::webrtc::TransportOutput {
 public:
  /// @param port outlives it while it is attached.
  BrowserWire(
      Port& port, const belfry::webrtc::DtlsContext& context, belfry::webrtc::IceCredentials local
  );

  /// What the port has for it.
  void handle_datagram(
      std::span<const std::byte> datagram, const belfry::webrtc::Path& from, base::Instant arrived
  );

  // media::Wire
  void send(media::PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override;
  void send_again(std::uint16_t sequence, base::Instant now) override;
  void receive(base::Instant now, media::PacketSink& sink) override;
  void apply(const media::MediaTerms& terms, base::Instant now) override;
  bool arrives_unasked() const override { return true; }
  void attach(media::PacketSink& sink) override;
  void detach() override;
  void obey(media::WireOrder& order, base::Instant now) override;
  std::optional<media::Connection> poll_connection() override;
  bool is_impatient() const override;
  media::WireCounters counters() const override;

 private:
  // Transport's
  void on_rtp(std::span<const std::byte> packet, base::Instant now) override;
  void on_rtcp(std::span<const std::byte> packet, base::Instant now) override;
  void send(const belfry::webrtc::Path& to, std::span<const std::byte> datagram) override;

  /// The port brings what comes from there from now on; the oldest path makes room.
  void remember(const belfry::webrtc::Path& path);

  Port& port_;
  belfry::webrtc::Transport transport_;
  media::PacketSink* sink_ = nullptr;
  std::array<belfry::webrtc::Path, belfry::webrtc::IceLite::most_paths> paths_{};
  std::size_t path_count_ = 0, next_path_ = 0;
  std::array<std::string, 2> ufrags_;  // that the port knows it by: now, before the last restart
  bool setting_up_ = false;            // the browser is known, and not yet there
  std::optional<media::Connection> last_news_;
};

}  // namespace belfry::gateway::webrtc
