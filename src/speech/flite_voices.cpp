#include "speech/flite_voices.hpp"

#include <flite/flite.h>

#include "base/handle.hpp"

extern "C" {
cst_voice* register_cmu_us_slt(const char* directory);
cst_voice* register_cmu_us_rms(const char* directory);
cst_voice* register_cmu_us_kal(const char* directory);
}

namespace belfry::speech {
namespace {

using UtteranceHandle = base::Handle<cst_utterance, delete_utterance>;

UtteranceHandle synthesize(cst_voice* voice, const std::string& text, double rate) {
  cst_utterance* utterance = new_utterance();
  utt_set_input_text(utterance, text.c_str());
  utt_init(utterance, voice);
  // On the utterance, not on the voice, which other threads use.
  feat_set_float(utterance->features, "duration_stretch", static_cast<float>(1 / rate));
  if (utt_synth(utterance) == nullptr) {
    delete_utterance(utterance);
    return nullptr;
  }
  return UtteranceHandle(utterance);
}

/// A voice is set up once per process: registered, and run once, because its tables are completed
/// on first use without a lock.
template <cst_voice* (*Register)(const char*)>
cst_voice* ready_voice() {
  static cst_voice* const voice = [] {
    static std::once_flag started;
    std::call_once(started, [] { flite_init(); });
    cst_voice* registered = Register(nullptr);
    synthesize(registered, "ready", 1);
    return registered;
  }();
  return voice;
}

cst_voice* find_voice(BuiltInVoice voice) {
  // The three share the language's own tables, so that two must not be set up at once.
  static std::mutex setting_up;
  const std::lock_guard lock(setting_up);
  switch (voice) {
    case BuiltInVoice::female:
      return ready_voice<register_cmu_us_slt>();
    case BuiltInVoice::male:
      return ready_voice<register_cmu_us_rms>();
    case BuiltInVoice::plain:
      return ready_voice<register_cmu_us_kal>();
  }
  return nullptr;
}

}  // namespace

base::Result<media::PcmClip> speak_built_in(
    BuiltInVoice voice, const std::string& ascii, double rate
) {
  const UtteranceHandle utterance =
      synthesize(find_voice(voice), ascii, std::clamp(rate, 0.5, 2.0));
  const cst_wave* wave = utterance ? utt_wave(utterance.get()) : nullptr;
  if (wave == nullptr || wave->num_samples <= 0 || wave->sample_rate <= 0)
    return base::fail(base::Errc::internal, "the built-in voice made no sound");
  media::PcmClip clip{.rate = {static_cast<std::uint32_t>(wave->sample_rate)}, .samples = {}};
  clip.samples.assign(wave->samples, wave->samples + wave->num_samples);
  return clip;
}

}  // namespace belfry::speech
