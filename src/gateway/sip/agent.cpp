#include "gateway/sip/agent.hpp"

#include <algorithm>
#include <array>

#include "base/metrics.hpp"
#include "gateway/sip/session_driver.hpp"

namespace belfry::gateway::sip {
namespace {

using belfry::sip::ClientId;
using belfry::sip::Flow;
using belfry::sip::Message;
using belfry::sip::ServerId;

std::string key_of(std::string_view call_id, std::string_view local_tag) {
  return std::string(call_id) + '\n' + std::string(local_tag);
}

void count_request(const Message& request) {
  static std::map<belfry::sip::Method, base::metrics::Counter*> counters;
  base::metrics::Counter*& counter = counters[request.method()];
  if (counter == nullptr) {
    // Names of unknown methods come from strangers: they share one series.
    const bool known = request.method() != belfry::sip::Method::other;
    counter = &base::metrics::counter(
        "belfry_sip_requests_total", "SIP requests received",
        {{"method", known ? std::string(request.method_name()) : "other"}}
    );
  }
  counter->add();
}

void count_response(int status) {
  static std::array<base::metrics::Counter*, 7> counters{};  // one lookup a series, not a response
  auto*& counter = counters[static_cast<std::size_t>(std::clamp(status / 100, 0, 6))];
  if (counter == nullptr) {
    counter = &base::metrics::counter(
        "belfry_sip_responses_total", "SIP responses received",
        {{"class", std::to_string(status / 100) + "xx"}}
    );
  }
  counter->add();
}

}  // namespace

Agent::Agent(base::Loop& loop, base::Random& random, Transports& transports, Settings settings)
    : loop_(loop),
      random_(random),
      transports_(transports),
      settings_(std::move(settings)),
      layer_(settings_.layer, random) {}

Agent::~Agent() {
  for (const base::TimerId timer : {timer_, cleanup_}) loop_.cancel(timer);
}

void Agent::on_message(const Flow& flow, std::span<const std::byte> bytes) {
  auto sender = std::optional(belfry::sip::TransactionLayer::Sender::anybody);
  if (strangers_ != nullptr) sender = strangers_->lets_in(flow, bytes);
  if (!sender) return;
  layer_.handle_datagram(bytes, flow, loop_.now(), *sender);
  pump();
}

void Agent::on_transport_failure(const Flow& flow) {
  layer_.handle_transport_failure(flow, loop_.now());
  pump();
}

base::Result<ClientId> Agent::send_request(
    Message request, const Flow& flow, std::string_view branch, OutcomeHandler handler
) {
  const auto sent = layer_.send_request(std::move(request), flow, loop_.now(), branch);
  if (sent) handlers_.emplace(sent->value, std::move(handler));
  pump();
  return sent;
}

void Agent::cancel(ClientId invite, std::string_view reason) {
  layer_.cancel(invite, loop_.now(), reason);
  pump();
}

void Agent::send_ack(Message ack, const Flow& flow, std::string_view branch) {
  layer_.send_ack(std::move(ack), flow, branch);
  pump();
}

void Agent::respond(ServerId transaction, const Message& response) {
  layer_.respond(transaction, response, loop_.now());
  pump();
}

void Agent::refuse(
    ServerId transaction, const Message& request, int status,
    const std::vector<belfry::sip::Refusal::Line>& headers
) {
  auto builder = belfry::sip::response_to(request, status, layer_.to_tag(request));
  for (const auto& line : headers) builder.add(line.id, line.value);
  layer_.respond_and_forget(transaction, builder.build());
  pump();
}

SessionDriver& Agent::adopt(std::unique_ptr<SessionDriver> driver) {
  std::string key = key_of(driver->session().call_id(), driver->session().local_tag());
  return *drivers_.emplace(std::move(key), std::move(driver))->second;
}

void Agent::retire(SessionDriver& driver) {
  const auto key = key_of(driver.session().call_id(), driver.session().local_tag());
  const auto [first, last] = drivers_.equal_range(key);
  for (auto one = first; one != last; ++one) {
    if (one->second.get() != &driver) continue;
    retired_.push_back(std::move(one->second));
    drivers_.erase(one);
    break;
  }
  if (cleanup_ != 0) return;
  cleanup_ = loop_.call_at(loop_.now(), [this] {
    cleanup_ = 0;
    retired_.clear();
  });
}

bool Agent::uses_connection(std::uint64_t connection) const {
  return std::ranges::any_of(drivers_, [&](const auto& entry) {
    return entry.second->flow().connection == connection;
  });
}

std::string Agent::contact(const Flow& flow, std::string_view user, belfry::sip::Uri::Scheme scheme)
    const {
  using belfry::sip::Transport;
  const bool secure = flow.transport == Transport::tls;
  const std::uint16_t port = secure ? settings_.public_tls_port : settings_.public_port;
  auto uri = belfry::sip::Uri::sip(user, settings_.public_host, port);
  if (secure && scheme == belfry::sip::Uri::Scheme::sips) {
    uri.scheme = scheme;
  } else if (flow.transport != Transport::udp) {
    uri.set_param("transport", secure ? "tls" : "tcp");
  }
  return '<' + uri.to_string() + '>';
}

std::string Agent::retry_after() {
  return std::to_string(5 + random_.below(11));
}

void Agent::pump() {
  while (auto transmit = layer_.poll_transmit())
    transports_.send(transmit->flow, std::move(transmit->bytes));
  if (pumping_) return;  // what handles an event has sent something
  pumping_ = true;
  while (auto event = layer_.poll_event()) handle(std::move(*event));
  pumping_ = false;
  while (auto transmit = layer_.poll_transmit())
    transports_.send(transmit->flow, std::move(transmit->bytes));
  schedule();
}

void Agent::schedule() {
  if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
  const auto next = layer_.next_timeout();
  if (!next) return;
  timer_ = loop_.call_at(*next, [this] {
    timer_ = 0;
    layer_.handle_timeout(loop_.now());
    pump();
  });
}

SessionDriver* Agent::find(
    std::string_view call_id, std::string_view local_tag, std::string_view remote_tag
) const {
  const auto [first, last] = drivers_.equal_range(key_of(call_id, local_tag));
  for (auto one = first; one != last; ++one) {
    const auto dialog = one->second->session().snapshot();
    if (dialog && dialog->remote_tag == remote_tag) return one->second.get();
  }
  return nullptr;
}

SessionDriver* Agent::find(const Message& message) const {
  const auto [first, last] = drivers_.equal_range(key_of(message.call_id(), message.to_tag()));
  for (auto one = first; one != last; ++one)
    if (std::next(first) == last || one->second->matches(message)) return one->second.get();
  return nullptr;
}

void Agent::handle_request(const belfry::sip::RequestArrived& arrived) {
  count_request(arrived.request);
  if (arrived.request.to_tag().empty()) {
    if (strangers_ != nullptr)
      strangers_->on_request(arrived.transaction, arrived.request, arrived.flow);
    return;
  }
  // Rule S8: what claims to be within a call must name it.
  if (SessionDriver* driver = find(arrived.request))
    return driver->handle_request(arrived.transaction, arrived.request, arrived.flow);
  refuse(arrived.transaction, arrived.request, 481);
}

void Agent::finish(ClientId request, int status) {
  const auto handler = handlers_.extract(request.value);
  if (!handler.empty()) handler.mapped()(Outcome{status, nullptr, {}});
}

void Agent::handle(belfry::sip::TransactionEvent event) {
  using namespace belfry::sip;
  if (const auto* request = std::get_if<RequestArrived>(&event)) {
    handle_request(*request);
  } else if (const auto* ack = std::get_if<AckArrived>(&event)) {
    if (SessionDriver* driver = find(ack->ack)) driver->handle_ack(ack->ack);
  } else if (const auto* cancel = std::get_if<CancelArrived>(&event)) {
    // Our tag in a call that came in is the layer's, which is the same for its CANCEL.
    const auto found =
        drivers_.find(key_of(cancel->cancel.call_id(), layer_.to_tag(cancel->cancel)));
    if (found != drivers_.end()) found->second->handle_cancel(cancel->cancel);
  } else if (const auto* arrived = std::get_if<ResponseArrived>(&event)) {
    const int status = arrived->response.status();
    count_response(status);
    const auto found = handlers_.find(arrived->transaction.value);
    if (found == handlers_.end()) return;
    const OutcomeHandler handler = found->second;  // a copy: it may forget itself
    const auto cseq = arrived->response.cseq();
    const bool may_repeat = cseq && cseq->method() == Method::invite && status < 300;
    if (status >= 200 && !may_repeat) handlers_.erase(found);
    handler(Outcome{status, &arrived->response, arrived->flow});
  } else if (const auto* silent = std::get_if<ClientTimedOut>(&event)) {
    finish(silent->transaction, 408);
  } else if (const auto* broken = std::get_if<ClientTransportFailed>(&event)) {
    finish(broken->transaction, 503);
  }
  // ServerTransportFailed, AckMissing: the call hears of it when it misses the ACK or the media.
}

}  // namespace belfry::gateway::sip
