#include "media/ring_tones.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "media/tone.hpp"

namespace belfry::media {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct Cadence {
  std::string_view country;
  std::array<double, 2> hz;
  milliseconds on, off;
  /// A second ring within the period.
  milliseconds again_on{0}, again_off{0};
};

constexpr Cadence cadences[] = {
    {"us", {440, 480}, 2000ms, 4000ms},
    {"us-old", {420, 460}, 2000ms, 4000ms},
    {"at", {420, 0}, 1000ms, 5000ms},
    {"au", {400, 450}, 400ms, 200ms, 400ms, 2000ms},
    {"be", {425, 0}, 1000ms, 3000ms},
    {"br", {425, 0}, 1000ms, 4000ms},
    {"ch", {425, 0}, 1000ms, 4000ms},
    {"cl", {400, 0}, 1000ms, 3000ms},
    {"cn", {450, 0}, 1000ms, 4000ms},
    {"cz", {425, 0}, 1000ms, 4000ms},
    {"de", {425, 0}, 1000ms, 4000ms},
    {"dk", {425, 0}, 1000ms, 4000ms},
    {"es", {425, 0}, 1500ms, 3000ms},
    {"fi", {425, 0}, 1000ms, 4000ms},
    {"fr", {440, 0}, 1500ms, 3500ms},
    {"gb", {400, 450}, 400ms, 200ms, 400ms, 2000ms},
    {"gr", {425, 0}, 1000ms, 4000ms},
    {"hk", {440, 480}, 400ms, 200ms, 400ms, 3000ms},
    {"hu", {425, 0}, 1250ms, 3750ms},
    {"ie", {400, 450}, 400ms, 200ms, 400ms, 2000ms},
    {"il", {400, 0}, 1000ms, 3000ms},
    {"in", {400, 450}, 400ms, 200ms, 400ms, 2000ms},
    {"it", {425, 0}, 1000ms, 4000ms},
    {"jp", {400, 415}, 1000ms, 2000ms},
    {"mx", {425, 0}, 1000ms, 4000ms},
    {"nl", {425, 0}, 1000ms, 4000ms},
    {"no", {425, 0}, 1000ms, 4000ms},
    {"nz", {400, 450}, 400ms, 200ms, 400ms, 2000ms},
    {"ph", {425, 480}, 1000ms, 4000ms},
    {"pl", {425, 0}, 1000ms, 4000ms},
    {"pt", {425, 0}, 1000ms, 5000ms},
    {"ru", {425, 0}, 1000ms, 4000ms},
    {"se", {425, 0}, 1000ms, 5000ms},
    {"sg", {400, 425}, 400ms, 200ms, 400ms, 2000ms},
    {"th", {400, 0}, 1000ms, 4000ms},
    {"tw", {440, 480}, 1000ms, 2000ms},
    {"uk", {400, 450}, 400ms, 200ms, 400ms, 2000ms},
    {"ve", {425, 0}, 1000ms, 4000ms},
    {"za", {400, 450}, 400ms, 200ms, 400ms, 2000ms},
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

const Cadence& cadence_of(std::string_view country) {
  const auto same = [country](const Cadence& cadence) {
    return std::ranges::equal(country, cadence.country, {}, lower);
  };
  const auto* found = std::ranges::find_if(cadences, same);
  return found == std::end(cadences) ? cadences[0] : *found;
}

void append(PcmClip& clip, const Cadence& cadence, milliseconds on, milliseconds off) {
  const std::size_t begin = clip.samples.size();
  const std::size_t sounding = samples_in(on, clip.rate);
  clip.samples.resize(begin + sounding + samples_in(off, clip.rate));
  ToneGenerator generator(Tone{cadence.hz, -19, on, off}, clip.rate);
  generator.fill(std::span(clip.samples).subspan(begin, sounding));
}

}  // namespace

PcmClip ring_tone(std::string_view country) {
  const Cadence& cadence = cadence_of(country);
  PcmClip clip{narrowband, {}};
  append(clip, cadence, cadence.on, cadence.off);
  if (cadence.again_on > 0ms) append(clip, cadence, cadence.again_on, cadence.again_off);
  return clip;
}

}  // namespace belfry::media
