#include "apps/take5/cue.hpp"

#include "base/log.hpp"
#include "call/hold_music.hpp"
#include "call/leg.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Task;

Task<void> play_music(call::Leg& leg) {
  call::ClipPlayback music{call::hold_music(), call::until_stopped};
  co_await leg.play(std::move(music));
}

Task<void> change_of(std::shared_ptr<Cue> cue) {
  co_await cue->changed.pop();
}

Task<void> first_of(base::Loop& loop, Task<void> one, Task<void> other) {
  co_await base::race(loop, std::move(one), std::move(other));
}

Task<void> end_of(call::Participation& place) {
  co_await place.over().wait();
}

}  // namespace

Task<void> say(call::Leg& leg, Voice voice, std::vector<std::string> sentences) {
  bool said_something = false;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    call::Utterance utterance{sentences[i], voice.name, voice.language};
    auto clip = co_await voice.speech.synthesize(std::move(utterance));
    if (!clip) {
      base::log::warning("take5.not_spoken", {{"call", leg.sid()}, {"why", clip.error().message}});
      continue;
    }
    call::ClipPlayback playback{std::move(*clip)};
    call::Words words{std::move(sentences[i]), said_something, i + 1 < sentences.size()};
    co_await leg.play(std::move(playback), std::move(words));
    said_something = true;
  }
}

Task<void> accompany(
    call::Leg& leg, call::Participation& place, std::shared_ptr<Cue> cue, Voice voice
) {
  base::Loop& loop = leg.loop();
  while (!place.over().is_set()) {
    Task<void> over = end_of(place);
    if (!cue->notices.empty()) {
      std::vector<std::string> notices(cue->notices.begin(), cue->notices.end());
      cue->notices.clear();
      Task<void> speaking = say(leg, voice, std::move(notices));
      co_await base::race(loop, std::move(speaking), std::move(over));
      continue;
    }
    Task<void> change = change_of(cue);
    if (cue->alone) {
      Task<void> music = play_music(leg);
      Task<void> waiting = first_of(loop, std::move(change), std::move(over));
      co_await base::race(loop, std::move(waiting), std::move(music));
    } else {
      co_await base::race(loop, std::move(change), std::move(over));
    }
  }
}

}  // namespace belfry::apps::take5
