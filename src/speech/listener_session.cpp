#include "speech/listener_session.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace belfry::speech {
namespace {

/// A hint whose score is this many times as bad as that of any English was not said. Measured with
/// three voices: hints score 0.8 to 1.5 times, other sentences mostly 1.6 times and more.
constexpr double clearly_worse = 1.55;
/// Where the words' sound fits worse than this it was not speech.
constexpr double not_speech = -100;
/// What a decoder is given at once.
constexpr std::size_t step_samples = 3200;

double confidence_of(double fit) {
  return std::clamp(1.25 + fit / 100, 0.1, 0.99);
}

}  // namespace

ListenerSession::ListenerSession(
    std::unique_ptr<PocketsphinxDecoder> decoder, call::RecognitionTerms terms
)
    : decoder_(std::move(decoder)),
      terms_(std::move(terms)),
      grammar_(terms_.hints, [this](std::string_view word) { return decoder_->knows(word); }) {
  for (const std::string& word : grammar_.unknown_words())
    base::log::warning("recognition.unknown_word", {{"word", word}});
  decoder_->forget_channel();
  decoder_->use_language_model();
  if (grammar_.empty()) return;
  if (const auto set = decoder_->set_grammar(grammar_.to_jsgf()); !set) {
    base::log::error("recognition.hints", {{"why", set.error().message}});
    return;
  }
  has_grammar_ = true;
  decoder_->use_grammar();
}

std::vector<call::Recognized> ListenerSession::process(std::vector<Utterances::Piece> pieces) {
  std::vector<call::Recognized> results;
  for (const Utterances::Piece& piece : pieces) {
    if (!open_) begin();
    hear(piece.samples);
    if (piece.ends) {
      results.push_back(end());
      continue;
    }
    if (!terms_.partial_results) continue;
    std::string so_far = grammar_.as_written(decoder_->so_far());
    if (so_far.empty() || so_far == told_) continue;
    told_ = so_far;
    results.push_back({std::move(so_far), 0, false});
  }
  return results;
}

void ListenerSession::begin() {
  open_ = true;
  told_.clear();
  utterance_.clear();
  sound_.reset();
  decoder_->begin();
}

void ListenerSession::hear(media::ConstSamples narrow) {
  const media::ConstSamples wide = sound_.process(narrow);
  decoder_->hear(wide);
  if (has_grammar_) utterance_.insert(utterance_.end(), wide.begin(), wide.end());
}

call::Recognized ListenerSession::end() {
  open_ = false;
  const Understanding hinted = decoder_->end();
  const Understanding any = has_grammar_ ? hear_again() : hinted;
  const bool fits = any.words.empty() || hinted.score >= any.score * clearly_worse;
  // What is heard as a hint without being asked to is that one.
  const bool is_hint = has_grammar_ && !hinted.words.empty() && fits && !grammar_.allows(any.words);
  const Understanding& best = is_hint ? hinted : any;
  call::Recognized result;
  result.final = true;
  if (best.words.empty() || best.fit < not_speech) return result;
  result.transcript = grammar_.as_written(best.words);
  result.confidence = confidence_of(best.fit);
  return result;
}

ListenerSession::Understanding ListenerSession::hear_again() {
  decoder_->use_language_model();
  decoder_->begin();
  const media::ConstSamples all(utterance_);
  for (std::size_t at = 0; at < all.size(); at += step_samples)
    decoder_->hear(all.subspan(at, std::min(step_samples, all.size() - at)));
  Understanding any = decoder_->end();
  decoder_->use_grammar();
  return any;
}

}  // namespace belfry::speech
