#include "rtp/srtp.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace belfry::rtp {
namespace {

constexpr std::size_t fixed_header = 12;
constexpr std::size_t control_head = 8;  // what SRTCP leaves clear
constexpr std::size_t index_size = 4;
constexpr std::uint32_t encrypted_flag = 0x80000000;

std::uint32_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  return base::ByteReader(bytes.subspan(at)).u32();
}

/// The index whose low 16 bits are `sequence` and which is nearest to `newest` (RFC 3711 section
/// 3.3.1).
std::uint64_t nearest_index(std::uint16_t sequence, std::uint64_t newest) {
  const std::uint64_t candidate = (newest & ~std::uint64_t{0xFFFF}) | sequence;
  if (candidate + 0x8000 < newest) return candidate + 0x10000;
  if (candidate > newest + 0x8000 && candidate >= 0x10000) return candidate - 0x10000;
  return candidate;
}

SrtpCipher::Place rtp_place(
    std::span<const std::byte> packet, std::size_t payload_offset, std::uint64_t index
) {
  return {word_at(packet, 8), index, payload_offset, static_cast<std::uint32_t>(index >> 16)};
}

template <class Streams>
auto* find_stream(Streams& streams, std::uint32_t ssrc) {
  const auto found = std::ranges::find_if(streams, [&](const auto& stream) {
    return stream.used && stream.ssrc == ssrc;
  });
  return found == streams.end() ? nullptr : &*found;
}

template <class Streams>
auto& make_stream(Streams& streams, std::size_t& next, std::uint32_t ssrc) {
  auto& stream = streams[next];
  next = (next + 1) % streams.size();
  stream = {};
  stream.ssrc = ssrc;
  stream.used = true;
  return stream;
}

}  // namespace

std::size_t rtp_payload_offset(std::span<const std::byte> packet) {
  if (packet.size() < fixed_header) return 0;
  const auto first = std::to_integer<std::uint8_t>(packet[0]);
  if (first >> 6 != 2) return 0;
  std::size_t offset = fixed_header + std::size_t{first & 0x0FU} * 4;
  if ((first & 0x10) != 0) {
    if (packet.size() < offset || packet.size() - offset < 4) return 0;
    offset += 4 + std::size_t{base::ByteReader(packet.subspan(offset + 2)).u16()} * 4;
  }
  return offset <= packet.size() ? offset : 0;
}

base::Result<SrtpSender> SrtpSender::create(const SrtpMaster& master) {
  BELFRY_TRY(rtp, SrtpCipher::create(master, SrtpCipher::Use::rtp));
  BELFRY_TRY(rtcp, SrtpCipher::create(master, SrtpCipher::Use::rtcp));
  return SrtpSender(std::move(rtp), std::move(rtcp));
}

SrtpSender::Stream& SrtpSender::stream(std::uint32_t ssrc) {
  if (Stream* known = find_stream(streams_, ssrc)) return *known;
  return make_stream(streams_, next_stream_, ssrc);
}

std::span<std::byte> SrtpSender::protect(
    std::span<const std::byte> packet, std::span<std::byte> into
) {
  const std::size_t payload = rtp_payload_offset(packet);
  const std::size_t size = packet.size() + rtp_.tag_size();
  if (payload == 0 || size > into.size()) return {};
  const std::uint16_t sequence = base::ByteReader(packet.subspan(2)).u16();
  Stream& ours = stream(word_at(packet, 8));
  const bool started = ours.sent.started();
  const std::uint64_t index = started ? nearest_index(sequence, ours.sent.newest()) : sequence;
  if (!ours.sent.admits(index)) return {};
  ours.sent.take(index);
  std::ranges::copy(packet, into.begin());
  rtp_.seal(rtp_place(packet, payload, index), into.first(packet.size()), &into[packet.size()]);
  return into.first(size);
}

