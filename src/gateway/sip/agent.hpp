#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/random.hpp"
#include "gateway/sip/transports.hpp"
#include "sip/transaction_layer.hpp"

namespace belfry::gateway::sip {

class SessionDriver;

/// What became of a request of ours: one call per response, `response` null when none will come
/// (then `status` is 408 nothing came, 503 the transport failed).
struct Outcome {
  int status = 0;
  const belfry::sip::Message* response = nullptr;
  belfry::sip::Flow from;
};
using OutcomeHandler = std::function<void(const Outcome&)>;

/// Gets what belongs to no call of ours.
class StrangerHandler {
 public:
  virtual ~StrangerHandler() = default;
  /// Looked at before a message is parsed. Nothing: it is dropped.
  virtual std::optional<belfry::sip::TransactionLayer::Sender> lets_in(
      const belfry::sip::Flow& flow, std::span<const std::byte> bytes
  ) = 0;
  /// A request without To tag.
  virtual void on_request(
      belfry::sip::ServerId transaction, const belfry::sip::Message& request,
      const belfry::sip::Flow& flow
  ) = 0;
};

/// The SIP user agent: the transaction layer on a loop's time, joined to the network and to the
/// calls (`SessionDriver`), which it owns until they have said their last word. Control thread.
class Agent final : public TransportReceiver {
 public:
  struct Settings {
    belfry::sip::TransactionLayer::Settings layer;
    std::string server_key;   // for `Identifiers`; stable over a restart
    std::string public_host;  // host of our Contact
    std::uint16_t public_port = 5060;
    std::uint16_t public_tls_port = 5061;
    std::string user_agent = "Belfry";
  };

  Agent(base::Loop& loop, base::Random& random, Transports& transports, Settings settings);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;
  ~Agent() override;

  void set_stranger_handler(StrangerHandler* handler) { strangers_ = handler; }

  // TransportReceiver
  void on_message(const belfry::sip::Flow& flow, std::span<const std::byte> bytes) override;
  void on_transport_failure(const belfry::sip::Flow& flow) override;

  // --- For whoever speaks SIP ---

  /// Sends a request with `branch` (empty: a random one). `handler` is called on later turns, at
  /// most until `forget`. Errors as of the layer.
  [[nodiscard]] base::Result<belfry::sip::ClientId> send_request(
      belfry::sip::Message request, const belfry::sip::Flow& flow, std::string_view branch,
      OutcomeHandler handler
  );
  void forget(belfry::sip::ClientId request) { handlers_.erase(request.value); }
  void cancel(belfry::sip::ClientId invite, std::string_view reason);
  void send_ack(belfry::sip::Message ack, const belfry::sip::Flow& flow, std::string_view branch);
  void respond(belfry::sip::ServerId transaction, const belfry::sip::Message& response);
  /// Once and without memory, for strangers (rule S3).
  void refuse(
      belfry::sip::ServerId transaction, const belfry::sip::Message& request, int status,
      const std::vector<belfry::sip::Refusal::Line>& headers = {}
  );

  /// Takes a call over. It gets what belongs to its Call-ID and our tag.
  SessionDriver& adopt(std::unique_ptr<SessionDriver> driver);
  /// For `SessionDriver`: it is over; it is destroyed on a later turn.
  void retire(SessionDriver& driver);
  /// The call of that Call-ID and those tags; nullptr when there is none.
  SessionDriver* find(
      std::string_view call_id, std::string_view local_tag, std::string_view remote_tag
  ) const;
  std::size_t live_sessions() const { return drivers_.size(); }
  /// A call goes over this stream.
  bool uses_connection(std::uint64_t connection) const;

  base::Loop& loop() { return loop_; }
  base::Random& random() { return random_; }
  Transports& transports() { return transports_; }
  const Settings& settings() const { return settings_; }
  belfry::sip::TransactionLayer& layer() { return layer_; }
  /// A Contact value for a peer on that flow: `<sip:user@host:port;transport=tcp>`. A call to a
  /// `sips:` URI needs a `sips:` Contact (RFC 5630 section 3.1.3).
  std::string contact(
      const belfry::sip::Flow& flow, std::string_view user = {},
      belfry::sip::Uri::Scheme scheme = belfry::sip::Uri::Scheme::sip
  ) const;
  /// A random number of seconds from 5 to 15, for Retry-After (rule O1).
  std::string retry_after();

 private:
  /// Sends what the layer wants sent and hands out what it has to say, until it is silent.
  void pump();
  void handle(belfry::sip::TransactionEvent event);
  void handle_request(const belfry::sip::RequestArrived& arrived);
  void finish(belfry::sip::ClientId request, int status);
  SessionDriver* find(const belfry::sip::Message& message) const;
  void schedule();

  base::Loop& loop_;
  base::Random& random_;
  Transports& transports_;
  Settings settings_;
  belfry::sip::TransactionLayer layer_;
  StrangerHandler* strangers_ = nullptr;
  std::map<std::uint64_t, OutcomeHandler> handlers_;
  /// By Call-ID and our tag; the branches of a parallel call share both.
  std::multimap<std::string, std::unique_ptr<SessionDriver>> drivers_;
  std::vector<std::unique_ptr<SessionDriver>> retired_;
  base::TimerId timer_ = 0;
  base::TimerId cleanup_ = 0;
  bool pumping_ = false;
};

}  // namespace belfry::gateway::sip
