// What each participant of a conference hears.
#include "call/conference.hpp"
#include "call/conference_participant.hpp"
#include "call/hold_music.hpp"
#include "call/leg.hpp"

namespace belfry::call {

/// A piece played to all; stops it when its task is destroyed first.
class Conference::RoomPlayback {
 public:
  RoomPlayback(Conference& conference, Playback playback)
      : conference_(conference), finished_(conference.platform_.loop) {
    conference_.playing_.push_back(this);
    id_ = conference_.platform_.media.play_to_room(conference_.room_, std::move(playback));
  }
  RoomPlayback(const RoomPlayback&) = delete;
  RoomPlayback& operator=(const RoomPlayback&) = delete;
  ~RoomPlayback() {
    std::erase(conference_.playing_, this);
    if (!finished_.is_set() && conference_.room_)
      conference_.platform_.media.stop_playing_to_room(conference_.room_);
  }
  void on_finished(PlaybackId playback) {
    if (playback == id_) finished_.set();
  }
  base::Event& finished() { return finished_; }

 private:
  Conference& conference_;
  PlaybackId id_;
  base::Event finished_;
};

void Conference::on_room_playback_finished(PlaybackId playback) {
  for (RoomPlayback* playing : playing_) playing->on_finished(playback);
}

base::Task<void> Conference::play(Playback playback, Words words) {
  if (!room_) co_return;
  if (!words.text.empty()) {
    for (const auto& who : participants_)
      if (who->leg != nullptr && !who->record.hold) who->leg->show_words(words);
  }
  RoomPlayback playing(*this, std::move(playback));
  co_await playing.finished().wait();
}

void Conference::sound_for_all(const media::PcmClipPtr& clip) {
  platform_.media.play_to_room(room_, ClipPlayback{clip, 1});
}

// --- Places ---

void Conference::place(Participant& who) {
  if (who.leg == nullptr) return;
  const bool apart = who.record.hold || record_.status == ConferenceStatus::init;
  RoomPlace seat;
  seat.muted = who.record.muted || apart;
  seat.deaf = apart;
  seat.gain_db = who.record.gain_db;
  if (who.record.coaching) {
    // A coach whose agent has gone is heard by nobody: what he says is not for the others.
    const Participant* coached = present(who.record.call_sid_to_coach);
    if (coached != nullptr && coached->leg != nullptr) seat.coached = coached->seat;
    if (!seat.coached) seat.muted = true;
  }
  platform_.media.set_place(who.seat, seat);
}

void Conference::place_all() {
  for (const auto& who : participants_) place(*who);
}

// --- Sounds ---

Conference::Sound Conference::due_sound(const Participant& who) const {
  if (who.leg == nullptr) return Sound::none;
  if (who.announcement) return Sound::announcement;
  if (who.record.hold) return Sound::hold;
  return record_.status == ConferenceStatus::init ? Sound::wait : Sound::none;
}

void Conference::refresh_sound(Participant& who) {
  const Sound due = due_sound(who);
  if (due == who.sound) return;
  who.sounds.cancel();
  start_sound(who, due);
}

void Conference::start_sound(Participant& who, Sound sound) {
  who.sound = sound;
  switch (sound) {
    case Sound::none:
      return;
    case Sound::wait:
      return who.sounds.spawn(sound_of(who, sound, who.wait));
    case Sound::hold:
      return who.sounds.spawn(sound_of(who, sound, who.hold));
    case Sound::announcement:
      return who.sounds.spawn(sound_of(who, sound, who.announcement));
  }
}

base::Task<void> Conference::sound_of(
    Participant& who, Sound sound, std::optional<SideDocument> document
) {
  Leg& leg = *who.leg;
  if (!document) {
    ClipPlayback music{hold_music(), until_stopped};
    co_await leg.play(std::move(music));
    co_return;
  }
  if (document->url.empty()) co_return;  // silence was asked for
  base::Result<> outcome = base::fail(base::Errc::unsupported, "documents are not played here");
  if (platform_.documents != nullptr) {
    SideDocument played = with_names(std::move(*document));
    outcome = co_await platform_.documents->play(leg, std::move(played));
  }
  if (sound == Sound::announcement) finish_announcement(who, outcome);
}

void Conference::finish_announcement(Participant& who, const base::Result<>& outcome) {
  const SideDocument document = std::move(*who.announcement);
  who.announcement.reset();
  tell_announcement(document, who.record.call_sid, outcome);
  refresh_sound(who);
}

SideDocument Conference::with_names(SideDocument document) const {
  document.parameters.emplace_back("ConferenceSid", record_.sid);
  document.parameters.emplace_back("FriendlyName", record_.name);
  return document;
}

base::Result<> Conference::announce_to(const std::string& call_sid, SideDocument document) {
  Participant* who = present(call_sid);
  if (who == nullptr || who->leg == nullptr)
    return base::fail(base::Errc::not_found, "no such participant");
  who->announcement = std::move(document);
  who->sounds.cancel();
  start_sound(*who, Sound::announcement);
  return {};
}

void Conference::announce(SideDocument document) {
  announcements_.cancel();
  announcements_.spawn(run_announcement(std::move(document)));
}

base::Task<void> Conference::run_announcement(SideDocument document) {
  base::Result<> outcome = base::fail(base::Errc::unsupported, "documents are not played here");
  if (platform_.documents != nullptr) {
    SideDocument played = with_names(document);
    SoundTarget& everybody = *this;
    outcome = co_await platform_.documents->play(everybody, std::move(played));
  }
  tell_announcement(document, "", outcome);
}

// --- Who talks ---

void Conference::note_speech(Participant& who, bool speaking) {
  who.speaking = speaking;
  if (who.record.muted || record_.status != ConferenceStatus::in_progress) return;
  Changes changes;
  tell(
      changes, "speaker", speaking ? "participant-speech-start" : "participant-speech-stop",
      fields_of(who.record)
  );
  if (!changes.empty()) write(std::move(changes));
}

}  // namespace belfry::call
