#pragma once
#include <memory>
#include <vector>

#include "call/recognition.hpp"
#include "speech/hint_grammar.hpp"
#include "speech/pocketsphinx_decoder.hpp"
#include "speech/utterances.hpp"
#include "speech/wide_sound.hpp"

namespace belfry::speech {

/// Understands one party with a decoder. Where there are hints, an utterance is heard as one of
/// them, and again as any English when it is over: the hint counts unless that fits far better.
/// Any thread, one at a time.
class ListenerSession {
 public:
  ListenerSession(std::unique_ptr<PocketsphinxDecoder> decoder, call::RecognitionTerms terms);

  /// @return what is new, in order.
  std::vector<call::Recognized> process(std::vector<Utterances::Piece> pieces);
  std::unique_ptr<PocketsphinxDecoder> release() { return std::move(decoder_); }

 private:
  using Understanding = PocketsphinxDecoder::Understanding;
  void begin();
  void hear(media::ConstSamples narrow);
  call::Recognized end();
  Understanding hear_again();

  std::unique_ptr<PocketsphinxDecoder> decoder_;
  call::RecognitionTerms terms_;
  HintGrammar grammar_;
  bool has_grammar_ = false;
  WideSound sound_;
  bool open_ = false;
  std::vector<media::Sample> utterance_;  // 16 kHz, of the one that is open
  std::string told_;                      // last partial result
};

}  // namespace belfry::speech
