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
constexpr int bitrate_bps = 32000;
constexpr int complexity = 5;  // 116 µs a frame; 10 costs 218 and is not heard at this rate
/// Of what has been through a telephone: 24 µs a frame, 51 with the complexity of the others.
constexpr int narrowband_bitrate_bps = 20000, narrowband_complexity = 1;
constexpr std::size_t max_packet_samples = 5760;  // 120 ms (RFC 6716 2.1.4)
constexpr double least_loss = 0.01;               // below it redundancy costs more than it saves
/// 4 kbit/s: comfort noise and discontinued transmission, never speech.
constexpr std::size_t quiet_bytes = 10;

const unsigned char* bytes_of(std::span<const std::byte> payload) {
  return reinterpret_cast<const unsigned char*>(payload.data());
}

constexpr opus_int32 frame_samples(SampleRate rate) {
  return static_cast<opus_int32>(samples_per_frame(rate));
}

class OpusEncoderOf final : public Encoder {
 public:
  OpusEncoderOf() : state_(make()) { set_up(); }

  std::size_t encode(ConstSamples pcm, std::span<std::byte> into) override {
    assert(pcm.size() == samples_per_frame(settings_.rate));
    const auto written = opus_encode(
        state_.get(), pcm.data(), frame_samples(settings_.rate),
        reinterpret_cast<unsigned char*>(into.data()),
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
    settings_ = source.settings_;
  }

  void start_anew() override { opus_encoder_ctl(state_.get(), OPUS_RESET_STATE); }

  void limit_bitrate(std::uint32_t bits_per_second) override {
    settings_.limit_bps = static_cast<opus_int32>(
        std::min<std::uint32_t>(bits_per_second, static_cast<std::uint32_t>(bitrate_bps))
    );
    set_bitrate();
  }

  void expect_loss(double fraction) override {
    settings_.loss = std::clamp(fraction, 0.0, 0.5);
    set_redundancy();
  }

  bool change_rate(SampleRate rate) override {
    // In place: its size depends on the channels alone, so nothing is allocated.
    const int wrong =
        opus_encoder_init(state_.get(), static_cast<opus_int32>(rate.hz), 1, application);
    assert(wrong == OPUS_OK);
    settings_.rate = rate;
    set_up();
    return wrong == OPUS_OK;
  }

 private:
  static constexpr int application = OPUS_APPLICATION_VOIP;
  struct Settings {
    SampleRate rate = fullband;
    opus_int32 limit_bps = bitrate_bps;
    double loss = 0;
  };

  static OpusEncoder* make() {
    int error = 0;
    OpusEncoder* state = opus_encoder_create(rate_hz, 1, application, &error);
    assert(state != nullptr);
    return state;
  }
  bool is_narrowband() const { return settings_.rate == narrowband; }
  void set_up() {
    const int effort = is_narrowband() ? narrowband_complexity : complexity;
    opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(effort));
    opus_encoder_ctl(state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    set_bitrate();
    set_redundancy();
  }
  void set_bitrate() {
    const opus_int32 wanted = is_narrowband() ? narrowband_bitrate_bps : bitrate_bps;
    opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(std::min(wanted, settings_.limit_bps)));
  }
  void set_redundancy() {
    const auto percent = static_cast<opus_int32>(settings_.loss * 100);
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(percent));
    opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(settings_.loss >= least_loss ? 1 : 0));
  }

  base::Handle<OpusEncoder, opus_encoder_destroy> state_;
  Settings settings_;
};

class OpusDecoderOf final : public Decoder {
 public:
  OpusDecoderOf() : state_(make()) {}

  std::size_t decode(std::span<const std::byte> payload, Samples into) override {
    rest_size_ = 0;
    const int samples = opus_packet_get_nb_samples(
        bytes_of(payload), static_cast<opus_int32>(payload.size()),
        static_cast<opus_int32>(rate_.hz)
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

  bool change_rate(SampleRate rate) override {
    const int wrong = opus_decoder_init(state_.get(), static_cast<opus_int32>(rate.hz), 1);
    assert(wrong == OPUS_OK);
    rate_ = rate;
    rest_size_ = 0;
    return wrong == OPUS_OK;
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
  SampleRate rate_ = fullband;
  std::array<Sample, 2 * Frame::max_samples> rest_;  // of 60 ms, which is what phones send at most
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
