#pragma once
#include <array>
#include <memory>

#include "gateway/media/wire.hpp"
#include "rtp/srtp.hpp"

namespace belfry::gateway::media {

/// Both directions of one encrypted stream.
struct SrtpSession {
  rtp::SrtpMasters masters;
  rtp::SrtpSender sender;
  rtp::SrtpReceiver receiver;

  /// @return Errc::invalid_argument for a key of the wrong length.
  static base::Result<std::shared_ptr<SrtpSession>> create(rtp::SrtpMasters masters);
};

/// Encrypts what goes over another wire while the terms say so. A key that stays over a change of
/// terms keeps its counters. What is not authentic is counted and dropped (rule M4); while packets
/// are encrypted none is taken that is not. Used on the media worker's thread.
class SrtpWire final : public Wire, private PacketSink {
 public:
  explicit SrtpWire(std::unique_ptr<Wire> inner) : inner_(std::move(inner)) {}

  void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override;
  void receive(base::Instant now, PacketSink& sink) override;
  void receive_from(std::size_t socket, base::Instant now, PacketSink& sink) override;
  void apply(const MediaTerms& terms, base::Instant now) override;
  std::span<const int> sockets() const override { return inner_->sockets(); }
  WireCounters counters() const override;

 private:
  void on_packet(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override;

  std::unique_ptr<Wire> inner_;
  std::shared_ptr<SrtpSession> session_;  // shared with the terms that brought it, which are freed
                                          // on the control thread
  PacketSink* sink_ = nullptr;            // during `receive`
  std::uint64_t not_authentic_ = 0;
  std::uint64_t replayed_ = 0;
  std::array<std::byte, 2048> buffer_{};
};

}  // namespace belfry::gateway::media
