#include "media/opus_codec.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "base/handle.hpp"

namespace belfry::media {
namespace {

constexpr int rate_hz = 48000;
constexpr int frame_samples = 960;
constexpr int bitrate_bps = 32000;
constexpr int complexity = 5;  // 116 µs a frame; 10 costs 218 and is not heard at this rate
constexpr std::size_t max_packet_samples = 5760;  // 120 ms (RFC 6716 2.1.4)
constexpr double least_loss = 0.01;               // below it redundancy costs more than it saves
/// 4 kbit/s: comfort noise and discontinued transmission, never speech.
constexpr std::size_t quiet_bytes = 10;

const unsigned char* bytes_of(std::span<const std::byte> payload) {
  return reinterpret_cast<const unsigned char*>(payload.data());
}

class OpusEncoderOf final : public Encoder {
 public:
  OpusEncoderOf() : state_(make()) {}

  std::size_t encode(ConstSamples pcm, std::span<std::byte> into) override {
    assert(pcm.size() == frame_samples);
    const auto written = opus_encode(
        state_.get(), pcm.data(), frame_samples, reinterpret_cast<unsigned char*>(into.data()),
        static_cast<opus_int32>(std::min(into.size(), max_payload))
    );
    return written > 0 ? static_cast<std::size_t>(written) : 0;
  }

  void continue_from(const Encoder& other) override {
    // The library's promise: the state holds no pointers, so a copy of its bytes is a copy.
    const auto& source = static_cast<const OpusEncoderOf&>(other);
    std::memcpy(
        static_cast<void*>(state_.get()), source.state_.get(),
        static_cast<std::size_t>(opus_encoder_get_size(1))
    );
  }

  void start_anew() override { opus_encoder_ctl(state_.get(), OPUS_RESET_STATE); }

  void limit_bitrate(std::uint32_t bits_per_second) override {
    const auto limit = static_cast<opus_int32>(
        std::min<std::uint32_t>(bits_per_second, static_cast<std::uint32_t>(bitrate_bps))
    );
    opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(limit));
  }

  void expect_loss(double fraction) override {
    const auto percent = static_cast<opus_int32>(std::clamp(fraction, 0.0, 0.5) * 100);
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(percent));
    opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(fraction >= least_loss ? 1 : 0));
  }

 private:
  static OpusEncoder* make() {
    int error = 0;
    OpusEncoder* state = opus_encoder_create(rate_hz, 1, OPUS_APPLICATION_VOIP, &error);
    assert(state != nullptr);
    opus_encoder_ctl(state, OPUS_SET_BITRATE(bitrate_bps));
    opus_encoder_ctl(state, OPUS_SET_COMPLEXITY(complexity));
    opus_encoder_ctl(state, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    return state;
  }
  base::Handle<OpusEncoder, opus_encoder_destroy> state_;
};

class OpusDecoderOf final : public Decoder {
 public:
  OpusDecoderOf() : state_(make()) {}

  std::size_t decode(std::span<const std::byte> payload, Samples into) override {
    rest_size_ = 0;
    const int samples = opus_packet_get_nb_samples(
        bytes_of(payload), static_cast<opus_int32>(payload.size()), rate_hz
    );
    if (samples <= 0 || static_cast<std::size_t>(samples) > max_packet_samples) return 0;
    if (static_cast<std::size_t>(samples) <= into.size()) return run(payload, into, 0);
    std::array<Sample, max_packet_samples> whole;
    const std::size_t got = run(payload, whole, 0);
    const std::size_t now = std::min(got, into.size());
    std::copy_n(whole.begin(), now, into.begin());
    rest_size_ = std::min(got - now, rest_.size());
    std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(now), rest_size_, rest_.begin());
    return now;
  }

  std::size_t take_rest(Samples into) override {
    const std::size_t now = std::min(rest_size_, into.size());
    std::copy_n(rest_.begin(), now, into.begin());
    std::copy(
        rest_.begin() + static_cast<std::ptrdiff_t>(now),
        rest_.begin() + static_cast<std::ptrdiff_t>(rest_size_), rest_.begin()
    );
    rest_size_ -= now;
    return now;
  }

  std::size_t conceal(std::span<const std::byte> next, Samples into) override {
    rest_size_ = 0;
    // Without redundancy in `next` the library conceals by itself.
    return run(next, into, next.empty() ? 0 : 1);
  }

 private:
  static OpusDecoder* make() {
    int error = 0;
    OpusDecoder* state = opus_decoder_create(rate_hz, 1, &error);
    assert(state != nullptr);
    return state;
  }
  /// An empty payload asks for concealment.
  std::size_t run(std::span<const std::byte> payload, Samples into, int redundancy) {
    const int got = opus_decode(
        state_.get(), payload.empty() ? nullptr : bytes_of(payload),
        static_cast<opus_int32>(payload.size()), into.data(), static_cast<int>(into.size()),
        redundancy
    );
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  base::Handle<OpusDecoder, opus_decoder_destroy> state_;
  std::array<Sample, 2 * frame_samples> rest_;  // of 60 ms, which is what phones send at most
  std::size_t rest_size_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> make_opus_encoder() {
  return std::make_unique<OpusEncoderOf>();
}
std::unique_ptr<Decoder> make_opus_decoder() {
  return std::make_unique<OpusDecoderOf>();
}

bool is_tiny_opus(std::span<const std::byte> packet) {
  return packet.size() <= quiet_bytes;
}

bool claims_no_speech_in_opus(std::span<const std::byte> packet) {
  if (packet.size() < 2) return true;
  const auto toc = std::to_integer<unsigned>(packet[0]);
  constexpr unsigned first_celt = 16;  // RFC 6716 3.1, table 2: configurations 16 to 31
  const bool one_frame = (toc & 3) == 0;
  const bool mono = (toc & 4) == 0;
  const unsigned configuration = toc >> 3;
  const bool short_frame =  // of at most 20 ms: one voice activity flag
      configuration >= 12 || (configuration & 3) <= 1;
  if (configuration >= first_celt || !one_frame || !mono || !short_frame) return false;
  // The first symbol of the SILK layer is its voice activity flag, of even odds (RFC 6716 4.2.3):
  // the range coder's first bit is its complement.
  return (std::to_integer<unsigned>(packet[1]) & 0x80) == 0;
}

}  // namespace belfry::media
