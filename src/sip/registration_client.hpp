#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/random.hpp"
#include "base/time.hpp"
#include "sip/digest_client.hpp"
#include "sip/message.hpp"

namespace belfry::sip {

/// Keeps us registered at one trunk (RFC 3261 section 10.2): REGISTER, digest, refresh at 80 % of
/// what was granted, back-off from 2 s to 5 min after failures. A machine on top of the transaction
/// layer, one request at a time; after each call drain both polls. Reads no clock; one thread.
class RegistrationClient {
 public:
  struct Settings {
    std::string call_id, local_tag, branch;  // from the caller; later branches are made from it
    std::string registrar;                   // Request-URI: "sip:trunk.example"
    std::string address_of_record;           // "sip:user@trunk.example"
    std::string contact;                     // "<sip:user@192.0.2.1:5060>"
    std::string user_agent = {};
    std::uint32_t expires_s = 600;
    std::optional<DigestClient::Settings> credentials;
  };
  /// A request without Via; the layer adds it with this branch.
  struct Send {
    std::uint64_t transaction = 0;
    Message message;
    std::string branch;
  };
  struct Registered {
    base::Duration granted{};
  };
  /// `status` 408, 503 or the registrar's; it tries again after `retry_in`.
  struct Failed {
    int status = 0;
    base::Duration retry_in{};
  };
  struct Unregistered {};
  using Event = std::variant<Registered, Failed, Unregistered>;
  enum class State { idle, registering, registered, waiting, unregistering, unregistered };

  RegistrationClient(Settings settings, base::Random& random);

  void start(base::Instant now);
  /// Takes the binding away; ends with `Unregistered`, whatever the registrar says.
  void stop(base::Instant now);
  void handle_response(
      std::uint64_t transaction, const Message& response, ChallengeFrom from, base::Instant now
  );
  /// @param status 408 nothing came, 503 the transport failed
  void handle_failure(std::uint64_t transaction, int status, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const { return next_at_; }
  std::optional<Send> poll_transmit() { return std::exchange(outbox_, std::nullopt); }
  std::optional<Event> poll_event() { return std::exchange(event_, std::nullopt); }

  State state() const { return state_; }
  /// A binding of ours is believed to live at the registrar.
  bool is_registered(base::Instant now) const { return expires_at_ && now < *expires_at_; }

 private:
  void send(std::uint32_t expires_s);
  void on_success(const Message& response, base::Instant now);
  void on_failure(int status, base::Duration at_least, base::Instant now);
  std::uint32_t granted_in(const Message& response) const;

  Settings settings_;
  base::Random& random_;
  std::optional<DigestClient> digest_;
  State state_ = State::idle;
  std::uint32_t cseq_ = 0;
  std::uint64_t transaction_ = 0;
  int failures_ = 0;
  bool raised_ = false;  // by 423, since the last success
  std::optional<base::Instant> next_at_, expires_at_;
  std::optional<Send> outbox_;
  std::optional<Event> event_;
};

}  // namespace belfry::sip
