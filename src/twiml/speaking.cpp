#include "twiml/speaking.hpp"

#include "base/wait.hpp"

namespace belfry::twiml {
namespace {

constexpr std::size_t look_ahead = 8;  // sentences

using Synthesis = base::Result<media::PcmClipPtr>;

base::Task<void> synthesize_into(
    call::Speech& speech, call::Utterance utterance, base::Mailbox<Synthesis>& ready
) {
  Synthesis clip = co_await speech.synthesize(std::move(utterance));
  ready.push(std::move(clip));
}

}  // namespace

base::Task<bool> speak(std::vector<SpeechPiece> pieces, Session& session) {
  base::Loop& loop = session.voice().loop();
  std::deque<base::Mailbox<Synthesis>> ready;  // one a piece: they may be ready in any order
  base::TaskGroup ahead(loop);
  const auto has_text = [](const SpeechPiece& piece) { return !piece.utterance.text.empty(); };
  std::size_t asked_for = 0;
  // All but the longest texts are asked for at once, so that no gap between sentences sounds like
  // the end.
  const auto ask_ahead = [&](std::size_t spoken) {
    for (; asked_for < std::min(pieces.size(), spoken + look_ahead); ++asked_for) {
      ready.emplace_back(loop);
      if (!has_text(pieces[asked_for])) continue;
      call::Speech& speech = session.environment().speech;
      ahead.spawn(synthesize_into(speech, pieces[asked_for].utterance, ready.back()));
    }
  };
  bool heard = false;
  bool said_something = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    ask_ahead(i);
    SpeechPiece& piece = pieces[i];
    if (has_text(piece)) {
      base::Mailbox<Synthesis>& made = ready[i];
      Synthesis clip = co_await made.pop();
      if (clip) {
        const bool more = std::any_of(
            pieces.begin() + static_cast<std::ptrdiff_t>(i) + 1, pieces.end(), has_text
        );
        call::ClipPlayback playback{std::move(*clip), 1};
        call::Words words{std::move(piece.utterance.text), said_something, more};
        co_await session.play(std::move(playback), std::move(words));
        heard = said_something = true;
      } else {
        session.warn(13520, "a sentence could not be spoken: " + clip.error().message);
      }
    }
    if (piece.pause_after > base::Duration::zero()) {
      call::SilencePlayback silence{piece.pause_after};
      co_await session.play(std::move(silence));
      heard = true;
    }
  }
  co_return heard;
}

}  // namespace belfry::twiml
