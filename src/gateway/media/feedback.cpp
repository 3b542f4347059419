#include "gateway/media/feedback.hpp"

#include "rtp/feedback.hpp"

namespace belfry::gateway::media {

void Feedback::handle_packet(const rtp::PacketView& packet, base::Instant now) {
  if (source_ != packet.ssrc) {
    source_ = packet.ssrc;
    missing_ = {};
  }
  missing_.handle_packet(packet.sequence, now);
  if (!transport_numbers_) return;
  const auto number = rtp::find_extension(packet, *transport_numbers_);
  if (number && number->size() == 2) arrivals_.handle_packet(base::ByteReader(*number).u16(), now);
}

void Feedback::handle_control(std::span<const std::byte> bytes, Wire& wire, base::Instant now) {
  auto compound = rtp::RtcpCompound::parse(bytes);
  if (!compound) return;
  while (const auto packet = compound->next()) {
    const auto* other = std::get_if<rtp::OtherRtcp>(&*packet);
    if (other == nullptr) continue;
    if (const auto nack = rtp::read_nack(*other); nack && nack_) {
      nack->visit([&](std::uint16_t sequence) { wire.send_again(sequence, now); });
    } else if (const auto arrivals = rtp::read_transport_feedback(*other)) {
      tally_.handle_feedback(*arrivals);
    }
  }
}

void Feedback::write_header(const rtp::PacketHeader& header, std::span<std::byte> into) {
  if (!transport_numbers_) return rtp::write_header(header, into);
  rtp::write_header(header, {*transport_numbers_, tally_.next_number()}, into);
}

std::span<const std::byte> Feedback::write_arrivals(
    std::uint32_t own_source, std::span<std::byte> into, base::Instant now
) {
  rtp::RtcpWriter writer(into);
  arrivals_.write(writer, own_source, source_, now);
  return writer.written();
}

std::span<const std::byte> Feedback::write_questions(
    std::uint32_t own_source, base::Duration round_trip, base::Duration patience,
    std::span<std::byte> into, base::Instant now
) {
  if (!nack_) return {};
  const auto missing = missing_.ask(round_trip, patience, now);
  if (missing.empty()) return {};
  rtp::RtcpWriter writer(into);
  rtp::write_nack(writer, own_source, source_, missing);
  return writer.written();
}

}  // namespace belfry::gateway::media
