#include "gateway/media/seat.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;
using belfry::media::ConstSamples;
using belfry::media::Samples;

constexpr std::uint32_t units_per_frame =
    160;  // 20 ms of an 8 kHz RTP clock: G.711, and G.722 by RFC 3551 §4.5.2
constexpr int max_relay_gap = 100;  // beyond it the numbers start anew

belfry::media::JitterBuffer::Settings jitter_settings() {
  belfry::media::JitterBuffer::Settings settings;
  settings.capacity = 32;     // 640 ms of 20 ms packets
  settings.slot_bytes = 480;  // 60 ms of G.711
  return settings;
}

belfry::media::Tone tone_of(call::TonePlayback::Kind kind) {
  switch (kind) {
    case call::TonePlayback::Kind::ringback:
      return belfry::media::tones::ringback;
    case call::TonePlayback::Kind::busy:
      return belfry::media::tones::busy;
    case call::TonePlayback::Kind::beep:
      return belfry::media::tones::beep;
  }
  return belfry::media::tones::beep;
}

}  // namespace

Seat::Seat(const Settings& settings, std::unique_ptr<Wire> wire)
    : settings_(settings),
      random_(settings.random_seed),
      wire_(std::move(wire)),
      jitter_(jitter_settings()),
      voice_(belfry::media::narrowband),
      stream_(random_),
      player_(belfry::media::narrowband),
      reports_(random_) {}

std::unique_ptr<Coding> Seat::set_coding(std::unique_ptr<Coding> coding, base::Instant now) {
  const bool same_codec = coding_ && coding_->codec.codec == coding->codec.codec;
  if (!same_codec) {
    jitter_.reset();
    heard_ = belfry::media::Frame(coding->codec.rate);
    voice_ = belfry::media::VoiceActivity(coding->codec.rate);
    if (tones_) tones_.emplace(coding->codec.rate);
  }
  if (!coding_ || coding_->codec.rate != coding->codec.rate) {
    stop_playing();
    take_player_events();
    player_ = belfry::media::Player(coding->codec.rate);
  }
  relay_.reset();
  last_packet_ = now;
  wire_->apply(coding->terms, now);
  return std::exchange(coding_, std::move(coding));
}

bool Seat::play(call::PlaybackId playback, const call::Playback& what) {
  if (!coding_) return false;
  const belfry::media::PlayId id{playback.value};
  if (const auto* clip = std::get_if<call::ClipPlayback>(&what)) {
    return player_.enqueue(id, belfry::media::PlayClip{clip->clip, clip->times});
  }
  if (const auto* silence = std::get_if<call::SilencePlayback>(&what)) {
    return player_.enqueue(id, belfry::media::PlaySilence{silence->length});
  }
  if (const auto* tone = std::get_if<call::TonePlayback>(&what)) {
    return player_.enqueue(id, belfry::media::PlayTone{tone_of(tone->kind), tone->length});
  }
  const auto& digits = std::get<call::DigitsPlayback>(what).digits;
  if (!coding_->terms.telephone_event_out) {
    const auto parsed = belfry::media::DigitString::parse(digits);
    return parsed && player_.enqueue(id, belfry::media::PlayDigits{*parsed});
  }
  for (const char digit : digits) {
    // W is a whole second: two pauses of half a second.
    for (int pauses = digit == 'W' ? 2 : 1; pauses > 0; --pauses) {
      if (!digit_sender_.enqueue(digit == 'W' ? 'w' : digit)) return false;
    }
  }
  return digit_playbacks_.push(playback);
}

void Seat::stop_playing() {
  player_.stop();
  digit_sender_.clear();
  while (const auto stopped = digit_playbacks_.pop())
    events_.push(PlaybackFinished{id(), *stopped});
}

void Seat::watch_beeps() {
  tones_.emplace(coding_ ? coding_->codec.rate : belfry::media::narrowband);
}

void Seat::join(Seat* peer) {
  peer_ = peer;
  relay_.reset();
}

bool Seat::relays() const {
  return peer_ != nullptr && peer_ != this && coding_ && peer_->coding_ &&
         coding_->codec.codec == peer_->coding_->codec.codec && coding_->terms.send &&
         peer_->coding_->terms.receive && player_.idle() && !digit_sender_.active();
}

// --- In ---

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
  const bool relayed = peer_ != nullptr && peer_->relays();
  if (relayed) peer_->relay(*packet, peer_->coding_->terms.payload_type_out, now);
  if (relayed && recording_ == nullptr && !watches_speech_ && !tones_) return;
  jitter_.insert(
      {packet->ssrc, packet->sequence, packet->timestamp, packet->payload_type, packet->marker,
       packet->payload},
      now
  );
}

void Seat::on_digits(const rtp::PacketView& packet, base::Instant now) {
  jitter_.skip(packet.sequence);
  digit_receiver_.handle_packet(packet.timestamp, packet.payload, now);
  take_digit_events();
  if (peer_ != nullptr && peer_->relays() && peer_->coding_->terms.telephone_event_out) {
    peer_->relay(packet, *peer_->coding_->terms.telephone_event_out, now);
  }
}

void Seat::take_digit_events() {
  while (const auto event = digit_receiver_.poll_event()) {
    if (const auto* pressed = std::get_if<rtp::DigitPressed>(&*event))
      events_.push(DigitHeard{id(), pressed->digit});
  }
}

void Seat::relay(const rtp::PacketView& packet, std::uint8_t payload_type, base::Instant now) {
  if (packet.payload.size() > packet_.size() - rtp::header_size) return;
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
  std::ranges::copy(packet.payload, packet_.begin() + rtp::header_size);
  send(header, packet.payload.size(), now);
}

