#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/worker_pool.hpp"
#include "call/speech.hpp"
#include "speech/disk_cache.hpp"
#include "speech/espeak.hpp"
#include "speech/memory_cache.hpp"

namespace belfry::speech {

/// Text to speech with the voices that are built in and, for other languages and scripts, with
/// espeak-ng when it is installed. Any text gives audio or an error, never a crash: see
/// `spoken_text`. Equal requests at the same time are one synthesis; its result is kept in memory
/// and on disk. Work runs on the pool; with a pool without threads, on a later turn of the loop.
/// Control thread.
class Synthesizer final : public call::Speech {
 public:
  struct Settings {
    std::filesystem::path cache_directory;  // empty: nothing is kept on disk
    std::uint64_t disk_bytes = 512u << 20;
    std::size_t memory_bytes = 64u << 20;
    std::string espeak_program = "/usr/bin/espeak-ng";
    /// Only the voice that gives the same samples each time, for simulations.
    bool plain_voice = false;
    std::size_t waiting_limit = 256;  // different texts at the same time
  };

  /// Sets the voices up on the pool, so that the first call does not wait for that.
  Synthesizer(base::Loop& loop, base::WorkerPool& pool, Settings settings);
  ~Synthesizer() override;

  /// @return Errc::invalid_argument when there is nothing to say, Errc::too_large above 4,096
  /// characters' worth of bytes, Errc::unavailable when too much waits or no voice could speak.
  base::Task<base::Result<media::PcmClipPtr>> synthesize(call::Utterance utterance) override;

 private:
  class Engine;
  struct Flight;
  enum class Source { disk, made };
  struct Made {
    base::Result<media::PcmClipPtr> clip;
    Source source = Source::made;
  };

  base::Task<void> fly(std::string key, call::Utterance utterance, std::shared_ptr<Flight> flight);
  base::Task<void> warm_up();

  base::Loop& loop_;
  base::WorkerPool& pool_;
  Settings settings_;
  MemoryCache memory_;
  std::shared_ptr<Engine> engine_;  // shared with jobs that a thread of the pool still runs
  std::map<std::string, std::shared_ptr<Flight>> flights_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::speech
