#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "sip/flow.hpp"
#include "sip/message.hpp"
#include "sip/request_check.hpp"
#include "sip/transaction.hpp"

namespace belfry::sip {

using ClientId = base::Id<struct ClientTransactionTag>;
using ServerId = base::Id<struct ServerTransactionTag>;

/// What the layer tells its core (dialogs, registrar). A request's top Via already holds the source
/// (`received`, `rport`), so a response copied from it does too.
struct RequestArrived {
  ServerId transaction;
  Message request;  // never ACK or CANCEL
  Flow flow;
};
/// An ACK that no transaction waits for: the ACK to a 2xx, for the dialog; or to a refusal that was
/// sent statelessly, for nobody.
struct AckArrived {
  Message ack;
  Flow flow;
};
/// The CANCEL has its 200; the INVITE, which has no final answer yet, wants a 487.
struct CancelArrived {
  ServerId invite;
  Message cancel;
};
/// Provisional and final responses; each 2xx of an INVITE, also repeated ones (ACK them again).
struct ResponseArrived {
  ClientId transaction;
  Message response;
  Flow flow;
};
struct ClientTimedOut {
  ClientId transaction;
};
struct ClientTransportFailed {
  ClientId transaction;
};
struct ServerTransportFailed {
  ServerId transaction;
};
/// Nobody acknowledged the final answer (300 or more) of this INVITE.
struct AckMissing {
  ServerId transaction;
};
using TransactionEvent = std::variant<
    RequestArrived, AckArrived, CancelArrived, ResponseArrived, ClientTimedOut,
    ClientTransportFailed, ServerTransportFailed, AckMissing>;

/// Bytes of one message and where they go.
struct Transmit {
  Flow flow;
  std::string bytes;
};

/// All transactions of one user agent (RFC 3261 §17, §18; RFC 6026): matches messages to machines,
/// keeps their timers, refuses what is broken or too much. Sans-IO, one thread, never throws. After
/// each call drain poll_transmit and poll_event, then wait until next_timeout.
/// Memory: about 1 kB a transaction, of which `Limits` allow so many. Responses go to where the
/// request came from, whatever its Via says (rule S3).
class TransactionLayer {
 public:
  /// What the owner knows of a sender before the message is read.
  enum class Sender : bool { anybody, trunk };
  struct Limits {
    // A call's two requests stay for 64*T1 each, so 800 calls a second are 51,200 transactions.
    std::size_t trunk_servers = 200000;   // of all trunks together
    std::size_t servers = 20000;          // of all others; twice that for requests with a To tag
    std::size_t servers_per_peer = 2000;  // of these per source address
    std::size_t clients = 200000;
    std::uint32_t retry_after_seconds = 5;  // in our 503
  };
  struct Settings {
    TransactionTimers timers;
    Limits limits;
    /// Host and port for our Via per transport; empty: the flow's local address.
    std::string sent_by_udp, sent_by_tcp, sent_by_tls;
    std::string product = "Belfry";  // Server header of our own refusals; empty: none
    std::string tag_key;             // secret, 32 random bytes, stable over a restart
  };
  struct Counters {
    std::uint64_t refused = 0;  // broken, merged, overload: answered without state
    std::uint64_t dropped = 0;  // not answered at all
  };

  TransactionLayer(Settings settings, base::Random& random);

