#pragma once
#include <filesystem>
#include <memory>

#include "base/worker_pool.hpp"
#include "call/recognition.hpp"

namespace belfry::speech {

/// Understands US English with PocketSphinx, on the pool. Nothing is loaded before somebody speaks;
/// decoders are kept for the next party then. Control thread.
class PocketsphinxRecognizer final : public call::Recognizer {
 public:
  struct Settings {
    std::filesystem::path models = "/usr/share/pocketsphinx/model/en-us";
    std::size_t streams = 4;  // at the same time: each has a decoder
    /// So much may wait to be understood; more is left out.
    base::Duration longest_queue = std::chrono::seconds(20);
  };
  /// @return nullptr when the models are not there.
  static std::unique_ptr<PocketsphinxRecognizer> create(
      base::Loop& loop, base::WorkerPool& pool, Settings settings
  );
  ~PocketsphinxRecognizer() override;

  std::string_view engine() const override { return "pocketsphinx"; }
  bool understands(std::string_view language) const override;
  base::Result<std::unique_ptr<call::RecognitionStream>> open(
      call::RecognitionTerms terms, call::RecognitionListener& listener
  ) override;
  base::Task<base::Result<call::Recognized>> transcribe(
      media::PcmClipPtr clip, call::RecognitionTerms terms
  ) override;

 private:
  class Decoders;
  class Work;
  class Stream;
  PocketsphinxRecognizer(base::Loop& loop, base::WorkerPool& pool, Settings settings);
  base::Result<> check(const call::RecognitionTerms& terms) const;

  base::Loop& loop_;
  base::WorkerPool& pool_;
  Settings settings_;
  std::shared_ptr<Decoders> decoders_;  // shared with jobs that a thread of the pool still runs
};

}  // namespace belfry::speech
