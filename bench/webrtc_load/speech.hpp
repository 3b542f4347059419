#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "media/codec.hpp"

namespace belfry::bench {

/// Two seconds of syllables, a payload for each 20 ms, to be said again and again.
using Speech = std::vector<std::vector<std::byte>>;
Speech make_speech(media::Codec codec);

/// Made once for all legs. Read only.
struct Speeches {
  Speech pcmu = make_speech(media::Codec::pcmu);
  Speech opus = make_speech(media::Codec::opus);
  const Speech& of(media::Codec codec) const { return codec == media::Codec::opus ? opus : pcmu; }
};

}  // namespace belfry::bench
