#include "media/dtmf.hpp"

#include <inttypes.h>

#include <cmath>
#include <string_view>

// After the two above: spandsp's header needs them and does not include them itself.
#include <spandsp.h>

#include "base/handle.hpp"
#include "media/resampler.hpp"

namespace belfry::media {

bool is_dtmf_digit(char digit) {
  return std::string_view("0123456789ABCD*#").find(digit) != std::string_view::npos;
}

struct DtmfDetector::State {
  explicit State(SampleRate rate) : to_narrowband(rate, narrowband) {}

  base::Handle<dtmf_rx_state_t, dtmf_rx_free> receiver{dtmf_rx_init(nullptr, nullptr, nullptr)};
  Resampler to_narrowband;
  std::array<Sample, Frame::max_samples> narrow{};
};

DtmfDetector::DtmfDetector(SampleRate rate) : state_(std::make_unique<State>(rate)) {}
DtmfDetector::~DtmfDetector() = default;
DtmfDetector::DtmfDetector(DtmfDetector&&) noexcept = default;
DtmfDetector& DtmfDetector::operator=(DtmfDetector&&) noexcept = default;

void DtmfDetector::handle_frame(ConstSamples samples) {
  State& state = *state_;
  const std::size_t count = state.to_narrowband.process(samples, state.narrow);
  dtmf_rx(state.receiver.get(), state.narrow.data(), static_cast<int>(count));
}

std::optional<char> DtmfDetector::poll_digit() {
  std::array<char, 2> digit{};  // spandsp ends what it gives with a zero
  if (dtmf_rx_get(state_->receiver.get(), digit.data(), 1) == 0) return std::nullopt;
  return digit[0];
}

}  // namespace belfry::media
