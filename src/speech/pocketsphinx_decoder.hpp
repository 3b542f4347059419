#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "media/frame.hpp"

namespace belfry::speech {

/// One PocketSphinx decoder with the US English models (about 95 MB
/// of memory, 0.2 s to make). Understands one utterance after the other. Any thread, one at a time.
class PocketsphinxDecoder {
 public:
  /// Whether the models are in `folder`. Reads nothing of them.
  static bool has_models(const std::filesystem::path& folder);
  /// @return Errc::unavailable when the models cannot be read.
  static base::Result<std::unique_ptr<PocketsphinxDecoder>> create(
      const std::filesystem::path& folder
  );
  ~PocketsphinxDecoder();

  bool knows(std::string_view word) const;
  /// @return Errc::malformed
  base::Result<> set_grammar(const std::string& jsgf);
  /// Only what the grammar allows, from the next utterance on; or any English, as at first.
  void use_grammar();
  void use_language_model();
  /// Another party, another line: what was learned of the sound is forgotten, and an utterance
  /// that has not ended.
  void forget_channel();

  struct Understanding {
    std::string words;  // lower case; empty: none
    /// Of the whole utterance, negative; comparable between grammar and language model.
    double score = 0;
    /// Of the words' sound, 0 (perfect) downwards; about -40 is good, -80 is not.
    double fit = 0;
  };

  /// An utterance: `begin`, `hear` (16 kHz) as often as needed, `end`.
  void begin();
  void hear(media::ConstSamples wide);
  /// What seems to have been said so far.
  std::string so_far() const;
  Understanding end();

 private:
  struct Library;
  explicit PocketsphinxDecoder(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

}  // namespace belfry::speech
