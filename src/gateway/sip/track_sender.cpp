#include "gateway/sip/track_sender.hpp"

#include <array>

#include "media/g711.hpp"
#include "rtp/packet.hpp"
#include "rtp/rtcp.hpp"

namespace belfry::gateway::sip {
namespace {

constexpr std::size_t frame_samples = 160;  // 20 ms at 8 kHz
/// The tap's times are not whole samples, and the party's clock is not ours: less than this is no
/// gap.
constexpr std::int64_t slack = frame_samples / 2;

std::int64_t to_samples(base::Duration time) {
  using Samples = std::chrono::duration<std::int64_t, std::ratio<1, 8000>>;
  return std::chrono::floor<Samples>(time).count();
}

}  // namespace

TrackSender::TrackSender(
    call::Track track, std::unique_ptr<media::Wire> wire, std::string canonical_name,
    base::Random& random
)
    : track_(track),
      wire_(std::move(wire)),
      canonical_name_(std::move(canonical_name)),
      ssrc_(static_cast<std::uint32_t>(random.below(1ULL << 32U))),
      sequence_(static_cast<std::uint16_t>(random.below(1U << 16U))),
      first_timestamp_(static_cast<std::uint32_t>(random.below(1ULL << 32U))) {}

void TrackSender::set_terms(const media::MediaTerms& terms, base::Instant now) {
  terms_ = terms;
  sends_ = terms.send;
  wire_->apply(terms, now);
}

void TrackSender::send(
    base::Duration since_start, std::span<const std::int16_t> samples, base::Instant now,
    base::WallTime wall_now
) {
  if (!sends_ || samples.size() > frame_samples) return;
  std::int64_t sample = to_samples(since_start);
  const bool follows = next_sample_ && sample < *next_sample_ + slack;
  if (follows) sample = *next_sample_;
  std::array<std::byte, frame_samples> codes{};
  const bool is_alaw = terms_.codec == belfry::media::Codec::pcma;
  for (std::size_t i = 0; i < samples.size(); ++i)
    codes[i] = is_alaw ? belfry::media::to_alaw(samples[i]) : belfry::media::to_mulaw(samples[i]);
  const rtp::PacketHeader header{
      .marker = !follows,
      .payload_type = terms_.payload_type_out,
      .sequence = sequence_++,
      .timestamp = first_timestamp_ + static_cast<std::uint32_t>(sample),
      .ssrc = ssrc_,
  };
  std::array<std::byte, rtp::header_size + frame_samples> packet{};
  const auto payload = std::span(codes).first(samples.size());
  wire_->send(media::PacketKind::rtp, rtp::write_packet(header, payload, packet), now);
  statistics_.handle_packet(payload.size());
  next_sample_ = sample + static_cast<std::int64_t>(samples.size());
  if (!reported_ || now - *reported_ >= report_interval) report(now, wall_now, false);
}

void TrackSender::finish(base::Instant now, base::WallTime wall_now) {
  if (sends_ && next_sample_) report(now, wall_now, true);
  sends_ = false;
}

void TrackSender::report(base::Instant now, base::WallTime wall_now, bool last) {
  reported_ = now;
  std::array<std::byte, 512> buffer{};
  rtp::RtcpWriter writer(buffer);
  const auto timestamp = first_timestamp_ + static_cast<std::uint32_t>(*next_sample_);
  writer.sender_report(ssrc_, statistics_.report(timestamp, wall_now), {});
  writer.source_description(ssrc_, canonical_name_);
  if (last) writer.goodbye(ssrc_);
  wire_->send(media::PacketKind::rtcp, writer.written(), now);
}

}  // namespace belfry::gateway::sip
