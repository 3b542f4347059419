#include "gateway/media/network_model.hpp"
#include "gateway/media/worker.hpp"
#include "media/concealment.hpp"
#include "media/speech_for_test.hpp"
#include "rtp/packet.hpp"

/// A simulated phone behind a network that loses one packet in twenty and delays each by up to 60
/// ms.
namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;
using belfry::media::Codec;
using belfry::media::ConstSamples;
using belfry::media::narrowband;
using belfry::media::Sample;
using belfry::media::testing::Likeness;

constexpr LinkQuality bad{.loss = 0.05, .jitter = 60ms};
constexpr std::size_t frame_size = belfry::media::samples_per_frame(narrowband);
constexpr std::uint8_t key_type = 101;

using Payloads = std::map<std::uint16_t, std::vector<std::byte>>;  // by sequence number

void note(Payloads& into, PacketKind kind, std::span<const std::byte> bytes) {
  const auto packet = rtp::parse_packet(bytes);
  if (kind != PacketKind::rtp || !packet || packet->payload_type != 0) return;
  into[packet->sequence].assign(packet->payload.begin(), packet->payload.end());
}

/// A wire that keeps what is sent on it and what arrives.
class NotingWire final : public Wire {
 public:
  NotingWire(std::unique_ptr<Wire> wire, Payloads& sent, Payloads& arrived)
      : wire_(std::move(wire)), sent_(sent), arrived_(arrived) {}
  void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override {
    note(sent_, kind, bytes);
    wire_->send(kind, bytes, now);
  }
  void receive(base::Instant now, PacketSink& sink) override {
    struct Noting final : PacketSink {
      Noting(PacketSink& to, Payloads& into) : next(to), arrived(into) {}
      void on_packet(PacketKind kind, std::span<const std::byte> bytes, base::Instant when)
          override {
        note(arrived, kind, bytes);
        next.on_packet(kind, bytes, when);
      }
      PacketSink& next;
      Payloads& arrived;
    } noting(sink, arrived_);
    wire_->receive(now, noting);
  }
  void apply(const MediaTerms& terms, base::Instant now) override { wire_->apply(terms, now); }

 private:
  std::unique_ptr<Wire> wire_;
  Payloads& sent_;
  Payloads& arrived_;
};

struct Ear final : FrameTap {
  void on_frame(const TappedFrame& frame) noexcept override {
    heard.insert(heard.end(), frame.heard.begin(), frame.heard.end());
  }
  std::vector<Sample> heard;
};

/// For several seeds of the network.
struct PhoneBehindABadNetwork : testing::TestWithParam<std::uint64_t> {
  void SetUp() override {
    auto [to_phone, to_leg] = make_modelled_network(bad, bad, GetParam());
    add(leg, std::make_unique<NotingWire>(std::move(to_phone), unused, arrived));
    add(phone, std::make_unique<NotingWire>(std::move(to_leg), sent, unused));
    submit(AddTap{leg, &ear});
  }
  void add(call::SeatId seat, std::unique_ptr<Wire> wire) {
    submit(AddSeat{std::make_unique<Seat>(
        Seat::Settings{.id = seat, .random_seed = seat.value}, std::move(wire)
    )});
    MediaTerms terms;
    terms.telephone_event_in = terms.telephone_event_out = key_type;
    submit(SetCoding{seat, std::make_unique<Coding>(terms)});
  }
  void submit(Command command) { ASSERT_TRUE(worker.submit(command)); }
  void play(call::SeatId seat, call::Playback what) {
    submit(Play{seat, call::PlaybackId{++last_id}, std::move(what)});
  }
  void pass(base::Duration time) {
    for (const base::Instant end = now + time; now < end; now += 1ms) {
      worker.step(now);
      while (auto report = worker.take_report())
        if (const auto* key = std::get_if<DigitHeard>(&*report)) digits[key->seat] += key->digit;
    }
  }

  /// What can be made of the packets that were not lost, all of them in time.
  enum class Losses { none, concealed, holes };
  std::vector<Sample> decoded(Losses losses) const {
    const auto decoder = belfry::media::make_decoder(Codec::pcmu);
    belfry::media::Concealment concealment(narrowband);
    std::vector<Sample> all(sent.size() * frame_size);
    std::size_t at = 0;
    for (const auto& [sequence, payload] : sent) {
      const auto into = std::span(all).subspan(at, frame_size);
      at += frame_size;
      if (losses == Losses::none || arrived.contains(sequence)) {
        decoder->decode(payload, into);
        if (losses == Losses::concealed) concealment.handle_frame(into);
      } else if (losses == Losses::concealed) {
        concealment.conceal(into);
      }
    }
    return all;
  }

  Worker worker;
  base::Instant now{1s};
  call::SeatId leg{1}, phone{2};
  std::uint64_t last_id = 0;
  Payloads sent, arrived, unused;  // by the phone, at the leg
  Ear ear;
  std::map<call::SeatId, std::string> digits;
};
INSTANTIATE_TEST_SUITE_P(Seeds, PhoneBehindABadNetwork, testing::Range<std::uint64_t>(1, 5));

/// The reference is our concealment of the same losses, with all the time that it wants: what a
/// jitter buffer adds to that is small.
TEST_P(PhoneBehindABadNetwork, IsHeardAsWellAsConcealmentLeavesIt) {
  belfry::media::PcmClip clip{narrowband, {}};
  clip.samples = belfry::media::testing::Babble(narrowband, GetParam()).say(20s);
  play(phone, call::ClipPlayback{std::make_shared<const belfry::media::PcmClip>(std::move(clip))});
  pass(21s);
  const std::vector<Sample> original = decoded(Losses::none);
  const auto like = [&](const std::vector<Sample>& copy) {
    return belfry::media::testing::likeness(original, copy, narrowband);
  };
  const Likeness heard = like(ear.heard);
  const Likeness reference = like(decoded(Losses::concealed));
  const Likeness holes = like(decoded(Losses::holes));
  EXPECT_GT(heard.kept, reference.kept - 0.02);
  EXPECT_LT(heard.distance_db, reference.distance_db + 0.35);
  EXPECT_GT(holes.distance_db, reference.distance_db + 0.5) << "the measure tells them apart";
}

TEST_P(PhoneBehindABadNetwork, EachKeyArrivesOnceEitherWay) {
  const std::string keys = "0123456789*#ABCD0123456789*#ABCD";
  pass(1s);
  play(phone, call::DigitsPlayback{keys});
  play(leg, call::DigitsPlayback{keys});
  pass(10s);
  EXPECT_EQ(digits[leg], keys);
  EXPECT_EQ(digits[phone], keys);
}

}  // namespace
}  // namespace belfry::gateway::media