  /// One datagram, or one message that StreamFramer cut out.
  void handle_datagram(
      std::span<const std::byte> bytes, const Flow& flow, base::Instant now,
      Sender sender = Sender::anybody
  );
  /// The connection broke, or the socket reported that the peer is unreachable.
  void handle_transport_failure(const Flow& flow, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  std::optional<Transmit> poll_transmit();
  std::optional<TransactionEvent> poll_event();

  /// Starts a client transaction. A message without Via gets one on top, with `branch` or a random
  /// one. The same Call-ID, From tag, CSeq and branch give the same bytes, also after a restart
  /// (rule R3). Not for ACK.
  /// Errors: Errc::conflict (this branch and method is under way), Errc::unavailable (too many).
  [[nodiscard]] base::Result<ClientId> send_request(
      Message request, const Flow& destination, base::Instant now, std::string_view branch = {}
  );
  /// RFC 3261 §9.1: sends CANCEL as soon as a provisional response is there. Its own response is
  /// not reported. The INVITE ends with a final response (487, or the 2xx that crossed) or
  /// ClientTimedOut.
  /// @param reason a Reason header value (RFC 3326), or empty
  /// @return false when there is nothing to cancel any more.
  bool cancel(ClientId invite, base::Instant now, std::string_view reason = {});
  /// Sends what no transaction of ours repeats: the ACK to a 2xx. Adds a Via when there is none.
  void send_ack(Message ack, const Flow& destination, std::string_view branch = {});

  /// Answers. @return false when the transaction is gone or has had its final answer.
  bool respond(ServerId transaction, const Message& response, base::Instant now);
  /// Answers once, and forgets the transaction: retransmissions count as new requests. For 401,
  /// 403, 404 to strangers (rule S3). Says nothing when the answer is over three times the request.
  void respond_and_forget(ServerId transaction, const Message& response);
  /// The same for a request that has no transaction.
  void respond_statelessly(const Message& request, const Flow& flow, const Refusal& refusal);

  /// The To tag for whatever answers this request, the same each time (RFC 3261 §8.2.7): a MAC over
  /// Call-ID, From tag and branch. A CANCEL gets the tag of its INVITE. Use it for dialogs too.
  std::string to_tag(const Message& request) const;
  std::string new_branch();
  /// A Via value: `SIP/2.0/UDP host:port;branch=...;rport`.
  std::string via_value(const Flow& flow, std::string_view branch) const;

  /// The INVITE still waits for its final answer.
  bool is_open(ServerId transaction) const;
  std::size_t client_count() const { return clients_.size(); }
  std::size_t server_count() const { return servers_.size(); }
  const Counters& counters() const { return counters_; }

 private:
  enum class Reported : bool { no, yes };
  enum class CancelWish : std::uint8_t { none, wanted, sent };
  struct Client {
    std::variant<InviteClientTransaction, ClientTransaction> machine;
    Flow flow;
    std::string key;
    Message request;  // emptied when nothing is left to repeat or to cancel
    std::string ack;
    std::string cancel_reason;
    base::Instant scheduled = never;
    Reported reported = Reported::yes;
    CancelWish cancel = CancelWish::none;
  };
  struct Server {
    std::variant<InviteServerTransaction, ServerTransaction> machine;
    Flow flow;
    std::string key, merge_key;
    std::string response;  // the last one; at first, for INVITE, the 100 that may be due
    std::size_t request_size = 0;
    base::Instant scheduled = never;
    Sender sender = Sender::anybody;
  };
  struct Timer {
    base::Instant when;
    std::uint64_t id;
    auto operator<=>(const Timer&) const = default;
  };
  using Clients = std::map<std::uint64_t, Client>;
  using Servers = std::map<std::uint64_t, Server>;

  void handle_request(Message request, const Flow& flow, base::Instant now, Sender sender);
  void handle_ack(Message ack, const Flow& flow, base::Instant now);
  void handle_cancel(Message cancel, const Flow& flow, base::Instant now, Sender sender);
  void handle_response(Message response, const Flow& flow, base::Instant now);
  bool has_room_for(const Message& request, const Flow& flow, Sender sender) const;
  /// Its id is last_id_.
  void open_server(
      const Message& request, std::string key, const Flow& flow, base::Instant now, Sender sender
  );
  void start_client(
      Message request, const Flow& flow, std::string key, Reported reported, base::Instant now
  );
  void send_cancel(Client& invite, base::Instant now);
  void settle(Clients::iterator client);
  void settle(Servers::iterator server);
  void forget(Servers::iterator server);
  void transmit(const Flow& flow, std::string_view bytes);
  void transmit_small(const Flow& flow, std::string_view bytes, std::size_t request_size);
  void schedule(std::uint64_t id, base::Instant& scheduled, std::optional<base::Instant> next);
  void drop_stale_timers();
  Message with_via(Message message, const Flow& flow, std::string_view branch);

  Settings settings_;
  base::Random& random_;
  std::uint64_t last_id_ = 0;
  Clients clients_;
  Servers servers_;
  std::unordered_map<std::string, std::uint64_t> client_keys_, server_keys_, merge_keys_;
  std::unordered_map<std::string, std::size_t> servers_of_peer_;  // that is no trunk
  std::size_t trunk_servers_ = 0;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::deque<Transmit> outbox_;
  std::deque<TransactionEvent> events_;
  Counters counters_;
};

}  // namespace belfry::sip
