#include "speech/synthesizer.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "speech/clip_shaping.hpp"
#include "speech/flite_voices.hpp"
#include "speech/spoken_text.hpp"
#include "speech/voice_choice.hpp"

namespace belfry::speech {
namespace {

using base::Errc;
using base::Result;

constexpr std::size_t max_text_bytes = 4 * 4096;
// The time and memory of one synthesis grow faster than its text.
constexpr std::size_t chunk_bytes = 400;
constexpr std::size_t espeak_chunk_bytes = 2000;

void count(const char* result) {
  base::metrics::counter(
      "belfry_tts_requests_total", "Texts to be spoken, by where the sound came from",
      {{"result", result}}
  ).add();
}

void observe(base::Duration took) {
  static auto& histogram = base::metrics::histogram(
      "belfry_tts_seconds", "From request to sound, without what memory had",
      {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
  );
  histogram.observe(std::chrono::duration<double>(took).count());
}

}  // namespace

/// What a request becomes on a worker thread. Holds nothing of the control thread.
class Synthesizer::Engine {
 public:
  explicit Engine(const Settings& settings)
      : espeak_(settings.espeak_program),
        disk_(settings.cache_directory, settings.disk_bytes),
        plain_voice_(settings.plain_voice) {}

  std::string key_of(const call::Utterance& utterance) const {
    const std::string rate = std::to_string(static_cast<int>(utterance.rate * 100));
    return base::sha256_hex(
        std::string("1|") + std::to_string(static_cast<int>(voice_of(utterance))) + "|" +
        (espeak_.available() ? "e|" : "-|") + utterance.language + "|" + rate + "|" + utterance.text
    );
  }

  Made make(const std::string& key, const call::Utterance& utterance) {
    if (auto stored = disk_.find(key))
      return {std::make_shared<const media::PcmClip>(std::move(*stored)), Source::disk};
    auto clip = speak(utterance);
    if (!clip) return {base::fail(std::move(clip.error()))};
    disk_.insert(key, *clip);
    return {std::make_shared<const media::PcmClip>(std::move(*clip))};
  }

  void warm_up() const {
    for (const BuiltInVoice voice : {BuiltInVoice::female, BuiltInVoice::male, BuiltInVoice::plain})
      if (plain_voice_ == (voice == BuiltInVoice::plain))
        if (auto clip = speak_built_in(voice, "ready", 1); !clip)
          base::log::warning("speech.voice_failed", {{"reason", clip.error().message}});
  }

 private:
  BuiltInVoice voice_of(const call::Utterance& utterance) const {
    if (plain_voice_) return BuiltInVoice::plain;
    return is_male_voice(utterance.voice) ? BuiltInVoice::male : BuiltInVoice::female;
  }

  Result<media::PcmClip> speak(const call::Utterance& utterance) const {
    const auto runs = spoken_text(utterance.text, utterance.language, espeak_.available());
    if (runs.empty()) return base::fail(Errc::invalid_argument, "there is nothing to say");
    std::vector<media::PcmClip> clips;
    base::Error last{Errc::unavailable, "no voice could speak this text"};
    for (const TextRun& run : runs) {
      const std::size_t longest = run.espeak_voice.empty() ? chunk_bytes : espeak_chunk_bytes;
      for (const std::string& chunk : chunks(run.text, longest)) {
        auto clip = speak_chunk(run, chunk, utterance);
        if (!clip) {
          last = std::move(clip.error());
          continue;
        }
        trim_silence(*clip);
        if (!clip->samples.empty()) clips.push_back(std::move(*clip));
      }
    }
    if (clips.empty()) return base::fail(std::move(last));
    return join(std::move(clips));
  }

  Result<media::PcmClip> speak_chunk(
      const TextRun& run, const std::string& text, const call::Utterance& utterance
  ) const {
    if (run.espeak_voice.empty()) return speak_built_in(voice_of(utterance), text, utterance.rate);
    const std::string variant = is_male_voice(utterance.voice) ? "" : "+f3";
    return espeak_.speak(run.espeak_voice + variant, text, utterance.rate);
  }

  Espeak espeak_;
  DiskCache disk_;
  bool plain_voice_;
};

struct Synthesizer::Flight {
  explicit Flight(base::Loop& loop) : landed(loop) {}
  base::Event landed;
  Result<media::PcmClipPtr> clip;
};

Synthesizer::Synthesizer(base::Loop& loop, base::WorkerPool& pool, Settings settings)
    : loop_(loop),
      pool_(pool),
      settings_(std::move(settings)),
      memory_(settings_.memory_bytes),
      engine_(std::make_shared<Engine>(settings_)),
      tasks_(loop) {
  tasks_.spawn(warm_up());
}

Synthesizer::~Synthesizer() = default;

base::Task<void> Synthesizer::warm_up() {
  std::move_only_function<bool()> job = [engine = engine_] {
    engine->warm_up();
    return true;
  };
  base::Task<bool> warming = pool_.run<bool>(std::move(job));
  co_await std::move(warming);
}

base::Task<Result<media::PcmClipPtr>> Synthesizer::synthesize(call::Utterance utterance) {
  if (base::trim(utterance.text).empty())
    co_return base::fail(Errc::invalid_argument, "there is nothing to say");
  if (utterance.text.size() > max_text_bytes)
    co_return base::fail(Errc::too_large, "the text is longer than 4,096 characters");
  utterance.rate = std::clamp(utterance.rate, 0.5, 2.0);
  std::string key = engine_->key_of(utterance);
  if (auto clip = memory_.find(key)) {
    count("memory");
    co_return clip;
  }
  std::shared_ptr<Flight> flight;
  if (const auto found = flights_.find(key); found != flights_.end()) {
    count("joined");
    flight = found->second;
  } else if (flights_.size() >= settings_.waiting_limit) {
    count("refused");
    co_return base::fail(Errc::unavailable, "too many texts wait to be spoken");
  } else {
    flight = std::make_shared<Flight>(loop_);
    flights_.emplace(key, flight);
    tasks_.spawn(fly(std::move(key), std::move(utterance), flight));
  }
  co_await flight->landed.wait();
  co_return flight->clip;
}

base::Task<void> Synthesizer::fly(
    std::string key, call::Utterance utterance, std::shared_ptr<Flight> flight
) {
  const base::Instant begun = loop_.now();
  std::move_only_function<Made()> job = [engine = engine_, key, utterance = std::move(utterance)] {
    return engine->make(key, utterance);
  };
  base::Task<Made> making = pool_.run<Made>(std::move(job));
  Made made = co_await std::move(making);
  observe(loop_.now() - begun);
  if (made.clip) {
    memory_.insert(key, *made.clip);
    count(made.source == Source::disk ? "disk" : "made");
  } else {
    count("failed");
    base::log::warning("speech.failed", {{"reason", made.clip.error().message}});
  }
  flights_.erase(key);
  flight->clip = std::move(made.clip);
  flight->landed.set();
}

}  // namespace belfry::speech
