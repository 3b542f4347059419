#include "rtp/rtcp.hpp"

#include <algorithm>

namespace belfry::rtp {
namespace {

constexpr std::uint8_t sender_report_type = 200;
constexpr std::uint8_t receiver_report_type = 201;
constexpr std::uint8_t source_description_type = 202;
constexpr std::uint8_t goodbye_type = 203;
constexpr std::uint8_t transport_layer_type = 205;
constexpr std::uint8_t cname_item = 1;
constexpr std::size_t head_size = 4;
constexpr std::size_t most_blocks = 31;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Head {
  bool padded;
  std::uint8_t count;
  std::uint8_t type;
  std::span<const std::byte> body;
};

/// @param reader at the start of a packet.
std::expected<Head, RtcpError> read_head(base::ByteReader& reader) {
  const std::uint8_t first = reader.u8();
  const std::uint8_t type = reader.u8();
  const std::size_t words = reader.u16();
  if (!reader.ok()) return std::unexpected(RtcpError::too_short);
  if (first >> 6 != 2) return std::unexpected(RtcpError::not_version_2);
  auto body = reader.take(words * 4);
  if (!reader.ok()) return std::unexpected(RtcpError::bad_length);
  const bool padded = (first & 0x20) != 0;
  if (padded) {
    const std::size_t padding = body.empty() ? 0 : std::to_integer<std::size_t>(body.back());
    const bool in_words = padding % 4 == 0 || type == transport_layer_type;
    if (padding == 0 || !in_words || padding > body.size())
      return std::unexpected(RtcpError::bad_padding);
    body = body.first(body.size() - padding);
  }
  return Head{padded, static_cast<std::uint8_t>(first & 0x1F), type, body};
}

std::optional<std::string_view> find_cname(std::span<const std::byte> items) {
  base::ByteReader reader(items);
  while (reader.left() > 0) {
    const std::uint8_t item = reader.u8();
    if (item == 0) return std::nullopt;
    const auto content = reader.take(reader.u8());
    if (!reader.ok()) return std::nullopt;
    if (item == cname_item) return as_text(content);
  }
  return std::nullopt;
}

std::optional<RtcpPacket> read_body(const Head& head) {
  base::ByteReader reader(head.body);
  switch (head.type) {
    case sender_report_type: {
      SenderReport report{.ssrc = reader.u32(), .sender = {}, .blocks = {}};
      report.sender.ntp_time = reader.u64();
      report.sender.rtp_time = reader.u32();
      report.sender.packets = reader.u32();
      report.sender.octets = reader.u32();
      report.blocks = ReportBlocks(reader.take(head.count * report_block_size));
      if (!reader.ok()) return std::nullopt;
      return report;
    }
    case receiver_report_type: {
      ReceiverReport report{.ssrc = reader.u32(), .blocks = {}};
      report.blocks = ReportBlocks(reader.take(head.count * report_block_size));
      if (!reader.ok()) return std::nullopt;
      return report;
    }
    case source_description_type: {
      SourceDescription description{.ssrc = reader.u32(), .cname = {}};
      if (!reader.ok()) return std::nullopt;
      const auto cname = find_cname(reader.rest());
      if (!cname) return std::nullopt;
      description.cname = *cname;
      return description;
    }
    case goodbye_type: {
      Goodbye goodbye{.sources = reader.take(std::size_t{head.count} * 4), .reason = {}};
      if (!reader.ok()) return std::nullopt;
      if (reader.left() > 0) goodbye.reason = as_text(reader.take(reader.u8()));
      if (!reader.ok()) goodbye.reason = {};
      return goodbye;
    }
    default:
      return OtherRtcp{head.type, head.count, head.body};
  }
}

}  // namespace

ReportBlock ReportBlocks::at(std::size_t index) const {
  base::ByteReader reader(bytes_.subspan(index * report_block_size, report_block_size));
  ReportBlock block;
  block.ssrc = reader.u32();
  block.fraction_lost = reader.u8();
  const std::uint32_t lost = reader.u24();
  block.cumulative_lost = static_cast<std::int32_t>(lost << 8) >> 8;
  block.highest_sequence = reader.u32();
  block.jitter = reader.u32();
  block.last_sr = reader.u32();
  block.delay_since_last_sr = reader.u32();
  return block;
}

bool Goodbye::names(std::uint32_t ssrc) const {
  base::ByteReader reader(sources);
  while (reader.left() > 0) {
    if (reader.u32() == ssrc) return true;
  }
  return false;
}

std::expected<RtcpCompound, RtcpError> RtcpCompound::parse(std::span<const std::byte> datagram) {
  // A head alone has nothing to say; reading on was a crash in others (rule M5, AST-2017-008).
  if (datagram.size() < head_size + 4) return std::unexpected(RtcpError::too_short);
  base::ByteReader reader(datagram);
  while (reader.left() > 0) {
    const auto head = read_head(reader);
    if (!head) return std::unexpected(head.error());
    // RFC 3550 A.2: only the last packet of a compound may be padded. Browsers do it to several
    // pieces of feedback in one.
    if (head->padded && reader.left() > 0 && head->type != transport_layer_type)
      return std::unexpected(RtcpError::bad_padding);
  }
  return RtcpCompound(datagram);
}

std::optional<RtcpPacket> RtcpCompound::next() {
  while (reader_.left() > 0) {
    const auto head = read_head(reader_);
    if (!head) return std::nullopt;
    if (head->body.size() < 4) continue;
    if (auto packet = read_body(*head)) return packet;
  }
  return std::nullopt;
}

void RtcpWriter::head(std::size_t count, std::uint8_t type, std::size_t bytes) {
  writer_.u8(static_cast<std::uint8_t>(0x80 | count));
  writer_.u8(type);
  writer_.u16(static_cast<std::uint16_t>(bytes / 4 - 1));
}

void RtcpWriter::block(const ReportBlock& block) {
  constexpr std::int32_t most = 0x7FFFFF;
  writer_.u32(block.ssrc);
  writer_.u8(block.fraction_lost);
  writer_.u24(static_cast<std::uint32_t>(std::clamp(block.cumulative_lost, -most - 1, most)));
  writer_.u32(block.highest_sequence);
  writer_.u32(block.jitter);
  writer_.u32(block.last_sr);
  writer_.u32(block.delay_since_last_sr);
}

void RtcpWriter::sender_report(
    std::uint32_t ssrc, const SenderInfo& sender, std::span<const ReportBlock> blocks
) {
  blocks = blocks.first(std::min(blocks.size(), most_blocks));
  head(blocks.size(), sender_report_type, 28 + blocks.size() * report_block_size);
  writer_.u32(ssrc);
  writer_.u64(sender.ntp_time);
  writer_.u32(sender.rtp_time);
  writer_.u32(sender.packets);
  writer_.u32(sender.octets);
  for (const ReportBlock& each : blocks) block(each);
}

void RtcpWriter::receiver_report(std::uint32_t ssrc, std::span<const ReportBlock> blocks) {
  blocks = blocks.first(std::min(blocks.size(), most_blocks));
  head(blocks.size(), receiver_report_type, 8 + blocks.size() * report_block_size);
  writer_.u32(ssrc);
  for (const ReportBlock& each : blocks) block(each);
}

void RtcpWriter::source_description(std::uint32_t ssrc, std::string_view cname) {
  cname = cname.substr(0, 255);
  const std::size_t used = head_size + 4 + 2 + cname.size();
  const std::size_t padded = (used / 4 + 1) * 4;  // at least one zero ends the chunk
  head(1, source_description_type, padded);
  writer_.u32(ssrc);
  writer_.u8(cname_item);
  writer_.u8(static_cast<std::uint8_t>(cname.size()));
  writer_.bytes(std::as_bytes(std::span(cname)));
  for (std::size_t i = used; i < padded; ++i) writer_.u8(0);
}

void RtcpWriter::transport_layer_feedback(
    std::uint8_t format, std::uint32_t sender, std::uint32_t source,
    std::span<const std::byte> content
) {
  const std::size_t padding = (4 - content.size() % 4) % 4;
  constexpr std::size_t padding_flag = 0x20;  // beside the format
  head(
      format | (padding > 0 ? padding_flag : 0), transport_layer_type, 12 + content.size() + padding
  );
  writer_.u32(sender);
  writer_.u32(source);
  writer_.bytes(content);
  for (std::size_t i = 1; i <= padding; ++i)
    writer_.u8(static_cast<std::uint8_t>(i == padding ? padding : 0));
}

void RtcpWriter::goodbye(std::uint32_t ssrc) {
  head(1, goodbye_type, 8);
  writer_.u32(ssrc);
}

}  // namespace belfry::rtp
