#pragma once
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/random.hpp"
#include "call/endpoint.hpp"
#include "compat/twilio/voice_sdk/connection.hpp"
#include "compat/twilio/voice_sdk/device.hpp"
#include "compat/twilio/voice_sdk/reconnect_token.hpp"

namespace belfry::compat::twilio::voice_sdk {

class BrowserCall;

/// Where calls are known by their SID, and devices by who they are. Outlives both.
class CallHouse {
 public:
  virtual ~CallHouse() = default;
  virtual base::Loop& loop() = 0;
  virtual base::Random& random() = 0;
  virtual call::MediaPlane& media() = 0;
  virtual base::Result<std::unique_ptr<Connection>> connect() = 0;
  /// Destroys it on a later turn: it may be the one that is telling something.
  virtual void discard(std::unique_ptr<Connection> connection) = 0;
  virtual std::vector<Device*> devices_to_ring(const BrowserCall& call) = 0;
  virtual void add(BrowserCall& call) = 0;
  virtual void remove(BrowserCall& call) = 0;
};

/// A leg that is a page with the Voice SDK. Its signalling may move from socket to socket while
/// media goes on. An answer is told to the page before it is on disk, or no media could begin: a
/// page whose server is gone asks by its reconnect token, and is told that there is no such call
/// (rule R3). Control thread.
class BrowserCall final : public call::Endpoint, private ConnectionOwner {
 public:
  struct Party {
    std::string account_sid;
    std::string identity;
    std::string call_sid;
    std::string temporary_sid = {};  // TJS…, what a page that calls knows it by at first
  };
  /// We call: all devices of the identity ring, the first answer wins.
  /// @param invitation what the page gets to know of the call
  static std::unique_ptr<BrowserCall> outgoing(
      CallHouse& house, Party party, base::json::object invitation, call::EndpointListener& listener
  );
  /// A page calls: its offer has been answered with `answer`.
  static std::unique_ptr<BrowserCall> incoming(
      CallHouse& house, Party party, Device& device, std::unique_ptr<Connection> connection,
      std::string answer, call::EndpointListener& listener
  );
  ~BrowserCall() override;
  BrowserCall(const BrowserCall&) = delete;
  BrowserCall& operator=(const BrowserCall&) = delete;

  // call::Endpoint
  base::json::object initial_state() const override { return {{"client", party_.identity}}; }
  void dial() override;
  void ring() override;
  bool open_early_media() override;
  void answer() override;
  void hang_up(call::HangupCause cause) override;
  call::SeatId seat() const override;
  void on_words(const call::Words& /*words*/) override {}
  std::string_view kind() const override { return "client"; }

  const Party& party() const { return party_; }
  /// That the page has the call with; nullptr while it rings, and while its socket is lost.
  Device* device() const { return device_; }
  /// The device has the call, or rings with it.
  bool concerns(const Device& device) const;
  /// The device waits for somebody to answer.
  bool is_waiting(const Device& device) const;

  // --- What devices say; who is not concerned is not heard ---

  void on_answer(Device& device, const std::string& sdp);
  void on_reject(Device& device);
  void on_hangup(Device& device, const std::string& message);
  void on_reinvite(Device& device, const std::string& offer);
  void on_digits(const Device& device, const std::string& digits);
  /// By a device of the same identity. @return false when the token is not the call's.
  bool on_reattach(Device& device, const Invite& invite);
  void on_device_gone(Device& device);
  /// A device of the identity has registered: it rings too.
  void on_device_bound(Device& device);
  /// The device does not ring any more: it makes a call of its own.
  void withdraw_from(Device& device);
  /// Ends it with a word to the page.
  void end_with(const SignalError& error, call::Ending ending);
  /// Something that an application says to the page. @return false when nobody hears it.
  bool tell(const UserMessage& message);

 private:
  enum class State { idle, ringing, connecting, answered, ended };
  struct Invitation {
    Device* device;
    std::unique_ptr<Connection> connection;
  };

  BrowserCall(CallHouse& house, Party party, call::EndpointListener& listener);
  // ConnectionOwner
  void on_connected(Connection& connection) override;
  void on_failed(Connection& connection, gateway::webrtc::PeerFailure failure) override;

  void on_device_lost();
  void start_ringing();
  bool invite(Device& device);
  std::list<Invitation>::iterator invitation_of(const Device& device);
  void drop(std::list<Invitation>::iterator invitation, const call::Ending& why);
  void cancel_others(const Device* winner);
  void take_over(Device& device, std::unique_ptr<Connection> connection);
  bool forward_to(Device& device, const std::string& offer);
  void wait_for_media();
  void answer_is_complete();
  void open_sound();
  void stop_ring_back();
  void end(call::Ending ending);
  void send(Device& device, std::string_view what, const std::string& frame);
  void note_received(std::string_view what);
  void later(base::Work work);
  void start_timer(base::Duration delay, call::Ending ending);

  CallHouse& house_;
  Party party_;
  call::EndpointListener& listener_;
  base::json::object parameters_;  // of the invitation
  bool inbound_ = false;
  State state_ = State::idle;
  base::Instant connecting_since_{};
  Device* device_ = nullptr;
  std::chrono::seconds reconnect_timeout_{0};
  std::unique_ptr<Connection> connection_;
  std::string answer_sdp_;
  bool told_to_ring_ = false;
  bool early_media_ = false;  // the page has our SDP before the answer
  bool rings_back_ = false;   // ... and hears it ring
  ReconnectToken token_;
  std::list<Invitation> invitations_;
  std::optional<call::Ending> best_ending_;
  base::TimerId timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // shared with posted work
};

}  // namespace belfry::compat::twilio::voice_sdk
