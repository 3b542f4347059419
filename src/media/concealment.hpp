#pragma once
#include <memory>

#include "media/frame.hpp"

namespace belfry::media {

/// Hides lost frames by repeating the last pitch period, fading to silence over 50 ms of a longer
/// loss (at 16 kHz 25 ms), and by a smooth join at the next good frame (spandsp). For codecs that
/// have no concealment of their own: G.711 and, on its PCM, G.722. Allocates at construction only.
/// One thread.
class Concealment {
 public:
  Concealment();
  ~Concealment();
  Concealment(Concealment&&) noexcept;
  Concealment& operator=(Concealment&&) noexcept;

  /// Every good frame goes through here; the start of the first one after a loss is blended.
  void handle_frame(Samples frame);
  /// Overwrites `frame` with what the lost one may have been.
  void conceal(Samples frame);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace belfry::media
