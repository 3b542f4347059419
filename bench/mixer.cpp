// One tick of a room, 20 ms: jitter buffers, mixing, encoding and all else of its seats but the
// sockets. An item is one seat's frame.
#include <benchmark/benchmark.h>

#include "gateway/media/room.hpp"
#include "media/tone.hpp"

namespace {

using namespace belfry;
using gateway::media::Seat;

using Packets = std::vector<std::vector<std::byte>>;

/// Says the same second again and again, and swallows what it is sent.
class LoopedWire final : public gateway::media::Wire {
 public:
  LoopedWire(const Packets& packets, std::uint8_t payload_type, std::uint32_t units)
      : packets_(packets), units_(units) {
    header_.payload_type = payload_type;
    header_.ssrc = 7;
  }
  void send(gateway::media::PacketKind, std::span<const std::byte> bytes, base::Instant) override {
    benchmark::DoNotOptimize(bytes.data());
  }
  void receive(base::Instant now, gateway::media::PacketSink& sink) override {
    const auto& payload = packets_[header_.sequence % packets_.size()];
    std::array<std::byte, 1500> packet;
    rtp::write_header(header_, packet);
    std::ranges::copy(payload, packet.begin() + rtp::header_size);
    ++header_.sequence;
    header_.timestamp += units_;
    sink.on_packet(
        gateway::media::PacketKind::rtp, std::span(packet).first(rtp::header_size + payload.size()),
        now
    );
  }
  void apply(const gateway::media::MediaTerms&, base::Instant) override {}

 private:
  const Packets& packets_;
  rtp::PacketHeader header_;
  std::uint32_t units_;
};

/// A second of syllables or of a quiet room, after one to settle.
Packets packets_of(media::Codec codec, bool talks) {
  const auto encoder = media::make_encoder(codec);
  media::Frame frame(media::describe(codec).rate);
  using std::chrono::milliseconds;
  media::ToneGenerator voice({{180, 950}, -18, milliseconds(90), milliseconds(50)}, frame.rate());
  media::NoiseGenerator noise(-65);
  Packets packets;
  for (int i = 0; i < 100; ++i) {
    if (talks) {
      voice.fill(frame.samples());
    } else {
      noise.fill(frame.samples());
    }
    std::array<std::byte, media::max_payload> payload;
    const std::size_t size = encoder->encode(frame.samples(), payload);
    if (i >= 50) packets.emplace_back(payload.begin(), payload.begin() + static_cast<long>(size));
  }
  return packets;
}

/// Seats in a room, driven as a worker does.
void tick(benchmark::State& state, media::Codec codec) {
  const auto seats = static_cast<std::uint64_t>(state.range(0));
  const auto talkers = static_cast<std::uint64_t>(state.range(1));
  gateway::media::MediaTerms terms;
  terms.codec = codec;
  terms.payload_type_in = terms.payload_type_out = media::describe(codec).payload_type;
  terms.telephone_event_in = terms.telephone_event_out = 101;
  gateway::media::Room room({1});
  const auto workspace = std::make_unique<media::MixerWorkspace>();
  std::vector<std::unique_ptr<Seat>> all;
  base::Instant now{std::chrono::seconds(1)};
  const Packets speech = packets_of(codec, true), quiet = packets_of(codec, false);
  for (std::uint64_t i = 1; i <= seats; ++i) {
    auto wire = std::make_unique<LoopedWire>(
        i <= talkers ? speech : quiet, terms.payload_type_in, media::describe(codec).clock_hz / 50
    );
    all.push_back(
        std::make_unique<Seat>(Seat::Settings{.id = {i}, .random_seed = i}, std::move(wire))
    );
    all.back()->set_coding(std::make_unique<gateway::media::Coding>(terms), now);
    room.enter(std::make_unique<gateway::media::RoomMember>(call::SeatId{i}), *all.back(), {});
  }
  const auto pass = [&] {
    now += media::frame_duration;
    for (const auto& seat : all) {
      seat->receive(now);
      seat->hear(now);
    }
    room.tick(now, *workspace);
  };
  for (int settling = 0; settling < 50; ++settling) pass();
  for (auto _ : state) pass();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(seats));
  for (const auto& seat : all) room.leave(*seat);
}

BENCHMARK_CAPTURE(tick, pcmu, media::Codec::pcmu)->Args({200, 3})->Args({200, 200});
BENCHMARK_CAPTURE(tick, g722, media::Codec::g722)->Args({200, 3});
BENCHMARK_CAPTURE(tick, opus, media::Codec::opus)->Args({50, 3})->Args({50, 50})->Args({400, 3});

}  // namespace

BENCHMARK_MAIN();
