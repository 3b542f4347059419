#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "rtp/replay_window.hpp"
#include "rtp/srtp_cipher.hpp"

/// SRTP and SRTCP (RFC 3711, RFC 7714) without MKI. No clock; one thread; a packet costs no
/// allocation. `into` and the packet must not overlap.
namespace belfry::rtp {

/// A packet grows by at most so much.
inline constexpr std::size_t srtp_overhead = SrtpCipher::longest_tag + 4;

enum class SrtpError : std::uint8_t { malformed, replayed, not_authentic };

/// Where the payload of an RTP packet begins, encrypted or not; 0 when it is none (rule M5).
std::size_t rtp_payload_offset(std::span<const std::byte> packet);

/// What we send. Counts the roll-over of each of its streams' sequence numbers.
class SrtpSender {
 public:
  [[nodiscard]] static base::Result<SrtpSender> create(const SrtpMaster& master);

  /// @return the written part of `into`; empty when `packet` is no RTP, `into` is too small, or a
  /// packet of that number was sent before: its key stream must not be used twice.
  std::span<std::byte> protect(std::span<const std::byte> packet, std::span<std::byte> into);
  /// One compound packet. @return empty likewise, and after 2^31 of them (RFC 3711 section 9.2).
  std::span<std::byte> protect_control(
      std::span<const std::byte> packet, std::span<std::byte> into
  );

 private:
  struct Stream {
    std::uint32_t ssrc = 0;
    bool used = false;
    ReplayWindow sent;
  };
  SrtpSender(SrtpCipher rtp, SrtpCipher rtcp) : rtp_(std::move(rtp)), rtcp_(std::move(rtcp)) {}
  Stream& stream(std::uint32_t ssrc);

  SrtpCipher rtp_, rtcp_;
  std::array<Stream, 4> streams_{};
  std::size_t next_stream_ = 0;
  std::uint32_t control_index_ = 0;
};

/// What we receive. Packets that are not authentic, or came before, are told apart and change
/// nothing (rule M4). Remembers the last 8 streams.
class SrtpReceiver {
 public:
  using Plain = std::expected<std::span<std::byte>, SrtpError>;
  [[nodiscard]] static base::Result<SrtpReceiver> create(const SrtpMaster& master);

  Plain unprotect(std::span<const std::byte> packet, std::span<std::byte> into);
  Plain unprotect_control(std::span<const std::byte> packet, std::span<std::byte> into);

 private:
  struct Stream {
    std::uint32_t ssrc = 0;
    bool used = false;
    ReplayWindow rtp, rtcp;
  };
  SrtpReceiver(SrtpCipher rtp, SrtpCipher rtcp) : rtp_(std::move(rtp)), rtcp_(std::move(rtcp)) {}
  Stream* find(std::uint32_t ssrc);
  /// Only for authentic packets: strangers cannot push streams out.
  Stream& stream(std::uint32_t ssrc);

  SrtpCipher rtp_, rtcp_;
  std::array<Stream, 8> streams_{};
  std::size_t next_stream_ = 0;
};

}  // namespace belfry::rtp
