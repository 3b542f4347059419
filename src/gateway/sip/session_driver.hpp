#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/json.hpp"
#include "call/party_terms.hpp"
#include "gateway/sip/agent.hpp"
#include "sip/invite_session.hpp"

namespace belfry::gateway::sip {

/// Runs one `InviteSession` on the agent: its transactions, its timers, and where its requests go.
/// Rule S2: that is the address of the leg's own peer, whatever Route, Contact or maddr say; only
/// the port may be the Contact's. Owned by the agent, which lets it finish its BYE or CANCEL after
/// its endpoint has gone. Control thread.
class SessionDriver {
 public:
  /// Called on turns of their own, never from inside a call to the driver.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_session_event(
        SessionDriver& driver, const belfry::sip::SessionEvent& event
    ) = 0;
    /// For the timeline: "sip.sent", "sip.received".
    virtual void on_trace(std::string type, base::json::object data) = 0;
    /// Another INVITE wants to take this call over (RFC 3891): the media port that its answer
    /// names, or nothing when that cannot be.
    virtual std::optional<std::uint16_t> replaceable() const { return std::nullopt; }
    virtual void replace(SessionDriver& /*with*/) {}
  };
  /// Whether challenges from the flow's address may be answered with the session's credentials
  /// (rule S5).
  enum class Peer { configured_trunk, somebody_else };

  SessionDriver(
      Agent& agent, belfry::sip::InviteSession session, belfry::sip::Flow flow, Peer peer
  );
  SessionDriver(const SessionDriver&) = delete;
  SessionDriver& operator=(const SessionDriver&) = delete;
  ~SessionDriver();

  /// Sends what is due: the first INVITE, or the answer to one that was refused at once.
  void start();
  /// Outgoing, before `start`: the INVITE as it will stand on the wire.
  std::string first_message() const;
  bool waits_for_start() const { return first_.has_value(); }
  void set_observer(Observer* observer) { observer_ = observer; }
  Observer* observer() const { return observer_; }
  /// Who the other end is, by its credentials or address: "phone desk1", "trunk panama"; empty for
  /// strangers. Only the same one may replace it.
  void set_owner(std::string owner) { owner_ = std::move(owner); }
  const std::string& owner() const { return owner_; }
  /// The endpoint goes: a BYE or CANCEL under way is finished, a call that was not hung up is
  /// dropped without a word. Do not use the driver any more.
  void release();

  // What the endpoint wants.
  void ring();
  void answer();
  void reject(int status);
  void hang_up(std::string_view reason);
  bool refer(const std::string& target, const call::NamedValues& headers);
  void answer_refer(int status);
  void report_referral(int status);
  /// sendonly is hold, sendrecv resume.
  void set_direction(belfry::sdp::Direction wanted);
  /// The ACK to the first 2xx, or our first 2xx, waits for `confirm_answer` (rule R3), unless the
  /// call is hung up before.
  void hold_answer() { holds_answer_ = true; }
  void confirm_answer();

  // What the agent brings.
  bool matches(const belfry::sip::Message& request) const;
  void handle_request(
      belfry::sip::ServerId transaction, const belfry::sip::Message& request,
      const belfry::sip::Flow& flow
  );
  void handle_ack(const belfry::sip::Message& ack);
  void handle_cancel(const belfry::sip::Message& cancel);

  const belfry::sip::InviteSession& session() const { return session_; }
  const belfry::sip::Flow& flow() const { return flow_; }

 private:
  struct Trace {
    std::string type;
    base::json::object data;
  };
  using Notice = std::variant<belfry::sip::SessionEvent, Trace>;

  void pump();
  void transmit(belfry::sip::SessionTransmit what);
  void send(const belfry::sip::SendRequest& request);
  void handle_outcome(std::uint64_t token, const Outcome& outcome);
  void note(std::string_view type, const belfry::sip::Message& message);
  void notify(Notice notice);
  void deliver();
  void schedule();
  void retire_if_finished();

  Agent& agent_;
  belfry::sip::InviteSession session_;
  belfry::sip::Flow flow_;
  Peer peer_;
  Observer* observer_ = nullptr;
  std::string owner_;
  std::optional<belfry::sip::SessionTransmit> first_;
  bool holds_answer_ = false;
  std::deque<belfry::sip::SessionTransmit> held_;
  std::map<std::uint64_t, belfry::sip::ClientId> requests_;  // by the session's token
  std::deque<Notice> notices_;
  base::TimerId delivery_ = 0;
  base::TimerId timer_ = 0;
  bool retired_ = false;
};

/// Where a request within a call goes (rule S2).
belfry::sip::Flow next_hop(const belfry::sip::Flow& flow, const belfry::sip::Message& request);

}  // namespace belfry::gateway::sip
