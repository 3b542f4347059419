#include "gateway/media/play_item.hpp"

namespace belfry::gateway::media {
namespace {

belfry::media::Tone tone_of(call::TonePlayback::Kind kind) {
  switch (kind) {
    case call::TonePlayback::Kind::ringback:
      return belfry::media::tones::ringback;
    case call::TonePlayback::Kind::busy:
      return belfry::media::tones::busy;
    case call::TonePlayback::Kind::beep:
      return belfry::media::tones::beep;
  }
  return belfry::media::tones::beep;
}

}  // namespace

std::optional<belfry::media::PlayItem> to_play_item(const call::Playback& what) {
  if (const auto* clip = std::get_if<call::ClipPlayback>(&what))
    return belfry::media::PlayClip{clip->clip, clip->times};
  if (const auto* silence = std::get_if<call::SilencePlayback>(&what))
    return belfry::media::PlaySilence{silence->length};
  if (const auto* tone = std::get_if<call::TonePlayback>(&what))
    return belfry::media::PlayTone{tone_of(tone->kind), tone->length};
  const auto digits =
      belfry::media::DigitString::parse(std::get<call::DigitsPlayback>(what).digits);
  if (!digits) return std::nullopt;
  return belfry::media::PlayDigits{*digits};
}

}  // namespace belfry::gateway::media
