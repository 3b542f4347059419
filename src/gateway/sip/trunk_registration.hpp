#pragma once
#include <functional>
#include <optional>
#include <string>

#include "gateway/sip/agent.hpp"
#include "sip/registration_client.hpp"

namespace belfry::gateway::sip {

/// Keeps us registered at a trunk, on the agent. Control thread.
class TrunkRegistration {
 public:
  using Where = std::function<std::optional<belfry::sip::Flow>()>;

  /// @param where the trunk's address at present; nothing while it is unknown
  TrunkRegistration(Agent& agent, belfry::sip::RegistrationClient::Settings settings, Where where);
  ~TrunkRegistration();

  void start();
  bool is_idle() const { return client_.state() == belfry::sip::RegistrationClient::State::idle; }
  bool is_registered() const { return client_.is_registered(agent_.loop().now()); }
  /// The registrar's last refusal; 0 when there was none since the last success.
  int last_failure() const { return last_failure_; }

 private:
  void pump();
  void send(belfry::sip::RegistrationClient::Send request);
  void handle(std::uint64_t transaction, const Outcome& outcome);

  Agent& agent_;
  belfry::sip::RegistrationClient client_;
  Where where_;
  std::optional<belfry::sip::Flow> flow_;
  belfry::sip::ClientId request_;
  base::TimerId timer_ = 0;
  int last_failure_ = 0;
};

}  // namespace belfry::gateway::sip
