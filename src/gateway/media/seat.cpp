#include "gateway/media/seat.hpp"

namespace belfry::gateway::media {

using namespace std::chrono_literals;
using belfry::media::ConstSamples;

Seat::Seat(const Settings& settings, std::unique_ptr<Wire> wire)
    : settings_(settings),
      random_(settings.random_seed),
      wire_(std::move(wire)),
      reports_(random_),
      incoming_(settings.id, events_),
      outgoing_(settings.id, events_, *wire_, reports_, random_) {}

std::unique_ptr<Coding> Seat::set_coding(std::unique_ptr<Coding> coding, base::Instant now) {
  if (!coding_ || coding_->codec.codec != coding->codec.codec) {
    incoming_.change_codec(coding->codec);
    outgoing_.change_codec(coding->codec);
    reports_.change_clock(coding->codec.clock_hz);
  } else {
    // The same stream goes on: adaptive codecs have learned it.
    std::swap(coding->encoder, coding_->encoder);
    std::swap(coding->decoder, coding_->decoder);
  }
  outgoing_.reset_relay();
  last_packet_ = now;
  wire_->apply(coding->terms, now);
  return std::exchange(coding_, std::move(coding));
}

bool Seat::play(call::PlaybackId playback, const call::Playback& what) {
  return coding_ && outgoing_.play(*coding_, playback, what);
}

void Seat::join(Seat* peer) {
  peer_ = peer;
  outgoing_.reset_relay();
}

bool Seat::relays() const {
  return peer_ != nullptr && peer_ != this && coding_ && peer_->coding_ &&
         coding_->codec.codec == peer_->coding_->codec.codec && coding_->terms.send &&
         peer_->coding_->terms.receive && !outgoing_.is_playing();
}

bool Seat::is_listened_to() const {
  return !taps_.empty() || incoming_.watches_speech() ||
         (peer_ != nullptr && !peer_->taps_.empty());
}

void Seat::on_packet(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) {
  if (kind == PacketKind::rtcp) {
    reports_.handle_control(bytes, now);
    return;
  }
  const auto packet = rtp::parse_packet(bytes);
  if (!packet || !coding_) return;
  const MediaTerms& terms = coding_->terms;
  const bool digits = terms.telephone_event_in && packet->payload_type == *terms.telephone_event_in;
  if (!digits && packet->payload_type != terms.payload_type_in) return;
  reports_.handle_packet(*packet, now);
  last_packet_ = now;
  if (!terms.receive) return;
  if (digits) {
    on_digits(*packet, now);
    return;
  }
  if (is_relayed()) {
    peer_->outgoing_.relay(*packet, peer_->coding_->terms.payload_type_out, now);
    if (!is_listened_to()) return;
  }
  incoming_.handle_audio(*packet, now);
}

void Seat::on_digits(const rtp::PacketView& packet, base::Instant now) {
  incoming_.handle_digits(packet, now);
  if (is_relayed() && peer_->coding_->terms.telephone_event_out) {
    peer_->outgoing_.relay(packet, *peer_->coding_->terms.telephone_event_out, now);
  }
}

void Seat::hear(base::Instant now) {
  check_silence(now);
  if (!coding_ || !coding_->terms.receive) {
    incoming_.be_silent();
    return;
  }
  incoming_.tick(now);
  incoming_.examine(*coding_);
}

void Seat::check_silence(base::Instant now) {
  const bool expects_packets = coding_ && coding_->terms.receive;
  if (!expects_packets) {
    last_packet_ = now;
    return;
  }
  if (timed_out_ || settings_.media_timeout == 0ns || !last_packet_) return;
  if (now - *last_packet_ < settings_.media_timeout) return;
  timed_out_ = true;
  events_.push(MediaTimedOut{id()});
}

ConstSamples Seat::heard() {
  return coding_ ? incoming_.samples(*coding_) : ConstSamples{};
}

void Seat::speak(base::Instant now) {
  TappedFrame tapped;
  tapped.now = now;
  if (coding_) {
    const belfry::media::SampleRate rate = coding_->codec.rate;
    belfry::media::Frame frame(rate);
    belfry::media::Frame converted(rate);
    FromOthers others;
    const bool relaying = relays();
    if (!relaying || !taps_.empty()) others.samples = heard_from_peer(converted.samples());
    tapped.spoken = outgoing_.speak(
        *coding_, others, relaying ? Outgoing::Relaying::yes : Outgoing::Relaying::no, frame, now
    );
    if (taps_.empty()) return;
    if (relaying && tapped.spoken.empty()) tapped.spoken = others.samples;
    tapped.heard = heard();
    tapped.rate = rate;
    tapped.timestamp = incoming_.timestamp();
    tapped.clock_hz = coding_->codec.clock_hz;
    taps_.on_frame(tapped);
  } else if (!taps_.empty()) {
    taps_.on_frame(tapped);
  }
}

ConstSamples Seat::heard_from_peer(belfry::media::Samples into) {
  if (peer_ == nullptr) return {};
  const ConstSamples heard = peer_->heard();
  if (heard.empty() || heard.size() == into.size()) return heard;
  coding_->converter.process(heard, peer_->coding_->codec.rate, into);
  return into;
}

call::SeatStatistics Seat::statistics() const {
  call::SeatStatistics result = reports_.statistics();
  if (coding_) result.codec = coding_->codec.name;
  return result;
}

}  // namespace belfry::gateway::media
