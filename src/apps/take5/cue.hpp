#pragma once
#include <deque>
#include <string>
#include <vector>

#include "base/wait.hpp"
#include "call/conferences.hpp"
#include "call/speech.hpp"

/// What a participant hears besides the others.
namespace belfry::apps::take5 {

/// What one of them is to hear; shared by the program of the leg and the call, either of which may
/// go first.
struct Cue {
  explicit Cue(base::Loop& loop) : changed(loop) {}

  std::vector<std::string> greeting;
  call::JoinConference terms;
  bool alone = false;               // in the conference: music
  std::deque<std::string> notices;  // to be spoken, once each
  base::Mailbox<bool> changed;      // something of the above

  void set_alone(bool is_alone) {
    if (alone == is_alone) return;
    alone = is_alone;
    changed.push(true);
  }
  void say(std::string notice) {
    notices.push_back(std::move(notice));
    changed.push(true);
  }
};

struct Voice {
  call::Speech& speech;
  std::string name;
  std::string language;
};

/// Speaks the sentences to one leg. One that cannot be synthesised is left out.
base::Task<void> say(call::Leg& leg, Voice voice, std::vector<std::string> sentences);
/// Music while the participant is alone, and what the call has to say; until it is out of the
/// conference.
base::Task<void> accompany(
    call::Leg& leg, call::Participation& place, std::shared_ptr<Cue> cue, Voice voice
);

}  // namespace belfry::apps::take5
