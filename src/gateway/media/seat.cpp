#include "gateway/media/seat.hpp"

#include <array>

namespace belfry::gateway::media {

using namespace std::chrono_literals;
using belfry::media::ConstSamples;

namespace {

/// A jitter buffer that grows lets its frames come this much later than it said.
constexpr base::Duration lag_margin = 100ms;
constexpr base::Duration longest_playout = 500ms;
/// Where packets are passed on undecoded: what the jitter buffer at the other end may wait.
constexpr base::Duration usual_playout = 80ms;
constexpr std::size_t longest_feedback = 1000;

}  // namespace

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
    coding->adopt_state(*coding_);
  }
  // Numbers go on over a change of codec.
  if (coding_ && coding_->feedback && coding->feedback)
    std::swap(coding->feedback, coding_->feedback);
  outgoing_.use(coding->feedback.get());
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
  if (peer != nullptr && !(taps_.empty() && peer->taps_.empty())) {
    incoming_.restart_clock();
    peer->incoming_.restart_clock();
  }
}

void Seat::enter(Room* room) {
  room_ = room;
  if (room != nullptr && coding_) coding_->speak_at(coding_->codec.rate);
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
  if (kind == PacketKind::rtcp) return on_control(bytes, now);
  const auto packet = rtp::parse_packet(bytes);
  if (!packet || !coding_) return;
  const MediaTerms& terms = coding_->terms;
  const bool digits = terms.telephone_event_in && packet->payload_type == *terms.telephone_event_in;
  if (!digits && packet->payload_type != terms.payload_type_in) {
    ++not_agreed_;
    type_not_agreed_ = packet->payload_type;
    return;
  }
  anything_came_ = true;
  reports_.handle_packet(*packet, now);
  last_packet_ = now;
  if (coding_->feedback) {
    coding_->feedback->handle_packet(*packet, now);
    ask_for_missing(now);
  }
  if (!terms.receive) return;
  if (digits) {
    on_digits(*packet, now);
    return;
  }
  if (is_relayed()) {
    peer_->outgoing_.relay(*packet, peer_->coding_->terms.payload_type_out, now);
    if (!is_listened_to()) return incoming_.pass(*coding_, packet->payload);
  }
  incoming_.handle_audio(*packet, now);
}

void Seat::on_control(std::span<const std::byte> bytes, base::Instant now) {
  reports_.handle_control(bytes, now);
  if (!coding_) return;
  if (coding_->feedback) {
    coding_->feedback->handle_control(bytes, *wire_, now);
    if (const auto loss = coding_->feedback->take_loss()) reports_.handle_loss(*loss);
  }
  const std::uint32_t most = coding_->terms.max_bitrate_bps.value_or(UINT32_MAX);
  coding_->encoder->limit_bitrate(std::min(most, reports_.bits_per_second()));
  coding_->encoder->expect_loss(reports_.loss_there());
}

void Seat::tell_arrivals(base::Instant now) {
  if (!coding_ || !coding_->feedback || !coding_->feedback->due(now)) return;
  std::array<std::byte, longest_feedback> buffer;
  const auto arrivals = coding_->feedback->write_arrivals(outgoing_.source(), buffer, now);
  if (!arrivals.empty()) wire_->send(PacketKind::rtcp, arrivals, now);
}

void Seat::ask_for_missing(base::Instant now) {
  const auto round_trip = reports_.round_trip();
  if (!round_trip) return;
  const base::Duration patience = is_relayed() ? usual_playout : incoming_.playout_delay();
  std::array<std::byte, longest_feedback> buffer;
  const auto questions =
      coding_->feedback->write_questions(outgoing_.source(), *round_trip, patience, buffer, now);
  if (!questions.empty()) wire_->send(PacketKind::rtcp, questions, now);
}

void Seat::press(char key, base::Instant now) {
  if (doubled_keys_.is_repeat(key, belfry::media::DoubledKeys::Way::signalling, now)) return;
  if (peer_ != nullptr && peer_ != this && peer_->coding_)
    peer_->outgoing_.pass_key(*peer_->coding_, key);
}

void Seat::on_digits(const rtp::PacketView& packet, base::Instant now) {
  const std::optional<char> pressed = incoming_.handle_digits(packet, now);
  const bool known =
      pressed && doubled_keys_.is_repeat(*pressed, belfry::media::DoubledKeys::Way::media, now);
  if (known) remade_press_ = packet.timestamp;
  if (peer_ == nullptr || peer_ == this || !peer_->coding_) return;
  const auto type_there = peer_->coding_->terms.telephone_event_out;
  if (!is_relayed() || !type_there) {
    if (!pressed || known) return;
    remade_press_ = packet.timestamp;
    peer_->outgoing_.pass_key(*peer_->coding_, *pressed);
  } else if (packet.timestamp != remade_press_) {
    peer_->outgoing_.relay(packet, *type_there, now);
  }
}

