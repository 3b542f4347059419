#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

namespace belfry::rtp {

/// Why bytes are not an RTP packet. An enum and not base::Error: a flood of bad packets must not
/// allocate (rule M4: counted and dropped).
enum class PacketError : std::uint8_t { too_short, not_version_2, bad_extension, bad_padding };

/// One RTP packet in the receiver's buffer (RFC 3550 5.1); the spans point into it.
struct PacketView {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::span<const std::byte> contributors;  // 4 bytes each
  std::optional<std::uint16_t> extension_profile;
  std::span<const std::byte> extension;  // without its 4-byte head
  std::span<const std::byte> payload;    // without padding
  std::size_t header_size = 0;           // up to the payload: what SRTP leaves clear
};

/// All lengths are checked by subtraction from what is left (rule M5).
[[nodiscard]] std::expected<PacketView, PacketError> parse_packet(
    std::span<const std::byte> datagram
);

/// One element of a header extension in the one-byte or two-byte form (RFC 8285). Malformed ones
/// end the search. @param id 1 to 14 (one-byte), to 255 (two-byte).
std::optional<std::span<const std::byte>> find_extension(const PacketView& packet, std::uint8_t id);

/// Whether a datagram on a port shared by both is RTCP (RFC 5761 4): types 192 to 223.
bool is_rtcp(std::span<const std::byte> datagram);

struct PacketHeader {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
};

inline constexpr std::size_t header_size = 12;

/// Writes header and payload. @return the written part of `into`; empty when it does not fit.
std::span<std::byte> write_packet(
    const PacketHeader& header, std::span<const std::byte> payload, std::span<std::byte> into
);
/// The header alone, for a payload that an encoder writes in place behind it.
/// @param into at least `header_size`.
void write_header(const PacketHeader& header, std::span<std::byte> into);

/// One element of two bytes in the one-byte form (RFC 8285 4.2), as transport-wide numbers are.
struct ShortExtension {
  std::uint8_t id = 1;  // to 14
  std::uint16_t value = 0;
};
inline constexpr std::size_t extended_header_size = header_size + 8;
/// @param into at least `extended_header_size`.
void write_header(
    const PacketHeader& header, const ShortExtension& extension, std::span<std::byte> into
);

/// Whether sequence number `a` comes after `b` (RFC 1982, 16 bits).
constexpr bool is_newer(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b)) > 0;
}

}  // namespace belfry::rtp
