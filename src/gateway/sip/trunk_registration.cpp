#include "gateway/sip/trunk_registration.hpp"

#include "base/log.hpp"

namespace belfry::gateway::sip {

using namespace belfry::sip;

TrunkRegistration::TrunkRegistration(
    Agent& agent, RegistrationClient::Settings settings, Where where
)
    : agent_(agent), client_(std::move(settings), agent.random()), where_(std::move(where)) {}

TrunkRegistration::~TrunkRegistration() {
  agent_.loop().cancel(timer_);
  agent_.forget(request_);
}

void TrunkRegistration::start() {
  client_.start(agent_.loop().now());
  pump();
}

void TrunkRegistration::pump() {
  while (auto request = client_.poll_transmit()) send(std::move(*request));
  while (const auto event = client_.poll_event()) {
    if (const auto* failed = std::get_if<RegistrationClient::Failed>(&*event)) {
      last_failure_ = failed->status;
      base::log::warning("sip.not_registered", {{"status", failed->status}});
    } else {
      last_failure_ = 0;
    }
  }
  agent_.loop().cancel(std::exchange(timer_, 0));
  const auto next = client_.next_timeout();
  if (!next) return;
  timer_ = agent_.loop().call_at(*next, [this] {
    timer_ = 0;
    client_.handle_timeout(agent_.loop().now());
    pump();
  });
}

void TrunkRegistration::send(RegistrationClient::Send request) {
  flow_ = where_();
  const std::uint64_t transaction = request.transaction;
  if (flow_) {
    const auto sent = agent_.send_request(
        std::move(request.message), *flow_, request.branch,
        [this, transaction](const Outcome& outcome) { handle(transaction, outcome); }
    );
    if (sent) {
      request_ = *sent;
      return;
    }
  }
  client_.handle_failure(transaction, 503, agent_.loop().now());
}

void TrunkRegistration::handle(std::uint64_t transaction, const Outcome& outcome) {
  const base::Instant now = agent_.loop().now();
  if (outcome.response == nullptr) {
    client_.handle_failure(transaction, outcome.status, now);
  } else if (outcome.status >= 200) {
    // Rule S5: only the address that was asked may ask for our password.
    const bool trusted = flow_ && outcome.from.remote.address == flow_->remote.address;
    client_.handle_response(
        transaction, *outcome.response,
        trusted ? ChallengeFrom::configured_trunk : ChallengeFrom::somebody_else, now
    );
  }
  pump();
}

}  // namespace belfry::gateway::sip
