#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "call/outside_recorder.hpp"
#include "gateway/sip/endpoint.hpp"
#include "gateway/sip/locating.hpp"
#include "gateway/sip/session_driver.hpp"
#include "gateway/sip/track_sender.hpp"

namespace belfry::gateway::sip {

/// A session recording server of the configuration.
struct RecorderSettings {
  std::string name;
  belfry::sip::Uri uri;  // sip: or sips:, with its port and transport
  std::string username;  // with `password`: digest
  std::string password;
  belfry::sdp::Encryption encryption = belfry::sdp::Encryption::off;
};

/// One call on its way to a recorder: a SIP dialog of our own with an m-line for each track, as a
/// session recording client (RFC 7866 section 6.1), and the audio, which comes from a tap of the
/// leg's seat. The audio passes the control thread: 50 times a second and track a frame is coded
/// (160 table look-ups) and sent (one system call), some 10 µs, beside what the tap itself costs.
/// Destroying it sends BYE or CANCEL; the agent sees that through. Control thread.
class RecordingSession final : private SessionDriver::Observer, private call::AudioTap {
 public:
  /// How long an address may take to answer; longer than the 32 s after which a silent one is dead.
  static constexpr base::Duration patience = std::chrono::seconds(40);

  /// Locates and calls the recorder on later turns. `listener` outlives the session.
  /// @return Errc::unavailable when no media port is free.
  static base::Result<std::unique_ptr<RecordingSession>> open(
      const CallContext& context, const RecorderSettings& recorder, const Locate& locate,
      call::OutsideRecordingOrder order, call::OutsideRecordingListener& listener
  );
  RecordingSession(const RecordingSession&) = delete;
  RecordingSession& operator=(const RecordingSession&) = delete;
  ~RecordingSession() override;

 private:
  RecordingSession(
      const CallContext& context, RecorderSettings recorder, call::OutsideRecordingOrder order,
      call::OutsideRecordingListener& listener
  );
  base::Result<> open_tracks();
  base::Task<void> locate_and_call(Locate locate);
  bool may_call(const Target& target) const;
  void call_next();
  belfry::sip::InviteSession::Settings session_settings(const Target& target) const;
  belfry::sip::InviteSession::Target invitation(const Target& target) const;
  std::string metadata() const;

  // SessionDriver::Observer
  void on_session_event(SessionDriver& driver, const belfry::sip::SessionEvent& event) override;
  void on_trace(std::string type, base::json::object data) override;
  // call::AudioTap
  void on_audio(
      call::Track track, base::Duration since_start, std::span<const std::int16_t> samples
  ) override;

  void start();
  void follow_agreement();
  void on_driver_ended(const belfry::sip::Ended& ended);
  void let_go();
  void end(base::Result<> how);

  CallContext context_;
  RecorderSettings recorder_;
  call::OutsideRecordingOrder order_;
  call::OutsideRecordingListener& listener_;
  std::vector<belfry::sdp::SentTrack> lines_;
  std::vector<TrackSender> senders_;  // one for each line
  std::vector<Target> targets_;
  std::size_t next_target_ = 0;
  SessionDriver* driver_ = nullptr;  // owned by the agent
  call::TapId tap_;
  base::TimerId patience_timer_ = 0;
  bool started_ = false, ended_ = false, gave_up_ = false;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

}  // namespace belfry::gateway::sip
