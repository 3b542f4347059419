#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "base/wait.hpp"
#include "call/endpoint.hpp"
#include "call/journal.hpp"
#include "call/media.hpp"
#include "call/program.hpp"
#include "call/record.hpp"
#include "media/doubled_keys.hpp"

namespace belfry::call {

struct Services;
struct LegUpdate;
class Hearing;
class LastWord;
class ReferralHandler;

/// Hears how playbacks end that it began itself, by way of the media plane. Control thread.
class PlaybackWatcher {
 public:
  virtual ~PlaybackWatcher() = default;
  virtual void on_playback_over(PlaybackId playback) = 0;
};

/// One party's connection while it lives: its state, its endpoint, its seat and the program that
/// drives it. Owned by the `Switchboard`; when it ends, everything that it owns is cancelled.
/// Control thread.
class Leg final : private EndpointListener, private SeatListener {
 public:
  Leg(Services& services, LegRecord record);
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;
  ~Leg() override;

  const LegRecord& record() const { return record_; }
  const std::string& sid() const { return record_.sid; }
  Services& services() { return services_; }
  base::Loop& loop();
  bool answered() const { return record_.answered.has_value(); }
  bool ended() const { return is_final(record_.status); }
  SeatId seat() const;
  SeatId joined_seat() const;  // `Endpoint::joined_seat`

  // --- Beginning (for the switchboard) ---

  /// Tries the routes of the dial plan until one answers or all have failed, then runs the program.
  void start_outbound();
  /// After a restart: takes up the stored attempt with the same first packet (rule R3).
  void resume();
  /// After a restart: ends what the stored attempt began, on the wire and in the record (rule R3).
  void end_after_restart();
  /// `endpoint` was made with `listener()`.
  void start_inbound(std::unique_ptr<Endpoint> endpoint);
  EndpointListener& listener() { return *this; }

  /// Lets go of the running program and everything that it holds (a bridge, a conference, a
  /// recording of a verb), and runs another. Before the answer of an outbound leg: that one runs
  /// then. Not from within the program itself.
  void redirect(ProgramSpec program);
  /// What an API wants of it. @return Errc::conflict when it is over, or answered and to be
  /// canceled.
  base::Result<> update(LegUpdate update);
  /// It has been told to end and does not live on.
  bool is_hanging_up() const { return own_ending_.has_value(); }

  /// Runs something beside the program, or in its place where there is none: a whisper, an
  /// announcement. It is cancelled, as the program is, when the leg ends or is redirected: whatever
  /// waits for this leg's sound or keys must run so, for it must not outlive the leg. It refers to
  /// nothing that may go before the leg.
  void drive(base::Task<void> task) { program_tasks_.spawn(std::move(task)); }

  // --- The verbs of programs ---

  /// Inbound: answers and waits until media flows. At once when it is answered already.
  /// @return Errc::cancelled when the leg ended instead.
  base::Task<base::Result<>> answer();
  /// Plays to the end. Destroying the task stops the sound. `words` go to the timeline and to the
  /// simulated phone that hears them.
  base::Task<void> play(Playback playback, Words words = {});
  /// Told of the end of each playback from now on; nullptr: nobody. It goes before the leg.
  void watch_playbacks(PlaybackWatcher* watcher) { playback_watcher_ = watcher; }
  /// Keys in the order in which they were pressed, from now on or since the last `forget_digits`.
  base::Task<char> next_digit();
  void forget_digits() { digits_.clear(); }
  /// Ends the leg in any state. The program is cancelled on a later turn.
  void hang_up(HangupCause cause, std::string detail = {});
  /// Writes a line of the timeline: "twiml.verb", "webhook.request", …
  void note(std::string type, base::json::object data);
  /// Kept up to date by the switchboard, for the record's end after a crash.
  void mark_seen(base::WallTime now) { record_.last_seen = now; }
  /// Its terminal callback tells of this recording, made for it by the leg that dialled it.
  void set_recorded(LegRecord::Recorded recorded) { record_.recorded = std::move(recorded); }
  /// Remembers the last error of the program and writes it into the timeline.
  void note_error(int code, std::string message);
  /// The same, and tells the account's debugger: for what no document's exchange belongs to.
  void report_error(int code, std::string message);
  /// Inbound, before the answer: the caller is told that it rings.
  void ring();
  /// Inbound, before the answer: from now on the caller hears what its seat gets.
  /// @return false where callers cannot.
  bool open_early_media();
  /// `told` learns when the party begins and stops to speak; an empty one: no longer.
  void watch_speech(std::function<void(bool speaking)> told);
  /// These words reach the party by other ways than `play`: from the room that it is in.
  void show_words(const Words& words);
  bool is_ringing() const { return record_.status == LegStatus::ringing; }
  /// Asks the party to call somebody else instead (SIP only). On success the party leaves us.
  /// @return Errc::unsupported where parties cannot be asked that, Errc::cancelled when the leg
  /// ends meanwhile.
  base::Task<base::Result<ReferralProgress>> refer(std::string target, NamedValues headers);
  /// To the party whose request a `ReferralHandler` took.
  void report_referral(int sip_status);