std::span<std::byte> SrtpSender::protect_control(
    std::span<const std::byte> packet, std::span<std::byte> into
) {
  const std::size_t tag = rtcp_.tag_size();
  const std::size_t size = packet.size() + tag + index_size;
  const bool exhausted = control_index_ == encrypted_flag - 1;
  if (packet.size() < control_head || size > into.size() || exhausted) return {};
  const std::uint32_t index = ++control_index_;
  const std::uint32_t word = encrypted_flag | index;
  std::ranges::copy(packet, into.begin());
  // The counter stands before the tag of HMAC and behind that of GCM.
  const bool tag_first = tag == SrtpCipher::longest_tag;
  const std::size_t tag_at = packet.size() + (tag_first ? 0 : index_size);
  base::ByteWriter(into.subspan(packet.size() + (tag_first ? tag : 0), index_size)).u32(word);
  rtcp_.seal(
      {word_at(packet, 4), index, control_head, word}, into.first(packet.size()), &into[tag_at]
  );
  return into.first(size);
}

base::Result<SrtpReceiver> SrtpReceiver::create(const SrtpMaster& master) {
  BELFRY_TRY(rtp, SrtpCipher::create(master, SrtpCipher::Use::rtp));
  BELFRY_TRY(rtcp, SrtpCipher::create(master, SrtpCipher::Use::rtcp));
  return SrtpReceiver(std::move(rtp), std::move(rtcp));
}

SrtpReceiver::Stream* SrtpReceiver::find(std::uint32_t ssrc) {
  return find_stream(streams_, ssrc);
}

SrtpReceiver::Stream& SrtpReceiver::stream(std::uint32_t ssrc) {
  if (Stream* known = find(ssrc)) return *known;
  return make_stream(streams_, next_stream_, ssrc);
}

SrtpReceiver::Plain SrtpReceiver::unprotect(
    std::span<const std::byte> packet, std::span<std::byte> into
) {
  const std::size_t tag = rtp_.tag_size();
  if (packet.size() < tag) return std::unexpected(SrtpError::malformed);
  const auto sealed = packet.first(packet.size() - tag);
  const std::size_t payload = rtp_payload_offset(sealed);
  if (payload == 0 || sealed.size() > into.size()) return std::unexpected(SrtpError::malformed);
  const std::uint32_t ssrc = word_at(sealed, 8);
  const std::uint16_t sequence = base::ByteReader(sealed.subspan(2)).u16();
  const Stream* known = find(ssrc);
  const bool started = known != nullptr && known->rtp.started();
  const std::uint64_t index = started ? nearest_index(sequence, known->rtp.newest()) : sequence;
  if (started && !known->rtp.admits(index)) return std::unexpected(SrtpError::replayed);
  const auto plain = into.first(sealed.size());
  std::ranges::copy(sealed, plain.begin());
  if (!rtp_.open(rtp_place(sealed, payload, index), plain, &packet[sealed.size()]))
    return std::unexpected(SrtpError::not_authentic);
  stream(ssrc).rtp.take(index);
  return plain;
}

SrtpReceiver::Plain SrtpReceiver::unprotect_control(
    std::span<const std::byte> packet, std::span<std::byte> into
) {
  const std::size_t tag = rtcp_.tag_size();
  if (packet.size() < control_head + tag + index_size) return std::unexpected(SrtpError::malformed);
  const auto sealed = packet.first(packet.size() - tag - index_size);
  if (sealed.size() > into.size() || std::to_integer<unsigned>(packet[0]) >> 6 != 2)
    return std::unexpected(SrtpError::malformed);
  const bool tag_first = tag == SrtpCipher::longest_tag;
  const std::uint32_t word = word_at(packet, sealed.size() + (tag_first ? tag : 0));
  // Our agreements never leave RTCP unencrypted.
  if ((word & encrypted_flag) == 0) return std::unexpected(SrtpError::malformed);
  const std::uint32_t index = word & ~encrypted_flag;
  const std::uint32_t ssrc = word_at(sealed, 4);
  const Stream* known = find(ssrc);
  if (known != nullptr && !known->rtcp.admits(index)) return std::unexpected(SrtpError::replayed);
  const auto plain = into.first(sealed.size());
  std::ranges::copy(sealed, plain.begin());
  const std::size_t tag_at = sealed.size() + (tag_first ? 0 : index_size);
  if (!rtcp_.open({ssrc, index, control_head, word}, plain, &packet[tag_at]))
    return std::unexpected(SrtpError::not_authentic);
  stream(ssrc).rtcp.take(index);
  return plain;
}

}  // namespace belfry::rtp
