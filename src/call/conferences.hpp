#pragma once
#include <map>
#include <memory>
#include <string>

#include "call/conference.hpp"
#include "call/program.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {

/// A leg's place in a conference: whoever lets go of it has left. Held by the leg's program, so
/// that a redirect or the leg's end gives the place up.
class Participation {
 public:
  Participation(
      Conferences& conferences, Leg& leg, std::string conference_sid,
      std::shared_ptr<ParticipationState> state
  )
      : conferences_(&conferences),
        leg_(&leg),
        conference_sid_(std::move(conference_sid)),
        state_(std::move(state)) {}
  Participation(Participation&& other) noexcept;
  Participation& operator=(Participation&&) = delete;
  ~Participation();

  const std::string& conference_sid() const { return conference_sid_; }
  /// Until the participant is out: kicked, or the conference has ended.
  base::Event& over() { return state_->over; }
  /// Out of its own accord: the verb that holds it is over.
  void leave();

 private:
  friend class Conferences;
  Conferences* conferences_;  // nullptr: moved from
  Leg* leg_;
  std::string conference_sid_;
  std::shared_ptr<ParticipationState> state_;  // shared with the conference
};

/// The live conferences, per account and name, and what the last process left of theirs. Control
/// thread.
class Conferences final : public ProgramFactory {
 public:
  explicit Conferences(ConferencePlatform platform);
  ~Conferences() override;

  /// The leg, which has been answered, enters the conference of that name, or the one of that SID.
  /// Without one it begins. Errors: those of `Conference::enter`; Errc::not_found with 16003 for a
  /// SID that is not live, Errc::unavailable with 16021 when the account has too many.
  base::Result<Participation> join(Leg& leg, JoinConference terms);

  struct CallIn {
    PlaceCall call;        // its program is set here
    JoinConference terms;  // with `name` or `conference_sid`
  };
  /// Places a call that enters the conference when it is answered, and hangs up when it is out.
  /// Durable when it returns (rule R1). Errors: those of `join` and `Switchboard::place`.
  base::Task<base::Result<ParticipantRecord>> call_in(Switchboard& switchboard, CallIn call_in);

  /// Live ones; the pointer is valid until the loop's next turn.
  Conference* find(const std::string& sid) const;
  Conference* find_by_name(const std::string& account_sid, const std::string& name) const;
  std::vector<const Conference*> live() const;
  /// Returns when all that a conference has written until now is on disk (rule R1).
  /// @param conference as it is now
  base::Task<base::Result<>> stored(ConferenceRecord conference);

  /// At start: conferences of a process that is gone have ended, since their legs have.
  base::Task<base::Result<>> recover();
  /// Before the end of the process: what legs let go of from now on is not written, so that
  /// `recover` of the next process sees it as it was.
  void abandon();
  /// Live ones of one account; more are refused with 16021.
  void set_most_per_account(std::size_t most) { most_per_account_ = most; }
  /// For conferences that are recorded; outlives them, but for what comes after `abandon`.
  void connect(Recordings& recordings) { platform_.recordings = &recordings; }

  /// Program "conference": enters on the terms in its parameters, returns when it is out.
  std::string_view kind() const override { return "conference"; }
  base::Task<void> run(Leg& leg, ProgramSpec program) override;

 private:
  friend class Participation;
  friend class Conference;

  void let_go(const Participation& participation, Departure why);
  void on_started(Conference& conference);
  void on_ending(Conference& conference);
  base::Task<void> tell_of_recording(ConferenceRecord conference, std::string recording_sid);
  base::Result<Conference*> find_or_begin(
      const std::string& account_sid, const JoinConference& terms
  );
  Conference& begin(const std::string& account_sid, const JoinConference& terms);
  void drop_unused(const std::string& sid);
  base::Task<void> watch_call(
      std::string conference_sid, std::string call_sid, std::shared_ptr<Leg::Milestones> milestones
  );
  base::Task<base::Result<>> close_leftover(ConferenceRecord record);

  ConferencePlatform platform_;
  std::size_t most_per_account_ = 1000;
  bool abandoned_ = false;
  std::map<std::string, std::unique_ptr<Conference>> conferences_;
  std::map<std::pair<std::string, std::string>, std::string> by_name_;  // account, name: SID
  std::optional<base::TaskGroup> tasks_;
};

}  // namespace belfry::call
