#include "media/concealment.hpp"

#include <inttypes.h>

#include <cmath>

// After the two above: spandsp's header needs them and does not include them itself.
#include <spandsp.h>

#include "base/handle.hpp"

namespace belfry::media {

struct Concealment::State {
  base::Handle<plc_state_t, plc_free> plc{plc_init(nullptr)};
};

Concealment::Concealment() : state_(std::make_unique<State>()) {}
Concealment::~Concealment() = default;
Concealment::Concealment(Concealment&&) noexcept = default;
Concealment& Concealment::operator=(Concealment&&) noexcept = default;

void Concealment::handle_frame(Samples frame) {
  if (frame.empty()) return;
  plc_rx(state_->plc.get(), frame.data(), static_cast<int>(frame.size()));
}

void Concealment::conceal(Samples frame) {
  if (frame.empty()) return;
  plc_fillin(state_->plc.get(), frame.data(), static_cast<int>(frame.size()));
}

}  // namespace belfry::media
