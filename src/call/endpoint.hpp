#pragma once
#include <memory>
#include <string>

#include "base/json.hpp"
#include "call/media.hpp"
#include "call/party.hpp"
#include "call/party_terms.hpp"
#include "call/record.hpp"
#include "call/status.hpp"

namespace belfry::call {

/// What has come of `Endpoint::refer`: first whether the party takes it, then what it says of the
/// call that it makes (NOTIFY, RFC 3515 section 2.4.4).
struct ReferralProgress {
  int answer_status = 0;  // of the REFER itself: 202; 0 when nothing came
  int call_status = 0;    // of the new call: 100, 180, 200, 486 …; 0 while unknown
  bool over = false;      // nothing more will be said
};

/// What an endpoint tells its leg. Control thread. Never called from inside a call to the endpoint.
class EndpointListener {
 public:
  virtual ~EndpointListener() = default;
  virtual void on_ringing() = 0;
  /// Audio flows before the answer; the seat hears it.
  virtual void on_early_media() = 0;
  virtual void on_answered() = 0;
  /// The party or the network ended it; the last thing an endpoint says. The seat is gone.
  virtual void on_ended(Ending ending) = 0;
  /// A digit that came by signalling (SIP INFO); those in RTP come from the seat.
  virtual void on_digit(char digit) = 0;
  /// What must be known to continue or end the dialog after a restart has changed (rule R3).
  virtual void on_state(base::json::object state) = 0;
  /// For the timeline: "sip.sent", "sip.received" with method/status, "media.negotiated" with
  /// codec.
  virtual void on_trace(std::string type, base::json::object data) = 0;
  /// After `Endpoint::refer`.
  virtual void on_referral(const ReferralProgress& /*progress*/) {}
  /// The party asks to be replaced: that we call `target` (a URI) for the one it talks to (an
  /// incoming REFER). @return whether somebody will; else the endpoint refuses. What comes of it
  /// follows by `Endpoint::report_referral`.
  virtual bool on_refer_request(const std::string& /*target*/) { return false; }
};

/// How a leg reaches its party: a SIP dialog, a simulated phone. The leg owns it; destroying it
/// ends it without a word to the other side, so a leg hangs up first. Control thread.
class Endpoint {
 public:
  virtual ~Endpoint() = default;

  /// Outbound only: what must be on disk before the first packet leaves, so that `dial()` can
  /// repeat that packet after a crash (rule R3). The leg commits it with the attempt.
  virtual base::json::object initial_state() const { return {}; }
  /// Outbound only: starts the attempt; the first packet leaves in here or later, never before.
  virtual void dial() = 0;
  /// Inbound only, before the answer: the caller is told that it rings.
  virtual void ring() = 0;
  /// Inbound only, before the answer: from now on the caller hears what its seat gets, in place of
  /// ringing. @return false where the protocol, or this caller, has no early media.
  virtual bool open_early_media() { return false; }
  /// Inbound only. `on_answered` follows when the media is up.
  virtual void answer() = 0;
  /// The answer is on disk with what is needed to end the call: it may be told to the party (rule
  /// R3). Follows `on_answered`.
  virtual void confirm_answer() {}
  /// Ends it in whatever state it is: cancels, rejects or hangs up. `on_ended` follows in the end.
  virtual void hang_up(HangupCause cause) = 0;
  /// Its place in the media plane; none until the media is agreed.
  virtual SeatId seat() const = 0;
  /// The seat that another leg is joined with, to talk to this one's party. An application's is not
  /// the one that it plays to: its party is whoever it is joined with.
  virtual SeatId joined_seat() const { return seat(); }
  /// These words are being played to the party from now on. A simulated phone shows them; others
  /// ignore it.
  virtual void on_words(const Words& words) = 0;
  /// Answered only: asks the party to call `target` (a SIP URI) instead of us (REFER, RFC 3515).
  /// `on_referral` follows.
  /// @return Errc::unsupported where parties cannot be asked that.
  virtual base::Result<> refer(const std::string& /*target*/, const NamedValues& /*headers*/) {
    return base::fail(base::Errc::unsupported, "this party cannot be referred to another");
  }
  /// What has come of the request that `on_refer_request` took: a SIP status of 200 or more. The
  /// party hangs up then, or is hung up.
  virtual void report_referral(int /*sip_status*/) {}
  virtual std::string_view kind() const = 0;  // "sip", "simulator"
};

/// What makes endpoints for outgoing legs: a SIP trunk, the registered phones, the simulator. Lives
/// as long as the server. Control thread.
class Carrier {
 public:
  virtual ~Carrier() = default;
  virtual std::string_view name() const = 0;
  /// False while it is known to be down; a route with another carrier is then tried first.
  virtual bool available() const = 0;
  /// Prepares an endpoint and sends nothing. `attempt.state` is not empty after a restart: then the
  /// endpoint takes up that dialog, `dial()` repeats the first packet byte for byte and `hang_up()`
  /// ends it.
  /// @return Errc::not_found when the carrier does not know the party, Errc::unavailable when it is
  /// full.
  virtual base::Result<std::unique_ptr<Endpoint>> open(
      const Party& party, const Attempt& attempt, EndpointListener& listener
  ) = 0;
};

}  // namespace belfry::call
