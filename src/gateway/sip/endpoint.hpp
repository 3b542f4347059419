#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "call/endpoint.hpp"
#include "gateway/media/plane.hpp"
#include "gateway/sip/agent.hpp"
#include "gateway/sip/call_terms.hpp"
#include "gateway/sip/identifiers.hpp"
#include "gateway/sip/locating.hpp"
#include "gateway/sip/session_driver.hpp"
#include "gateway/sip/stored_call.hpp"
#include "gateway/sip/trunk_queue.hpp"

namespace belfry::gateway::sip {

/// What every SIP call stands on; outlives them.
struct CallContext {
  Agent& agent;
  media::Plane& plane;
  std::string media_address;  // IP literal in our SDP
  std::vector<belfry::sdp::LocalCodec> codecs;
  belfry::sip::SessionTimer::Settings session_timer = {};
  KeysOverPlain keys_over_plain = KeysOverPlain::forbidden;
};

/// A call that we make, as a carrier planned it.
struct OutgoingPlan {
  /// Forking: all contacts of a phone ring, the first answer wins. Fail-over: the next target is
  /// tried when one is dead or overloaded.
  enum class Order { all_at_once, one_after_the_other };

  std::string attempt_id;
  std::string owner;     // see `SessionDriver::set_owner`
  std::string from, to;  // header values without tag
  std::string contact_user;
  call::NamedValues headers = {};  // further ones of the INVITE
  std::vector<Target> targets;
  Order order = Order::one_after_the_other;
  std::optional<belfry::sip::DigestClient::Settings> credentials;
  belfry::sdp::Encryption encryption = belfry::sdp::Encryption::off;
  /// When there are no targets yet (a name that must be resolved): asked in `dial()`.
  std::function<base::Task<base::Result<std::vector<Target>>>()> locate;
  /// A target was silent or overloaded.
  std::function<void(const Target&)> on_target_failed;

  TrunkQueue::Place channel;  // given back when the call is over
};

/// A leg that is a SIP dialog: `InviteSession`s and one media seat. Control thread.
class SipEndpoint final : public call::Endpoint, private SessionDriver::Observer {
 public:
  /// @param state not empty after a restart (rule R3)
  /// @return Errc::unavailable when no media port is free.
  [[nodiscard]] static base::Result<std::unique_ptr<SipEndpoint>> outgoing(
      const CallContext& context, OutgoingPlan plan, const base::json::object& state,
      call::EndpointListener& listener
  );
  /// A call that came in; `seat` is the one that the session's answer names.
  static std::unique_ptr<SipEndpoint> incoming(
      const CallContext& context, SessionDriver& driver, media::Plane::NetworkSeat seat,
      TrunkQueue::Place channel, call::EndpointListener& listener
  );
  ~SipEndpoint() override;

  base::json::object initial_state() const override { return stored_.to_json(); }
  void dial() override;
  void ring() override;
  void answer() override;
  void confirm_answer() override;
  void hang_up(call::HangupCause cause) override;
  call::SeatId seat() const override { return media_agreed_ ? seat_.seat : call::SeatId{}; }
  void on_words(const call::Words& /*words*/) override {}
  base::Result<> refer(const std::string& target, const call::NamedValues& headers) override;
  void report_referral(int sip_status) override;
  std::string_view kind() const override { return "sip"; }

 private:
  SipEndpoint(
      const CallContext& context, OutgoingPlan plan, media::Plane::NetworkSeat seat,
      call::EndpointListener& listener
  );
  // SessionDriver::Observer
  void on_session_event(SessionDriver& driver, const belfry::sip::SessionEvent& event) override;
  void on_trace(std::string type, base::json::object data) override;
  std::optional<std::uint16_t> replaceable() const override;
  void replace(SessionDriver& with) override;
  void on_referral_event(SessionDriver& driver, const belfry::sip::SessionEvent& event);

  bool may_call(const Target& target) const;
  void prepare(std::size_t target);
  void prepare_targets();
  bool is_continued_exactly() const;
  base::Task<void> locate_and_dial();
  void wait_for_channel();
  void start_all();
  void drop(SessionDriver& driver);
  void keep_only(SessionDriver& winner);
  void on_answered(SessionDriver& driver, const belfry::sip::Answered& answered);
  void on_driver_ended(SessionDriver& driver, const belfry::sip::Ended& ended);
  bool try_next_target(const belfry::sip::Ended& ended);
  void set_media(const SessionDriver& driver, const belfry::sdp::AudioStream& audio);
  void tell_state(const SessionDriver* driver);
  void end_later(call::Ending ending);
  void end(call::Ending ending);

  CallContext context_;
  OutgoingPlan plan_;
  bool inbound_ = false;
  call::EndpointListener& listener_;
  call::ReferralProgress referral_;
  media::Plane::NetworkSeat seat_;
  StoredCall stored_;
  bool restored_ = false;
  std::vector<SessionDriver*> drivers_;  // owned by the agent; each until its `Ended`
  std::size_t target_ = 0;
  bool media_agreed_ = false, rang_ = false, answered_ = false, ended_ = false;
  std::optional<call::HangupCause> own_cause_;
  std::optional<call::Ending> best_ending_;
  std::string codec_;
  base::TimerId ending_timer_ = 0;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

}  // namespace belfry::gateway::sip
