#include "rtp/packet.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace belfry::rtp {
namespace {

constexpr std::uint8_t version_2 = 0x80;
constexpr std::uint16_t one_byte_profile = 0xBEDE;
constexpr std::uint16_t two_byte_profile = 0x1000;  // low four bits: application's

std::optional<std::span<const std::byte>> find_one_byte(
    std::span<const std::byte> elements, std::uint8_t id
) {
  base::ByteReader reader(elements);
  while (reader.left() > 0) {
    const std::uint8_t head = reader.u8();
    if (head == 0) continue;                   // padding between elements
    if (head >> 4 == 15) return std::nullopt;  // RFC 8285 4.2: stop
    const auto content = reader.take(static_cast<std::size_t>(head & 0x0F) + 1);
    if (!reader.ok()) return std::nullopt;
    if (head >> 4 == id) return content;
  }
  return std::nullopt;
}

std::optional<std::span<const std::byte>> find_two_byte(
    std::span<const std::byte> elements, std::uint8_t id
) {
  base::ByteReader reader(elements);
  while (reader.left() > 0) {
    const std::uint8_t found = reader.u8();
    if (found == 0) continue;
    const auto content = reader.take(reader.u8());
    if (!reader.ok()) return std::nullopt;
    if (found == id) return content;
  }
  return std::nullopt;
}

}  // namespace

std::expected<PacketView, PacketError> parse_packet(std::span<const std::byte> datagram) {
  base::ByteReader reader(datagram);
  const std::uint8_t first = reader.u8();
  const std::uint8_t second = reader.u8();
  PacketView packet;
  packet.marker = (second & 0x80) != 0;
  packet.payload_type = second & 0x7F;
  packet.sequence = reader.u16();
  packet.timestamp = reader.u32();
  packet.ssrc = reader.u32();
  packet.contributors = reader.take(std::size_t{first & 0x0Fu} * 4);
  if (!reader.ok()) return std::unexpected(PacketError::too_short);
  if ((first & 0xC0) != version_2) return std::unexpected(PacketError::not_version_2);
  if ((first & 0x10) != 0) {
    packet.extension_profile = reader.u16();
    packet.extension = reader.take(std::size_t{reader.u16()} * 4);
    if (!reader.ok()) return std::unexpected(PacketError::bad_extension);
  }
  packet.payload = reader.rest();
  packet.header_size = datagram.size() - packet.payload.size();
  if ((first & 0x20) != 0) {
    const std::size_t padding =
        packet.payload.empty() ? 0 : std::to_integer<std::size_t>(packet.payload.back());
    if (padding == 0 || padding > packet.payload.size())
      return std::unexpected(PacketError::bad_padding);
    packet.payload = packet.payload.first(packet.payload.size() - padding);
  }
  return packet;
}

std::optional<std::span<const std::byte>> find_extension(
    const PacketView& packet, std::uint8_t id
) {
  if (!packet.extension_profile || id == 0) return std::nullopt;
  if (*packet.extension_profile == one_byte_profile)
    return id < 15 ? find_one_byte(packet.extension, id) : std::nullopt;
  if ((*packet.extension_profile & 0xFFF0) == two_byte_profile)
    return find_two_byte(packet.extension, id);
  return std::nullopt;
}

bool is_rtcp(std::span<const std::byte> datagram) {
  if (datagram.size() < 2) return false;
  const auto type = std::to_integer<unsigned>(datagram[1]);
  return type >= 192 && type <= 223;
}

void write_header(const PacketHeader& header, std::span<std::byte> into) {
  base::ByteWriter writer(into);
  writer.u8(version_2);
  writer.u8(static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | (header.payload_type & 0x7F)));
  writer.u16(header.sequence);
  writer.u32(header.timestamp);
  writer.u32(header.ssrc);
}

void write_header(
    const PacketHeader& header, const ShortExtension& extension, std::span<std::byte> into
) {
  write_header(header, into);
  into[0] |= std::byte{0x10};
  base::ByteWriter writer(into.subspan(header_size));
  writer.u16(one_byte_profile);
  writer.u16(1);  // word
  writer.u8(static_cast<std::uint8_t>(extension.id << 4U | 1U));
  writer.u16(extension.value);
  writer.u8(0);
}

std::span<std::byte> write_packet(
    const PacketHeader& header, std::span<const std::byte> payload, std::span<std::byte> into
) {
  if (into.size() < header_size || payload.size() > into.size() - header_size) return {};
  write_header(header, into);
  std::ranges::copy(payload, into.subspan(header_size).begin());
  return into.first(header_size + payload.size());
}

}  // namespace belfry::rtp
