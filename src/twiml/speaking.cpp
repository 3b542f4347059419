#include "twiml/speaking.hpp"

#include "base/wait.hpp"

namespace belfry::twiml {
namespace {

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
  base::Mailbox<Synthesis> ready(loop);
  base::TaskGroup ahead(loop);
  const auto begin_after = [&](std::size_t index) {
    while (index < pieces.size() && pieces[index].utterance.text.empty()) ++index;
    if (index == pieces.size()) return;
    call::Speech& speech = session.environment().speech;
    ahead.spawn(synthesize_into(speech, pieces[index].utterance, ready));
  };
  bool heard = false;
  bool said_something = false;
  begin_after(0);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    SpeechPiece& piece = pieces[i];
    if (!piece.utterance.text.empty()) {
      Synthesis clip = co_await ready.pop();
      begin_after(i + 1);
      if (clip) {
        call::ClipPlayback playback{std::move(*clip), 1};
        call::Words words{std::move(piece.utterance.text), said_something};
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
