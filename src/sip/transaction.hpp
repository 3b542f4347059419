#pragma once
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "sip/flow.hpp"

/// The four transaction machines of RFC 3261 §17 with the Accepted state of RFC 6026, and the one
/// that repeats a 2xx until its ACK. Sans-IO: no bytes in here, no clock; they say *when* to send
/// *which* of the owner's messages. After each handle, drain poll_transmit and poll_event, then
/// look at is_terminated. One thread. A few words of memory each. Never throw.
namespace belfry::sip {

/// RFC 3261 table 4. Retransmission only where the transport loses packets.
struct TransactionTimers {
  base::Duration t1 = std::chrono::milliseconds(500);
  base::Duration t2 = std::chrono::seconds(4);
  base::Duration t4 = std::chrono::seconds(5);
  base::Duration trying_after = std::chrono::milliseconds(200);  // 100 if the core is slow
  base::Duration lifetime() const { return 64 * t1; }            // timers B, F, H, J, L, M
};

enum class Reliability : bool { unreliable, reliable };
inline Reliability reliability_of(Transport transport) {
  return is_reliable(transport) ? Reliability::reliable : Reliability::unreliable;
}

/// What poll_event of a machine can say: the other side was silent for 64*T1.
struct GaveUp {};

inline constexpr base::Instant never = base::Instant::max();

/// RFC 3261 §17.1.1 and RFC 6026 §7.2.
class InviteClientTransaction {
 public:
  enum class State : std::uint8_t { calling, proceeding, accepted, completed, terminated };
  enum class Send : std::uint8_t { request, ack };

  InviteClientTransaction(
      const TransactionTimers& timers, Reliability reliability, base::Instant now
  );
  /// @return true when the core must see this response; false for a retransmission.
  bool handle_response(int status, base::Instant now);
  /// A CANCEL went out: without a final answer in 64*T1 this ends as if timed out (§9.1).
  void handle_cancel_sent(base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  std::optional<Send> poll_transmit();
  std::optional<GaveUp> poll_event();
  State state() const { return state_; }
  bool is_terminated() const { return state_ == State::terminated; }

 private:
  void enter(State next, base::Instant until);

  TransactionTimers timers_;
  base::Instant resend_at_ = never;  // timer A
  base::Instant ends_at_ = never;    // timers B, D, M
  base::Duration interval_;
  Reliability reliability_;
  State state_ = State::calling;
  bool request_due_ = true, ack_due_ = false, gave_up_ = false;
};

/// RFC 3261 §17.1.2.
class ClientTransaction {
 public:
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  enum class Send : std::uint8_t { request, ack };  // never `ack`: the same words for both clients

  ClientTransaction(const TransactionTimers& timers, Reliability reliability, base::Instant now);
  bool handle_response(int status, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  std::optional<Send> poll_transmit();
  std::optional<GaveUp> poll_event();
  State state() const { return state_; }
  bool is_terminated() const { return state_ == State::terminated; }

 private:
  TransactionTimers timers_;
  base::Instant resend_at_ = never;  // timer E
  base::Instant ends_at_;            // timers F, K
  base::Duration interval_;
  Reliability reliability_;
  State state_ = State::trying;
  bool request_due_ = true, gave_up_ = false;
};

/// RFC 3261 §17.2.1 and RFC 6026 §7.1.
class InviteServerTransaction {
 public:
  enum class State : std::uint8_t { proceeding, accepted, completed, confirmed, terminated };
  /// `trying`: a 100, because the core has said nothing for 200 ms. `response`: the latest one.
  enum class Send : std::uint8_t { trying, response };

  InviteServerTransaction(
      const TransactionTimers& timers, Reliability reliability, base::Instant now
  );
  /// The INVITE again.
  void handle_request(base::Instant now);
  void handle_ack(base::Instant now);
  /// The core answers. @return false when the state does not allow it any more; then nothing is
  /// sent. In `accepted` further 2xx pass (their owner repeats them, see ReliableFinal).
  bool handle_send(int status, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  std::optional<Send> poll_transmit();
  std::optional<GaveUp> poll_event();  // timer H: no ACK to a final answer of 300 or more
  State state() const { return state_; }
  bool is_terminated() const { return state_ == State::terminated; }

 private:
  void start_completed(base::Instant now);

  TransactionTimers timers_;
  base::Instant trying_at_ = never, resend_at_ = never;  // -, timer G
  base::Instant ends_at_ = never;                        // timers H, I, L
  base::Duration interval_;
  Reliability reliability_;
  State state_ = State::proceeding;
  bool has_answered_ = false, trying_due_ = false, response_due_ = false, gave_up_ = false;
};

/// RFC 3261 §17.2.2. A core that never answers is forgotten after 64*T1, when the client has given
/// up too (RFC 4320 §4.2: no 408 then).
class ServerTransaction {
 public:
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  enum class Send : std::uint8_t { trying, response };  // never `trying` (RFC 4320 §4.1)

  ServerTransaction(const TransactionTimers& timers, Reliability reliability, base::Instant now);
  void handle_request(base::Instant now);
  bool handle_send(int status, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  std::optional<Send> poll_transmit();
  std::optional<GaveUp> poll_event() { return std::nullopt; }
  State state() const { return state_; }
  bool is_terminated() const { return state_ == State::terminated; }

 private:
  TransactionTimers timers_;
  base::Instant ends_at_;  // timer J
  Reliability reliability_;
  State state_ = State::trying;
  bool response_due_ = false;
};

/// Repeats a 2xx to INVITE (or a reliable provisional, RFC 3262 §3) over any transport: T1,
/// doubling up to T2, until the ACK (RFC 3261 §13.3.1.4). The dialog's owner sends the first one
/// itself. After 64*T1 `poll_event` says GaveUp: the owner sends BYE (rule S9).
class ReliableFinal {
 public:
  ReliableFinal(const TransactionTimers& timers, base::Instant first_sent);
  void handle_ack();  // or PRACK
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  /// True when the response must go out once more.
  bool poll_transmit();
  std::optional<GaveUp> poll_event();
  bool is_done() const { return ends_at_ == never; }

 private:
  base::Duration interval_, maximum_;
  base::Instant resend_at_, ends_at_;
  bool due_ = false, gave_up_ = false;
};

}  // namespace belfry::sip
