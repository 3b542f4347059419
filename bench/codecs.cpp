// What a call between Opus and G.711 needs in a tick of 20 ms, without packets: decode what the one
// says, encode it for the other, and the same back. An item is such a tick.
#include <benchmark/benchmark.h>

#include "media/codec.hpp"
#include "media/resampler.hpp"
#include "media/tone.hpp"

namespace {

using namespace belfry;

struct Payload {
  std::array<std::byte, media::max_payload> bytes;
  std::size_t size = 0;
  std::span<const std::byte> span() const { return std::span(bytes).first(size); }
};

/// Two seconds of syllables.
std::vector<Payload> speech_of(media::Codec codec) {
  using std::chrono::milliseconds;
  const auto encoder = media::make_encoder(codec);
  media::Frame frame(media::describe(codec).rate);
  media::ToneGenerator voice({{180, 950}, -18, milliseconds(90), milliseconds(50)}, frame.rate());
  std::vector<Payload> packets(100);
  for (Payload& packet : packets) {
    voice.fill(frame.samples());
    packet.size = encoder->encode(frame.samples(), packet.bytes);
  }
  return packets;
}

struct Codecs {
  explicit Codecs(media::Codec codec)
      : encoder(media::make_encoder(codec)),
        decoder(media::make_decoder(codec)),
        said(speech_of(codec)) {}
  std::unique_ptr<media::Encoder> encoder;
  std::unique_ptr<media::Decoder> decoder;
  std::vector<Payload> said;
};

/// As a seat works with a peer at another rate: at 48 kHz, with a change of rate on either way.
void transcode_at_48_khz(benchmark::State& state) {
  Codecs opus(media::Codec::opus), pcmu(media::Codec::pcmu);
  media::RateFollower up(media::fullband), down(media::narrowband);
  media::Frame full(media::fullband), narrow(media::narrowband), converted(media::fullband);
  Payload out;
  std::size_t tick = 0;
  for (auto _ : state) {
    opus.decoder->decode(opus.said[tick % opus.said.size()].span(), full.samples());
    down.process(full.samples(), media::fullband, narrow.samples());
    out.size = pcmu.encoder->encode(narrow.samples(), out.bytes);
    pcmu.decoder->decode(pcmu.said[tick % pcmu.said.size()].span(), narrow.samples());
    up.process(narrow.samples(), media::narrowband, converted.samples());
    out.size = opus.encoder->encode(converted.samples(), out.bytes);
    benchmark::DoNotOptimize(out.bytes.data());
    ++tick;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(transcode_at_48_khz);

void transcode_at_8_khz(benchmark::State& state) {
  Codecs opus(media::Codec::opus), pcmu(media::Codec::pcmu);
  opus.encoder->change_rate(media::narrowband);
  opus.decoder->change_rate(media::narrowband);
  media::Frame frame(media::narrowband);
  Payload out;
  std::size_t tick = 0;
  for (auto _ : state) {
    opus.decoder->decode(opus.said[tick % opus.said.size()].span(), frame.samples());
    out.size = pcmu.encoder->encode(frame.samples(), out.bytes);
    pcmu.decoder->decode(pcmu.said[tick % pcmu.said.size()].span(), frame.samples());
    out.size = opus.encoder->encode(frame.samples(), out.bytes);
    benchmark::DoNotOptimize(out.bytes.data());
    ++tick;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(transcode_at_8_khz);

}  // namespace
