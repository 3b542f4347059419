#include "gateway/media/reports.hpp"

#include "base/encoding.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

/// Mouth to ear, beside half the round trip: packetisation and a usual playout delay on both sides.
constexpr base::Duration fixed_delay = 100ms;
/// From so many packets on, a report that tells of none of them means that none arrives.
constexpr std::uint64_t enough_to_miss = 50;
constexpr double nearly_all = 0.95;  // of a fraction lost

base::WallTime report_clock(base::Instant now) {
  return base::WallTime{std::chrono::floor<std::chrono::microseconds>(now.time_since_epoch())};
}

}  // namespace

Reports::Reports(base::Random& random) : random_(random), cname_{} {
  std::array<std::byte, 12> bytes{};
  random.fill(bytes);
  std::ranges::copy(base::to_hex(bytes), cname_.begin());
}

void Reports::change_clock(std::uint32_t clock_hz) {
  if (clock_hz == clock_hz_) return;
  clock_hz_ = clock_hz;
  source_.reset();
}

void Reports::handle_packet(const rtp::PacketView& packet, base::Instant now) {
  if (source_ != packet.ssrc) {
    source_ = packet.ssrc;
    received_ = rtp::ReceiveStatistics(clock_hz_);
  }
  received_.handle_packet(packet.sequence, packet.timestamp, now);
}

void Reports::handle_sent(
    const rtp::PacketHeader& header, std::size_t payload_size, base::Instant now
) {
  if (!own_source_) next_ = now + 1s;  // the first report comes early, so that short calls have one
  own_source_ = header.ssrc;
  ++packets_out_;
  sent_.handle_packet(payload_size);
}

void Reports::handle_control(std::span<const std::byte> bytes, base::Instant now) {
  auto compound = rtp::RtcpCompound::parse(bytes);
  if (!compound) return;
  std::optional<rtp::ReportBlock> about_us;
  bool reports = false;
  bool leaves = false;
  while (const auto packet = compound->next()) {
    std::optional<rtp::ReportBlock> block;
    if (const auto* sender = std::get_if<rtp::SenderReport>(&*packet)) {
      if (sender->ssrc == source_) received_.handle_sender_report(sender->sender, now);
      block = handle_blocks(sender->blocks, now);
      reports = true;
    } else if (const auto* receiver = std::get_if<rtp::ReceiverReport>(&*packet)) {
      block = handle_blocks(receiver->blocks, now);
      reports = true;
    } else if (std::holds_alternative<rtp::Goodbye>(*packet)) {
      leaves = true;  // whose report may be empty for that
    }
    if (block) about_us = block;
  }
  if (reports && !leaves) judge(about_us);
}

std::optional<rtp::ReportBlock> Reports::handle_blocks(
    const rtp::ReportBlocks& blocks, base::Instant now
) {
  std::optional<rtp::ReportBlock> about_us;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const rtp::ReportBlock block = blocks.at(i);
    if (block.ssrc != own_source_) continue;
    about_us = block;
    handle_loss(block.fraction_lost / 256.0);
    if (const auto time = rtp::round_trip(block, report_clock(now))) round_trip_ = time;
  }
  return about_us;
}

void Reports::handle_loss(double loss) {
  loss_there_ = loss;
  rate_.handle_loss(loss);
}

/// A report names each source that was heard since the one before (RFC 3550 section 6.4); some go
/// on to name one that has fallen silent, without counting its packets as lost.
void Reports::judge(const std::optional<rtp::ReportBlock>& about_us) {
  const bool sent_enough =
      packets_out_ - std::exchange(packets_out_then_, packets_out_) >= enough_to_miss;
  bool heard_something = false;
  if (about_us) {
    const bool went_on = highest_there_ != about_us->highest_sequence;
    highest_there_ = about_us->highest_sequence;
    heard_something = went_on && loss_there_ < nearly_all;
  }
  if (heard_something) {
    party_reports_ = call::PartyReports::hear_us;
  } else if (sent_enough) {
    party_reports_ = call::PartyReports::miss_us;
  }
}

std::span<const std::byte> Reports::write(
    const rtp::OutgoingStream& stream, std::span<std::byte> into, base::Instant now
) {
  next_ = now + 2500ms + std::chrono::milliseconds(random_.below(5000));
  if (!own_source_) return {};
  rtp::RtcpWriter writer(into);
  std::array<rtp::ReportBlock, 1> blocks{};
  std::size_t count = 0;
  if (source_) blocks[count++] = received_.report(*source_, now);
  writer.sender_report(
      stream.ssrc(), sent_.report(stream.timestamp(), report_clock(now)),
      std::span(blocks).first(count)
  );
  writer.source_description(stream.ssrc(), {cname_.data(), cname_.size()});
  return writer.written();
}

std::span<const std::byte> Reports::write_goodbye(
    const rtp::OutgoingStream& stream, std::span<std::byte> into
) const {
  if (!own_source_) return {};
  rtp::RtcpWriter writer(into);
  writer.receiver_report(stream.ssrc(), {});
  writer.source_description(stream.ssrc(), {cname_.data(), cname_.size()});
  writer.goodbye(stream.ssrc());
  return writer.written();
}

call::SeatStatistics Reports::statistics() const {
  call::SeatStatistics result;
  result.packets_in = received_.received();
  result.packets_out = packets_out_;
  result.packets_lost = static_cast<std::uint64_t>(std::max<std::int64_t>(received_.lost(), 0));
  result.jitter_ms = static_cast<double>(received_.jitter().count()) / 1e6;
  const base::Duration round_trip = round_trip_.value_or(0ns);
  result.round_trip_ms = static_cast<double>(round_trip.count()) / 1e6;
  result.party_reports = party_reports_;
  result.loss_there = loss_there_;
  if (result.packets_in > 0) {
    result.mos = rtp::estimate_mos(received_.loss_fraction(), fixed_delay + round_trip / 2);
  }
  return result;
}

}  // namespace belfry::gateway::media
