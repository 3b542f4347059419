#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "apps/take5/call_record.hpp"
#include "apps/take5/call_settings.hpp"
#include "apps/take5/cue.hpp"
#include "call/switchboard.hpp"

namespace belfry::apps::take5 {

/// A call that has started: rings its participants, all at once, brings those who answer together,
/// and ends when its time is over or nobody is left. Each step is a row; what a crash interrupts is
/// taken up by `resume`, and nobody is rung a second time for it (rules R3, R4). It goes when it is
/// over and the last of its legs is. Control thread.
class LiveCall {
 public:
  /// Told of its steps. It outlives the call.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Something of the record is different now, and will be on disk.
    virtual void on_changed(const CallRecord& call) = 0;
    /// What else is written in the commit that ends it.
    virtual void add_to_end(const CallRecord& call, call::Changes& changes) = 0;
    /// It is over and nothing runs any more; called on a turn of its own.
    virtual void on_idle(const std::string& call_id) = 0;
  };
  struct Environment {
    base::Loop& loop;
    call::Switchboard& switchboard;
    call::Conferences& conferences;
    call::Journal& journal;
    const CallSettings& settings;
    Owner& owner;
  };

  /// `record` is on disk, with status `started` or `in-progress`.
  LiveCall(const Environment& environment, CallRecord record);
  LiveCall(const LiveCall&) = delete;
  LiveCall& operator=(const LiveCall&) = delete;

  const CallRecord& record() const { return record_; }
  /// Rings everybody who is `added`.
  void begin();
  /// After a restart, before the switchboard takes up its legs: some of them are answered at once.
  base::Task<base::Result<>> recall_legs();
  /// After that.
  base::Task<base::Result<>> resume();

  /// Durable when it returns; rung afterwards. One who is in the call, or is being rung, stays so.
  base::Task<base::Result<Participant>> add(std::int64_t user, std::string phone_number);
  /// Durable when it returns. @return Errc::not_found
  base::Task<base::Result<>> remove(std::string participant_id);
  /// Durable when it returns. @return Errc::conflict when it is over.
  base::Task<base::Result<>> end(std::string reason);

  // --- What its legs tell, by way of their programs and events ---

  /// The participant's phone was answered: what it is to hear. nullptr: it is to be hung up.
  std::shared_ptr<Cue> welcome(const call::Leg& leg, const std::string& participant_id);
  /// Its leg is in the conference.
  void note_joined(const std::string& participant_id, const std::string& conference_sid);
  /// Its leg waits for a channel of its trunk, or rings.
  void note_waiting(const std::string& participant_id, ParticipantStatus status);

 private:
  enum class Next { nothing, dial_again };
  struct Outcome {
    call::LegStatus status = call::LegStatus::failed;
    call::HangupCause cause = call::HangupCause::failed;
    bool answered = false;
    bool rang = false;
    std::string detail = {};
  };

  bool is_over() const { return take5::is_over(record_.status); }
  base::WallTime planned_end() const;
  void spawn_dialing(const std::string& participant_id);
  base::Task<void> dial(std::string participant_id, int round);
  bool may_dial(const std::string& participant_id, int round);
  call::PlaceCall terms_of(const Participant& participant) const;
  base::Task<Next> try_once(std::string participant_id, int round);
  Next after_refusal(Participant& participant, const base::Error& error);
  base::Task<Next> follow(std::string participant_id, std::string call_sid);
  Next conclude(
      const std::string& participant_id, const std::string& call_sid, const Outcome& outcome
  );
  void follow_after_restart(const std::string& participant_id, const std::string& call_sid);
  base::Task<void> follow_only(std::string participant_id, std::string call_sid);
  base::Task<base::Result<>> resume_participant(std::string participant_id);
  void take_up_without_leg(Participant& participant);

  base::Task<void> run_clock();
  void announce(const std::string& text);
  void refresh_sound();
  void let_go_of_sound(const std::string& participant_id);
  std::vector<std::string> greeting() const;
  call::JoinConference conference_terms() const;

  void keep();
  call::Changes row() const;
  void end_if_deserted();
  /// The last step; nothing is written yet.
  call::Changes finish(CallStatus status, std::string reason);
  void hang_up(const Participant& participant);
  void close_conference();
  void note_idle();

  Environment environment_;
  CallRecord record_;
  std::map<std::string, int> rounds_;  // of participants who were added again; an old one gives up
  std::map<std::string, std::shared_ptr<Cue>> cues_;  // shared with the programs of the legs
  std::set<std::string> joined_;                      // participants in the conference
  bool holds_conference_ = false;
  int dialing_ = 0;  // tasks that ring somebody, or wait for a leg to end
  base::TaskGroup tasks_;
};

}  // namespace belfry::apps::take5