void Seat::hear(base::Instant now) {
  heard_something_ = false;
  check_silence(now);
  if (!coding_ || !coding_->terms.receive) return;
  digit_receiver_.handle_timeout(now);
  take_digit_events();
  decode_frame(now);
  if (heard_something_) examine_frame();
  if (recording_ != nullptr) record_frame();
}

void Seat::decode_frame(base::Instant now) {
  const auto due = jitter_.pop(now);
  if (std::holds_alternative<belfry::media::Silence>(due)) return;
  heard_something_ = true;
  const Samples samples = heard_.samples();
  if (const auto* frame = std::get_if<belfry::media::EncodedFrame>(&due)) {
    const std::size_t decoded = coding_->decoder->decode(frame->payload, samples);
    if (decoded == samples.size()) {
      coding_->concealment.handle_frame(samples);
      return;
    }
  }
  coding_->concealment.conceal(samples);
}

void Seat::examine_frame() {
  if (coding_->keys_in_audio) {
    coding_->keys_in_audio->handle_frame(heard_.samples());
    while (const auto digit = coding_->keys_in_audio->poll_digit())
      events_.push(DigitHeard{id(), *digit});
  }
  if (tones_) {
    tones_->handle_frame(heard_.samples());
    while (const auto beep = tones_->poll_beep()) events_.push(BeepHeard{id(), beep->hz});
  }
  if (!watches_speech_) return;
  const bool sounds = voice_.handle_frame(heard_.samples());
  const bool speaking = sounds && !(tones_ && tones_->hears_network());
  if (speaking != std::exchange(speaking_, speaking)) events_.push(SpeechChanged{id(), speaking});
}

void Seat::record_frame() {
  RecordingTap::Samples frame{};  // silence keeps the recording in step with time
  if (heard_something_) {
    if (coding_->recording_converter) {
      std::array<belfry::media::Sample, 512> narrow{};
      const std::size_t got = coding_->recording_converter->process(heard_.samples(), narrow);
      std::copy_n(narrow.begin(), std::min(got, frame.size()), frame.begin());
    } else {
      std::ranges::copy(heard_.samples(), frame.begin());
    }
  }
  recording_->write(frame);
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

// --- Out ---

void Seat::speak(base::Instant now) {
  if (!coding_) return;
  belfry::media::Frame frame(coding_->codec.rate);
  const bool digit = send_digit(now);
  const bool relaying = !digit && relays();
  const bool plays = !digit && player_.next_frame(frame.samples());
  take_player_events();
  if (digit) return;
  if (!coding_->terms.send || (relaying && !plays)) {
    stream_.be_silent(units_per_frame);
  } else {
    if (!plays) fill_from_peer(frame.samples());
    send_frame(frame.samples(), now);
  }
  if (reports_.due(now)) send_report(now);
}

bool Seat::send_digit(base::Instant now) {
  if (!digit_sender_.active() || !coding_->terms.telephone_event_out) return false;
  const auto packet = digit_sender_.tick(stream_.timestamp());
  if (packet) {
    std::ranges::copy(packet->payload, packet_.begin() + rtp::header_size);
    send(
        stream_.next_at(*coding_->terms.telephone_event_out, packet->timestamp, packet->marker),
        packet->payload.size(), now
    );
  }
  stream_.be_silent(units_per_frame);
  if (!digit_sender_.active()) {
    while (const auto done = digit_playbacks_.pop()) events_.push(PlaybackFinished{id(), *done});
  }
  return true;
}

bool Seat::fill_from_peer(Samples into) {
  if (peer_ == nullptr || !peer_->heard_something_) return false;
  const ConstSamples heard = peer_->heard_.samples();
  if (heard.size() == into.size()) {
    std::ranges::copy(heard, into.begin());
    return true;
  }
  // One side is wideband; its converters serve both directions.
  std::array<belfry::media::Sample, 1024> converted{};
  const bool to_wide = into.size() > heard.size();
  auto& converters = to_wide ? coding_->converters : peer_->coding_->converters;
  if (!converters) return false;
  const std::size_t got =
      (to_wide ? converters->from_narrow : converters->to_narrow).process(heard, converted);
  std::copy_n(converted.begin(), std::min(got, into.size()), into.begin());
  return true;
}

void Seat::send_frame(ConstSamples samples, base::Instant now) {
  const std::size_t size =
      coding_->encoder->encode(samples, std::span(packet_).subspan(rtp::header_size));
  send(stream_.next(coding_->terms.payload_type_out, units_per_frame), size, now);
}

void Seat::send(const rtp::PacketHeader& header, std::size_t payload_size, base::Instant now) {
  rtp::write_header(header, packet_);
  const std::span<const std::byte> bytes =
      std::span(packet_).first(rtp::header_size + payload_size);
  reports_.handle_sent(header, payload_size, now);
  wire_->send(PacketKind::rtp, bytes, now);
}

void Seat::take_player_events() {
  while (auto event = player_.poll_event()) {
    const call::PlaybackId playback{event->id.value};
    if (event->kind == belfry::media::PlayEvent::Kind::started) {
      events_.push(PlaybackStarted{id(), playback});
    } else {
      events_.push(PlaybackFinished{id(), playback});
    }
  }
}

void Seat::send_report(base::Instant now) {
  const auto report = reports_.write(stream_, packet_, now);
  if (!report.empty()) wire_->send(PacketKind::rtcp, report, now);
}

void Seat::say_goodbye() {
  const auto report = reports_.write_goodbye(stream_, packet_);
  if (!report.empty()) wire_->send(PacketKind::rtcp, report, {});
}

call::SeatStatistics Seat::statistics() const {
  call::SeatStatistics result = reports_.statistics();
  if (coding_) result.codec = coding_->codec.name;
  return result;
}

}  // namespace belfry::gateway::media
