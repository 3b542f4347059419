#include "gateway/media/outgoing.hpp"

#include <algorithm>

#include "gateway/media/play_item.hpp"

namespace belfry::gateway::media {
namespace {

using belfry::media::ConstSamples;

constexpr std::uint32_t frames_per_second = 50;
constexpr int max_relay_gap = 100;  // beyond it the numbers start anew

std::uint32_t units_per_frame(const Coding& coding) {
  return coding.codec.clock_hz / frames_per_second;
}

void add(belfry::media::Samples into, ConstSamples more) {
  for (std::size_t i = 0; i < std::min(into.size(), more.size()); ++i)
    into[i] = static_cast<belfry::media::Sample>(std::clamp(into[i] + more[i], -32768, 32767));
}

}  // namespace

Outgoing::Outgoing(
    call::SeatId seat, SeatEvents& events, Wire& wire, Reports& reports, base::Random& random
)
    : seat_(seat),
      events_(events),
      wire_(wire),
      reports_(reports),
      stream_(random),
      player_(belfry::media::narrowband) {}

void Outgoing::change_codec(const belfry::media::CodecDescription& codec) {
  stop_playing();
  take_player_events();
  player_ = belfry::media::Player(codec.rate);
  rtp::DigitSender::Settings digits;
  digits.clock_hz = codec.clock_hz;
  digit_sender_ = rtp::DigitSender(digits);
}

bool Outgoing::play(const Coding& coding, call::PlaybackId playback, const call::Playback& what) {
  const auto* digits = std::get_if<call::DigitsPlayback>(&what);
  if (digits != nullptr && coding.terms.telephone_event_out)
    return send_digits(playback, digits->digits);
  const auto item = to_play_item(what);
  return item && player_.enqueue({playback.value}, *item);
}

bool Outgoing::send_digits(call::PlaybackId playback, std::string_view digits) {
  for (const char digit : digits) {
    // W is a whole second: two pauses of half a second.
    for (int pauses = digit == 'W' ? 2 : 1; pauses > 0; --pauses) {
      if (!digit_sender_.enqueue(digit == 'W' ? 'w' : digit)) return false;
    }
  }
  return digit_playbacks_.push(playback);
}

void Outgoing::pass_key(const Coding& coding, char key) {
  if (!coding.terms.send) return;
  if (coding.terms.telephone_event_out) {
    digit_sender_.enqueue(key);
  } else if (const auto digits = belfry::media::DigitString::parse(std::string_view(&key, 1))) {
    player_.enqueue({}, belfry::media::PlayDigits{*digits});
  }
}

void Outgoing::stop_playing() {
  player_.stop();
  digit_sender_.clear();
  while (const auto stopped = digit_playbacks_.pop())
    events_.push(PlaybackFinished{seat_, *stopped});
}

void Outgoing::take_player_events() {
  while (auto event = player_.poll_event()) {
    const call::PlaybackId playback{event->id.value};
    if (event->kind == belfry::media::PlayEvent::Kind::started) {
      events_.push(PlaybackStarted{seat_, playback});
    } else {
      events_.push(PlaybackFinished{seat_, playback});
    }
  }
}

void Outgoing::relay(const rtp::PacketView& packet, std::uint8_t payload_type, base::Instant now) {
  if (packet.payload.size() > payload_room().size()) return;
  const auto gap =
      relay_ ? static_cast<std::int16_t>(packet.sequence - relay_->last_in) : std::int16_t{0};
  rtp::PacketHeader header;
  if (!relay_ || relay_->source != packet.ssrc || gap > max_relay_gap || gap < -max_relay_gap) {
    relay_ = Relay{packet.ssrc, packet.sequence, 0, stream_.timestamp() - packet.timestamp};
    header = stream_.next_at(payload_type, stream_.timestamp(), true);
    relay_->last_out = header.sequence;
  } else {
    // Gaps stay gaps, so that the receiver conceals what was lost on the way to us.
    const std::uint32_t timestamp = packet.timestamp + relay_->timestamp_offset;
    header = {
        packet.marker, payload_type, static_cast<std::uint16_t>(relay_->last_out + gap), timestamp,
        stream_.ssrc()
    };
    for (std::int16_t step = 0; step < gap; ++step)
      header = stream_.next_at(payload_type, timestamp, packet.marker);
    if (gap > 0) {
      relay_->last_in = packet.sequence;
      relay_->last_out = header.sequence;
    }
  }
  std::ranges::copy(packet.payload, payload_room().begin());
  wire_.note_speech();
  send(header, packet.payload.size(), now);
}

ConstSamples Outgoing::speak(
    Coding& coding, const FromOthers& others, Relaying relaying, belfry::media::Frame& frame,
    base::Instant now
) {
  const bool digit = send_digit(coding, now);
  const bool plays = !digit && !player_.idle() && player_.next_frame(frame.samples());
  take_player_events();
  if (digit) return {};
  if (reports_.due(now)) send_report(now);
  if (!coding.terms.send || (relaying == Relaying::yes && !plays)) {
    stream_.be_silent(units_per_frame(coding));
    last_ = 0;
    return {};
  }
  if (plays || !others.samples.empty()) wire_.note_speech();
  ConstSamples spoken = frame.samples();
  std::span<const std::byte> payload;
  if (plays) {
    if (others.under_playback) add(frame.samples(), others.samples);
  } else if (!others.samples.empty()) {
    spoken = others.samples;
    payload = others.payload;
  } else {
    spoken = frame.samples().first(samples_per_frame(coding.spoken_rate));
    run_down(frame.samples().first(spoken.size()));
  }
  last_ = spoken.back();
  send_frame(coding, spoken, payload, now);
  return spoken;
}

/// Silence that begins where the last frame ended: whoever is cut off in the middle of a wave
/// clicks.
void Outgoing::run_down(belfry::media::Samples frame) const {
  std::ranges::fill(frame, belfry::media::Sample{0});
  if (last_ == 0) return;
  const auto length = static_cast<int>(frame.size());
  for (int i = 0; i < length; ++i) {
    frame[static_cast<std::size_t>(i)] =
        static_cast<belfry::media::Sample>(last_ * (length - i - 1) / length);
  }
}

bool Outgoing::send_digit(const Coding& coding, base::Instant now) {
  if (!digit_sender_.active() || !coding.terms.telephone_event_out) return false;
  const auto packet = digit_sender_.tick(stream_.timestamp());
  if (packet) {
    std::ranges::copy(packet->payload, payload_room().begin());
    send(
        stream_.next_at(*coding.terms.telephone_event_out, packet->timestamp, packet->marker),
        packet->payload.size(), now
    );
  }
  stream_.be_silent(units_per_frame(coding));
  if (!digit_sender_.active()) {
    while (const auto done = digit_playbacks_.pop()) events_.push(PlaybackFinished{seat_, *done});
  }
  return true;
}

void Outgoing::send_frame(
    Coding& coding, ConstSamples samples, std::span<const std::byte> payload, base::Instant now
) {
  const auto room = payload_room();
  std::size_t size = payload.size();
  if (payload.empty()) {
    coding.speak_at({static_cast<std::uint32_t>(samples.size()) * frames_per_second});
    size = coding.encoder->encode(samples, room);
  } else {
    std::ranges::copy(payload, room.begin());
  }
  send(stream_.next(coding.terms.payload_type_out, units_per_frame(coding)), size, now);
}

void Outgoing::send(const rtp::PacketHeader& header, std::size_t payload_size, base::Instant now) {
  const auto bytes = std::span(packet_).first(header_room() + payload_size);
  if (feedback_ == nullptr) {
    rtp::write_header(header, bytes);
  } else {
    feedback_->write_header(header, bytes);
  }
  reports_.handle_sent(header, payload_size, now);
  wire_.send(PacketKind::rtp, bytes, now);
}

void Outgoing::send_report(base::Instant now) {
  const auto report = reports_.write(stream_, packet_, now);
  if (!report.empty()) wire_.send(PacketKind::rtcp, report, now);
}

void Outgoing::say_goodbye() {
  const auto report = reports_.write_goodbye(stream_, packet_);
  if (!report.empty()) wire_.send(PacketKind::rtcp, report, {});
}

}  // namespace belfry::gateway::media
