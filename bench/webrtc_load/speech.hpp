#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "webrtc_load/plan.hpp"

namespace belfry::bench {

/// Two seconds of syllables or of a quiet room, a payload for each 20 ms, again and again.
using Speech = std::vector<std::vector<std::byte>>;
Speech make_speech(media::Codec codec, Voice voice);

/// Made once for all legs. Read only.
class Speeches {
 public:
  const Speech& of(media::Codec codec, Voice voice) const {
    const auto& pair = codec == media::Codec::opus ? opus_ : pcmu_;
    return voice == Voice::talks ? pair[0] : pair[1];
  }

 private:
  using Pair = std::array<Speech, 2>;
  static Pair make(media::Codec codec) {
    return {make_speech(codec, Voice::talks), make_speech(codec, Voice::quiet)};
  }
  Pair pcmu_ = make(media::Codec::pcmu), opus_ = make(media::Codec::opus);
};

}  // namespace belfry::bench
