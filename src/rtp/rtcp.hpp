#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"

namespace belfry::rtp {

/// RFC 3550 6.4.1: what a receiver says of one source.
struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;         // in 1/256, since the last report
  std::int32_t cumulative_lost = 0;       // 24 bits, signed: duplicates may make it negative
  std::uint32_t highest_sequence = 0;     // extended by the count of wraps
  std::uint32_t jitter = 0;               // ticks of the RTP clock
  std::uint32_t last_sr = 0;              // middle of the NTP time of the last SR; 0: none
  std::uint32_t delay_since_last_sr = 0;  // 1/65536 s
};
inline constexpr std::size_t report_block_size = 24;

/// The report blocks of a packet, still in the receiver's buffer.
class ReportBlocks {
 public:
  ReportBlocks() = default;
  explicit ReportBlocks(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::size_t size() const { return bytes_.size() / report_block_size; }
  /// @param index below `size()`.
  ReportBlock at(std::size_t index) const;

 private:
  std::span<const std::byte> bytes_;
};

struct SenderInfo {
  std::uint64_t ntp_time = 0;  // 32.32 seconds since 1900
  std::uint32_t rtp_time = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};
struct SenderReport {
  std::uint32_t ssrc = 0;
  SenderInfo sender;
  ReportBlocks blocks;
};
struct ReceiverReport {
  std::uint32_t ssrc = 0;
  ReportBlocks blocks;
};
/// Of SDES only the CNAME of the first chunk; others are private matters (rule P6).
struct SourceDescription {
  std::uint32_t ssrc = 0;
  std::string_view cname;
};
struct Goodbye {
  std::span<const std::byte> sources;  // 4 bytes each
  std::string_view reason;
  bool names(std::uint32_t ssrc) const;
};
/// Feedback (feedback.hpp), APP, XR ...: for others to parse.
struct OtherRtcp {
  std::uint8_t type = 0;
  std::uint8_t format = 0;
  std::span<const std::byte> body;  // after the 4-byte head, without padding
};
using RtcpPacket =
    std::variant<SenderReport, ReceiverReport, SourceDescription, Goodbye, OtherRtcp>;

enum class RtcpError : std::uint8_t { too_short, not_version_2, bad_length, bad_padding };

/// Walks through a compound packet (RFC 3550 6.1, reduced size RFC 5506). `parse` has checked every
/// length by subtraction (rule M5): a datagram of which one packet is bad is refused as a whole. A
/// packet that is nothing but its 4-byte head carries no source and is passed over. Feedback may be
/// padded anywhere and by any number of bytes, as browsers do. No allocation.
class RtcpCompound {
 public:
  [[nodiscard]] static std::expected<RtcpCompound, RtcpError> parse(
      std::span<const std::byte> datagram
  );
  /// The next packet; nothing at the end.
  std::optional<RtcpPacket> next();

 private:
  explicit RtcpCompound(std::span<const std::byte> datagram) : reader_(datagram) {}
  base::ByteReader reader_;
};

/// Builds a compound packet in the caller's buffer. What does not fit makes `written()` empty.
class RtcpWriter {
 public:
  explicit RtcpWriter(std::span<std::byte> buffer) : writer_(buffer) {}
  /// @param blocks at most 31.
  void sender_report(
      std::uint32_t ssrc, const SenderInfo& sender, std::span<const ReportBlock> blocks
  );
  void receiver_report(std::uint32_t ssrc, std::span<const ReportBlock> blocks);
  /// @param cname at most 255 bytes.
  void source_description(std::uint32_t ssrc, std::string_view cname);
  void goodbye(std::uint32_t ssrc);
  /// RFC 4585 6.1. @param content padded where it does not end with a word.
  void transport_layer_feedback(
      std::uint8_t format, std::uint32_t sender, std::uint32_t source,
      std::span<const std::byte> content
  );
  std::span<const std::byte> written() const {
    return writer_.ok() ? writer_.written() : std::span<const std::byte>{};
  }

 private:
  void head(std::size_t count, std::uint8_t type, std::size_t bytes);
  void block(const ReportBlock& block);
  base::ByteWriter writer_;
};

}  // namespace belfry::rtp