  /// Moments of a leg, for those who wait for them; they may outlive the leg.
  struct Milestones {
    explicit Milestones(base::Loop& loop)
        : rang(loop),
          early_media(loop),
          settled(loop),
          prepared(loop),
          redirected(loop),
          over(loop) {}
    base::Event rang;
    base::Event early_media;  // the seat hears the party before the answer
    base::Event settled;      // answered, or over without an answer
    base::Event prepared;     // answered, digits sent, asked who it is; or over
    base::Event redirected;   // it has a program of its own now
    base::Event over;
    bool was_answered = false;
    Ending ending;  // valid when over
  };
  std::shared_ptr<Milestones> milestones() const { return milestones_; }

 private:
  friend class Hearing;
  friend class LastWord;
  friend class ReferralHandler;
  class PlaybackWait;
  class MediaEnd;
  using AttemptOutcome = std::optional<Ending>;  // nothing: answered

  // EndpointListener
  void on_ringing() override;
  void on_early_media() override;
  void on_answered() override;
  void on_ended(Ending ending) override;
  void on_digit(char digit) override;
  void on_state(base::json::object state) override;
  void on_trace(std::string type, base::json::object data) override;
  void on_referral(const ReferralProgress& progress) override;
  bool on_refer_request(const std::string& target) override;
  // SeatListener
  void on_playback_started(PlaybackId playback) override;
  void on_playback_finished(PlaybackId playback) override;
  void on_seat_digit(char digit) override;
  void on_media_timeout() override;
  void on_speech(bool speaking) override;
  void on_beep(double hz) override;

  /// The only place where the status changes: checks the table, writes row, event and callback in
  /// one step.
  void enter(LegStatus next, base::json::object data = {});
  struct Step {
    Changes changes;
    EventRecord event;
  };
  /// The same without writing it: nothing when the table forbids it.
  std::optional<Step> take_step(LegStatus next, base::json::object data);
  void announce(const Step& step);
  base::Task<void> store_answer();
  void record_from_answer();
  EventRecord make_event(std::string type, base::json::object data);
  void add_callback(Changes& changes);
  void attach_seat();
  void follow_media();
  void leave_media();
  void note_failed_handshake(Handshake handshake);
  void finish(Ending ending);
  void accept_digit(char digit, media::DoubledKeys::Way way);
  void stop_playing();
  base::Task<void> run_outbound();
  base::Task<AttemptOutcome> try_route(Carrier& carrier, std::string caller_id);
  base::Task<void> run_resumed();
  void start_program();
  base::Task<void> run_program();
  base::Task<void> prepare();
  base::Task<void> detect_machine();
  base::Task<void> detect_in_background();
  void conclude_detection(AnsweredBy who, base::Duration took);
  void tell_detection(Changes& changes);
  base::Result<> open_endpoint();
  void start_timer(base::TimerId& timer, base::Duration delay, HangupCause cause);

  Services& services_;
  LegRecord record_;
  std::unique_ptr<Endpoint> endpoint_;
  SeatId listened_seat_;
  std::shared_ptr<MediaEnd> media_end_;     // shared with the media plane; from the answer on
  std::shared_ptr<Milestones> milestones_;  // shared with whoever waits for them
  base::Mailbox<AttemptOutcome> attempt_outcomes_;
  std::optional<Ending> own_ending_;  // why we hung up, if we did
  base::Mailbox<char> digits_;
  media::DoubledKeys doubled_keys_;
  std::function<void(bool)> speech_told_;
  PlaybackWait* playing_ = nullptr;
  bool prepared_ = false;
  // Owned by programs; each takes itself away when it goes.
  std::vector<Hearing*> hearings_;
  std::vector<LastWord*> last_words_;
  std::vector<std::weak_ptr<std::function<void(const std::string&)>>> referral_handlers_;
  base::Mailbox<ReferralProgress> referrals_;
  PlaybackWatcher* playback_watcher_ = nullptr;
  base::TimerId ring_timer_ = 0;
  base::TimerId duration_timer_ = 0;
  // Last: what runs in them uses the rest.
  base::TaskGroup tasks_;
  base::TaskGroup program_tasks_;
};

}  // namespace belfry::call
