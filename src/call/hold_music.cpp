#include "call/hold_music.hpp"

#include <cmath>
#include <numbers>

namespace belfry::call {
namespace {

constexpr media::SampleRate rate = media::wideband;
constexpr double beat_s = 0.6;
constexpr int beats_a_bar = 8;

struct Note {
  double begin_s;
  int key;  // as on a piano in MIDI's numbering: 69 is the A of 440 Hz
  double length_s;
  double loudness;
};

double frequency_of(int key) {
  return 440.0 * std::pow(2.0, (key - 69) / 12.0);
}

/// A plucked tone: two harmonics that die away. What rings beyond the clip's end is heard at its
/// beginning, so that a repeated clip has no seam.
void add(const Note& note, std::vector<double>& sound) {
  const auto begin = static_cast<std::size_t>(note.begin_s * rate.hz);
  const auto length = static_cast<std::size_t>(note.length_s * rate.hz);
  const double step = 2 * std::numbers::pi * frequency_of(note.key) / rate.hz;
  constexpr double attack_s = 0.012;
  for (std::size_t i = 0; i < length; ++i) {
    const double t = static_cast<double>(i) / rate.hz;
    const double attack = std::min(1.0, t / attack_s);
    const double decay = std::exp(-3.2 * t / note.length_s);
    const double release = std::min(1.0, (note.length_s - t) / 0.05);
    const double phase = step * static_cast<double>(i);
    const double tone = std::sin(phase) + 0.25 * std::sin(2 * phase) * decay;
    sound[(begin + i) % sound.size()] += note.loudness * attack * decay * release * tone;
  }
}

media::PcmClipPtr to_clip(const std::vector<double>& sound, double peak) {
  double loudest = 1e-9;
  for (const double value : sound) loudest = std::max(loudest, std::abs(value));
  media::PcmClip clip{rate, {}};
  clip.samples.reserve(sound.size());
  for (const double value : sound)
    clip.samples.push_back(static_cast<media::Sample>(std::lround(value / loudest * peak)));
  return std::make_shared<const media::PcmClip>(std::move(clip));
}

media::PcmClipPtr compose_hold_music() {
  // C, A minor, F, G: a bass note and eight broken ones each.
  constexpr std::array<std::array<int, 4>, 4> chords = {{
      {48, 60, 64, 67},
      {45, 57, 60, 64},
      {41, 57, 60, 65},
      {43, 55, 59, 62},
  }};
  constexpr std::array<int, beats_a_bar> pattern = {1, 2, 3, 2, 1, 3, 2, 3};
  const double bar_s = beat_s * beats_a_bar;
  std::vector<double> sound(static_cast<std::size_t>(bar_s * chords.size() * rate.hz));
  for (std::size_t bar = 0; bar < chords.size(); ++bar) {
    const double begin = bar_s * static_cast<double>(bar);
    add({begin, chords[bar][0], bar_s, 0.8}, sound);
    for (std::size_t beat = 0; beat < pattern.size(); ++beat) {
      const int key = chords[bar][static_cast<std::size_t>(pattern[beat])] + 12;
      add({begin + beat_s * static_cast<double>(beat), key, 1.6, 0.55}, sound);
    }
  }
  return to_clip(sound, 7000);
}

media::PcmClipPtr two_notes(int first, int second) {
  std::vector<double> sound(rate.hz * 3 / 10);
  add({0.0, first, 0.14, 1}, sound);
  add({0.12, second, 0.18, 1}, sound);
  return to_clip(sound, 6000);
}

}  // namespace

media::PcmClipPtr hold_music() {
  static const media::PcmClipPtr clip = compose_hold_music();
  return clip;
}

media::PcmClipPtr enter_sound() {
  static const media::PcmClipPtr clip = two_notes(72, 79);
  return clip;
}

media::PcmClipPtr exit_sound() {
  static const media::PcmClipPtr clip = two_notes(79, 72);
  return clip;
}

}  // namespace belfry::call
