#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/wait.hpp"
#include "call/conference_record.hpp"
#include "call/media.hpp"
#include "call/side_document.hpp"

namespace belfry::call {

class Leg;
class Outbox;
class Conferences;
class Recordings;

/// What conferences work with; all outlive them.
struct ConferencePlatform {
  base::Loop& loop;
  base::Random& random;
  Journal& journal;
  MediaPlane& media;
  Outbox& outbox;
  SideDocuments* documents = nullptr;  // without: documents are not heard
  Recordings* recordings = nullptr;    // without: nothing is recorded
};

/// What a REST request changes of one participant; what is absent stays.
struct ParticipantUpdate {
  std::optional<bool> muted = {};
  std::optional<bool> hold = {};
  std::optional<bool> end_on_exit = {};
  std::optional<bool> beep_on_exit = {};
  std::optional<bool> coaching = {};
  std::optional<std::string> call_sid_to_coach = {};
  std::optional<float> gain_db = {};               // of what it says
  std::optional<SideDocument> hold_document = {};  // heard while held instead of music
  std::optional<SideDocument> wait_document = {};
};

/// What the holder of a place waits for; shared by the conference and the program of the leg,
/// either of which may go first.
struct ParticipationState {
  explicit ParticipationState(base::Loop& loop) : over(loop) {}
  base::Event over;  // the participant is out, the leg is alone again
  Departure why = Departure::hung_up;
};

/// One live conference: who is in it, what each hears, and what is told of it. All changes are
/// synchronous; each is one commit with its callbacks (rule R7) in the order of SequenceNumber. It
/// starts when two are present and one of them starts it, ends when the last leaves (and nobody is
/// being called into it), when one leaves who ends it, or by `end`. Control thread.
class Conference final : private RoomListener, private SoundTarget {
 public:
  struct Participant;

  Conference(const ConferencePlatform& platform, Conferences& owner, ConferenceRecord record);
  Conference(const Conference&) = delete;
  Conference& operator=(const Conference&) = delete;
  ~Conference() override;

  const ConferenceRecord& record() const { return record_; }
  /// Where its legs meet; none once it has ended.
  RoomId room() const { return room_; }
  bool ended() const { return record_.status == ConferenceStatus::completed; }
  /// In order of arrival, with those who are being called in.
  std::vector<ParticipantRecord> participants() const;
  /// By the call's SID or by label, one that has not left.
  const ParticipantRecord* find(std::string_view call_sid_or_label) const;
  bool is_speaking(const std::string& call_sid) const;

  /// The leg takes its place. Twilio's code in `Error::detail`: 16020 full, 16025 label in use,
  /// 13240 the coached call is not in here, 16022 ended.
  base::Result<std::shared_ptr<ParticipationState>> enter(Leg& leg, JoinConference terms);
  /// May somebody be called in on these terms? Errors as `enter`.
  base::Result<> check_admission(const JoinConference& terms, const std::string& call_sid) const;
  /// Somebody is about to be called in: it lives until then, even when nobody is in it.
  void reserve() { ++reserved_; }
  void unreserve() { --reserved_; }
  /// Nobody is in it, or expected.
  bool is_deserted() const { return participants_.empty() && reserved_ == 0; }
  /// Somebody has been in it, or expected: there is something in the journal.
  bool is_kept() const { return kept_; }
  /// A call was placed whose program will enter. Until then the conference lives.
  ParticipantRecord expect(const std::string& call_sid, const JoinConference& terms);
  void report_call(const std::string& call_sid, ParticipantRecord::Status status);
  /// The expected call will not come: `call_status` is busy, no-answer, failed, completed.
  void give_up(const std::string& call_sid, std::string_view call_status);

  /// @return Errc::not_found; with 13240 when the call to coach is not in here.
  base::Result<ParticipantRecord> update(
      const std::string& call_sid, const ParticipantUpdate& update
  );
  /// Takes a participant out; a call that is not answered yet is the caller's to end.
  enum class Exit { left, kicked };
  void remove(const std::string& call_sid, Departure why, Exit exit);
  /// @param reason for people; empty: that of the ending
  void end(ConferenceEnding why, std::string reason = "");
  /// Somebody of whom only the record is left: of a process that is gone.
  void restore(ParticipantRecord participant);
  /// Plays a document to all who hear the conference.
  void announce(SideDocument document);
  /// Plays a document to one. @return Errc::not_found.
  base::Result<> announce_to(const std::string& call_sid, SideDocument document);

 private:
  class RoomPlayback;
  enum class Sound { none, wait, hold, announcement };

  // RoomListener
  void on_room_playback_finished(PlaybackId playback) override;
  // SoundTarget
  const std::string& account_sid() const override { return record_.account_sid; }
  base::Loop& loop() override { return platform_.loop; }
  base::Task<void> play(Playback playback, Words words) override;

  Participant* present(std::string_view call_sid_or_label) const;
  std::size_t count_present() const;
  base::Result<> check_coached(const std::string& call_sid) const;

  void start_if_due(Changes& changes);
  void take_out(Participant& who, Departure why, Changes& changes);
  void finish(ConferenceEnding why, const Participant* by, std::string reason, Changes& changes);
  void end_after(const Participant& who, Exit exit, Changes& changes);

  // What each hears (conference_sound.cpp)
  void place(Participant& who);
  void place_all();
  Sound due_sound(const Participant& who) const;
  void refresh_sound(Participant& who);
  void start_sound(Participant& who, Sound sound);
  base::Task<void> sound_of(Participant& who, Sound sound, std::optional<SideDocument> document);
  void finish_announcement(Participant& who, const base::Result<>& outcome);
  base::Task<void> run_announcement(SideDocument document);
  void sound_for_all(const media::PcmClipPtr& clip);
  void note_speech(Participant& who, bool speaking);
  SideDocument with_names(SideDocument document) const;

  // What is told and kept (conference_events.cpp)
  void tell(
      Changes& changes, std::string_view word, std::string_view event, const FormFields& fields
  );
  static FormFields fields_of(const ParticipantRecord& participant);
  void keep(Changes& changes, Participant& who);
  void write(Changes changes);
  void tell_announcement(
      const SideDocument& document, const std::string& call_sid, const base::Result<>& outcome
  );

  const ConferencePlatform& platform_;
  Conferences& owner_;
  ConferenceRecord record_;
  RoomId room_;
  std::vector<std::unique_ptr<Participant>> participants_;  // in order of arrival
  int reserved_ = 0;
  bool kept_ = false;
  std::vector<std::string> finished_calls_;  // called in and gone; kept until the conference ends
  std::vector<RoomPlayback*> playing_;
  base::TaskGroup announcements_;
};

}  // namespace belfry::call