void Seat::hear(base::Instant now) {
  check_silence(now);
  tell_arrivals(now);
  if (!coding_ || !coding_->terms.receive) {
    incoming_.be_silent();
    return;
  }
  const bool is_analysed =
      !taps_.empty() || incoming_.watches_beeps() || coding_->keys_in_audio.has_value();
  coding_->hear_at(is_analysed ? coding_->codec.rate : pair_rate());
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
  if (!coding_) return tell_taps({}, SpokenBy::us, now);
  belfry::media::Frame frame(coding_->codec.rate);
  belfry::media::Frame converted(coding_->codec.rate);
  FromOthers others;
  const bool relaying = relays();
  if (!relaying || !taps_.empty()) others.samples = heard_from_peer(converted.samples());
  ConstSamples spoken = outgoing_.speak(
      *coding_, others, relaying ? Outgoing::Relaying::yes : Outgoing::Relaying::no, frame, now
  );
  if (relaying && spoken.empty()) spoken = others.samples;
  // What the peer says keeps its own time.
  const bool is_peers = peer_ != nullptr && spoken.data() == others.samples.data();
  tell_taps(spoken, is_peers ? SpokenBy::peer : SpokenBy::us, now);
}

void Seat::speak(const FromOthers& others, base::Instant now) {
  if (!coding_) return tell_taps({}, SpokenBy::us, now);
  belfry::media::Frame frame(coding_->codec.rate);
  const ConstSamples spoken = outgoing_.speak(*coding_, others, Outgoing::Relaying::no, frame, now);
  tell_taps(spoken, SpokenBy::us, now);
}

void Seat::tell_taps(ConstSamples spoken, SpokenBy whom, base::Instant now) {
  if (taps_.empty()) return;
  TappedFrame tapped;
  tapped.now = now;
  if (coding_) {
    tapped.heard = heard();
    tapped.spoken = spoken;
    tapped.rate = coding_->codec.rate;
    tapped.heard_at = incoming_.said_at();
    tapped.own_clock = whom == SpokenBy::us;
    tapped.lost = incoming_.lost();
    tapped.lag = incoming_.playout_delay() + lag_margin;
    tapped.drift = incoming_.clock().drift();
  }
  if (peer_ != nullptr) {
    tapped.lag = std::max(tapped.lag, peer_->incoming_.playout_delay() + lag_margin);
    if (whom == SpokenBy::peer) tapped.spoken_at = peer_->incoming_.said_at();
  }
  taps_.on_frame(tapped);
}

bool Seat::add_tap(FrameTap* tap) {
  if (!taps_.add(tap)) return false;
  incoming_.restart_clock();
  if (peer_ != nullptr) peer_->incoming_.restart_clock();
  return true;
}

bool Seat::is_timed() const {
  if (taps_.empty()) return false;
  return wire_->arrives_unasked() || (peer_ != nullptr && peer_->wire_->arrives_unasked());
}

void Seat::flush_taps(base::Instant now) {
  if (taps_.empty()) return;
  if (coding_) {
    belfry::media::Frame converted(coding_->codec.rate);
    for (base::Instant tick = now; tick < now + longest_playout; tick += 20ms) {
      incoming_.tick(tick);
      if (peer_ != nullptr) peer_->incoming_.tick(tick);
      const ConstSamples spoken = heard_from_peer(converted.samples());
      if (heard().empty() && spoken.empty()) break;
      const auto spoken_at =
          peer_ != nullptr ? peer_->incoming_.said_at() : std::optional<base::Instant>();
      const bool all_is_later =
          incoming_.said_at().value_or(now) >= now && spoken_at.value_or(now) >= now && tick > now;
      if (all_is_later) break;
      tell_taps(spoken, SpokenBy::peer, now);
      if (peer_ != nullptr) peer_->tell_taps({}, SpokenBy::us, now);
    }
    incoming_.restart();
    if (peer_ != nullptr) peer_->incoming_.restart();
  }
  TappedFrame end;
  end.now = now;
  taps_.on_frame(end);
}

ConstSamples Seat::heard_from_peer(belfry::media::Samples into) {
  if (peer_ == nullptr) return {};
  const ConstSamples heard = peer_->heard();
  if (heard.empty() || heard.size() == into.size()) return heard;
  const belfry::media::SampleRate rate = peer_->coding_->heard_rate;
  if (taps_.empty() && rate == pair_rate()) return heard;
  coding_->converter.process(heard, rate, into);
  return into;
}

belfry::media::SampleRate Seat::pair_rate() const {
  const belfry::media::SampleRate own = coding_->codec.rate;
  const bool in_pair = room_ == nullptr && peer_ != nullptr && peer_->coding_;
  if (!in_pair || !coding_->has_rates) return own;
  return std::min(own, peer_->coding_->codec.rate);
}

call::SeatStatistics Seat::statistics(base::Instant now) const {
  call::SeatStatistics result = reports_.statistics();
  if (coding_) {
    result.codec = coding_->codec.name;
    result.held_by_us = !coding_->terms.receive;
    result.held_by_party = !coding_->terms.send;
  }
  const WireCounters wire = wire_->counters();
  result.from_strangers = wire.from_strangers;
  result.not_authentic = wire.not_authentic;
  result.replayed = wire.replayed;
  result.handshake = wire.handshake;
  result.listens_only = wire.listens_only;
  if (wire.stranger) result.stranger = wire.stranger->to_string();
  if (wire.remote) result.remote = wire.remote->to_string();
  result.not_agreed = not_agreed_;
  result.payload_type_not_agreed = type_not_agreed_;
  result.sound = incoming_.sound();
  if (anything_came_ && last_packet_) result.since_last_packet = now - *last_packet_;
  return result;
}

}  // namespace belfry::gateway::media
