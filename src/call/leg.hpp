#pragma once
#include <memory>
#include <string>

#include "base/task.hpp"
#include "base/wait.hpp"
#include "call/endpoint.hpp"
#include "call/media.hpp"
#include "call/program.hpp"
#include "call/record.hpp"

namespace belfry::call {

struct Services;

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

  // --- Beginning (for the switchboard) ---

  /// Tries the routes of the dial plan until one answers or all have failed, then runs the program.
  void start_outbound();
  /// After a restart: takes up the stored attempt (rule R3).
  void resume_outbound();
  /// `endpoint` was made with `listener()`.
  void start_inbound(std::unique_ptr<Endpoint> endpoint);
  EndpointListener& listener() { return *this; }

  // --- The verbs of programs ---

  /// Inbound: answers and waits until media flows. At once when it is answered already.
  /// @return Errc::cancelled when the leg ended instead.
  base::Task<base::Result<>> answer();
  /// Plays to the end. Destroying the task stops the sound. `words`: what is said in it, for the
  /// timeline and the simulated phone that hears it; empty for other sound.
  base::Task<void> play(Playback playback, std::string words = {});
  /// Keys in the order in which they were pressed, from now on or since the last `forget_digits`.
  base::Task<char> next_digit();
  void forget_digits() { digits_.clear(); }
  /// Ends the leg in any state. The program is cancelled on a later turn.
  void hang_up(HangupCause cause, std::string detail = {});
  /// Writes a line of the timeline: "twiml.verb", "webhook.request", …
  void note(std::string type, base::json::object data);
  /// Remembers the last error of the program and writes it into the timeline.
  void note_error(int code, std::string message);
  /// Waits for the end of the leg.
  base::Task<void> wait_until_ended();
  /// Waits for the answer; false when the leg ended without one.
  base::Task<bool> wait_until_answered();
  bool is_ringing() const { return record_.status == LegStatus::ringing; }

 private:
  struct PlaybackWait;

  // EndpointListener
  void on_ringing() override;
  void on_early_media() override;
  void on_answered() override;
  void on_ended(Ending ending) override;
  void on_digit(char digit) override;
  void on_state(base::json::object state) override;
  void on_trace(std::string type, base::json::object data) override;
  // SeatListener
  void on_playback_started(PlaybackId playback) override;
  void on_playback_finished(PlaybackId playback) override;
  void on_seat_digit(char digit) override;
  void on_media_timeout() override;

  /// The only place where the status changes: checks the table, writes row, event and callback in
  /// one step.
  void enter(LegStatus next, base::json::object data = {});
  void append_event(struct Changes& changes, std::string type, base::json::object data);
  void append_callback(struct Changes& changes, LegStatus status);
  void attach_seat();
  void finish(Ending ending);
  void accept_digit(char digit, std::string_view how);
  base::Task<void> dial_routes();
  base::Task<base::Result<>> open_attempt(Carrier& carrier, std::string caller_id);
  base::Task<void> run_program();
  void start_program();

  Services& services_;
  LegRecord record_;
  std::unique_ptr<Endpoint> endpoint_;
  SeatId listened_seat_;
  base::Event answered_event_;
  base::Event ended_event_;
  base::Mailbox<Ending> attempt_endings_;
  std::optional<Ending> own_ending_;  // why we hung up, if we did
  base::Mailbox<char> digits_;
  std::map<PlaybackId, PlaybackWait*> playing_;
  base::TimerId ring_timer_ = 0;
  base::TimerId duration_timer_ = 0;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

}  // namespace belfry::call
