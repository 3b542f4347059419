#include "gateway/sip/session_driver.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace std::chrono_literals;
using namespace belfry::sip;

/// Late answers of forks come for 64·T1; then the session is surely finished.
constexpr base::Duration linger = 33s;

bool is_answer(const SessionTransmit& what) {
  const auto* response = std::get_if<SendResponse>(&what);
  if (response == nullptr) return std::holds_alternative<SendAck>(what);
  const auto cseq = response->message.cseq();
  return response->message.status() == 200 && cseq && cseq->method() == Method::invite;
}

}  // namespace

Flow next_hop(const Flow& flow, const Message& request) {
  Flow hop = flow;
  if (is_reliable(flow.transport)) return hop;
  const auto routes = request.routes();
  const auto uri = routes && !routes->empty() ? routes->front().uri() : request.request_uri();
  if (uri && uri->is_sip() && uri->host == flow.remote.address)
    hop.remote.port = uri->port.value_or(5060);
  return hop;
}

SessionDriver::SessionDriver(Agent& agent, InviteSession session, Flow flow, Peer peer)
    : agent_(agent),
      session_(std::move(session)),
      flow_(std::move(flow)),
      peer_(peer),
      first_(session_.poll_transmit()) {}

SessionDriver::~SessionDriver() {
  for (const base::TimerId timer : {delivery_, timer_}) agent_.loop().cancel(timer);
  for (const auto& [token, request] : requests_) agent_.forget(request);
}

void SessionDriver::start() {
  if (auto first = std::exchange(first_, std::nullopt)) transmit(std::move(*first));
  pump();
}

std::string SessionDriver::first_message() const {
  const auto* request = first_ ? std::get_if<SendRequest>(&*first_) : nullptr;
  if (request == nullptr) return {};
  const std::string via = agent_.layer().via_value(flow_, request->branch);
  return std::string(with_top_header(request->message, HeaderId::via, via).text());
}

void SessionDriver::confirm_answer() {
  holds_answer_ = false;
  for (SessionTransmit& held : std::exchange(held_, {})) transmit(std::move(held));
}

void SessionDriver::release() {
  confirm_answer();
  observer_ = nullptr;
  notices_.clear();
  switch (session_.state()) {
    case InviteSession::State::cancelling:
    case InviteSession::State::ending:
    case InviteSession::State::ended:
      return retire_if_finished();
    case InviteSession::State::accepted:  // perhaps hung up, and the BYE waits for the ACK
      return;
    case InviteSession::State::calling:
    case InviteSession::State::proceeding:
    case InviteSession::State::incoming:
    case InviteSession::State::established:
      retired_ = true;
      return agent_.retire(*this);
  }
}

void SessionDriver::ring() {
  session_.ring(agent_.loop().now());
  pump();
}
void SessionDriver::answer() {
  session_.answer(agent_.loop().now());
  pump();
}
void SessionDriver::reject(int status) {
  session_.reject(status);
  pump();
}
void SessionDriver::hang_up(std::string_view reason) {
  session_.hang_up(reason);
  pump();
}

bool SessionDriver::refer(const std::string& target, const call::NamedValues& headers) {
  const bool sent = session_.refer(target, headers);
  pump();
  return sent;
}
void SessionDriver::answer_refer(int status) {
  session_.answer_refer(status);
  pump();
}
void SessionDriver::report_referral(int status) {
  session_.report_referral(status);
  pump();
}
void SessionDriver::set_direction(belfry::sdp::Direction wanted) {
  session_.set_direction(wanted, agent_.loop().now());
  pump();
}

bool SessionDriver::matches(const Message& request) const {
  const auto snapshot = session_.snapshot();
  return snapshot && Dialog::restore(*snapshot).matches(request);
}

void SessionDriver::handle_request(ServerId transaction, const Message& request, const Flow& flow) {
  note("sip.received", request);
  // A phone behind a NAT may get another port, a stream another connection; never another host.
  if (flow.remote.address == flow_.remote.address && flow.transport == flow_.transport &&
      matches(request))
    flow_ = flow;
  session_.handle_request(transaction.value, request, agent_.loop().now());
  pump();
}

void SessionDriver::handle_ack(const Message& ack) {
  note("sip.received", ack);
  session_.handle_ack(ack, agent_.loop().now());
  pump();
}

void SessionDriver::handle_cancel(const Message& cancel) {
  note("sip.received", cancel);
  session_.handle_cancel(cancel);
  pump();
}

void SessionDriver::pump() {
  while (auto next = session_.poll_transmit()) transmit(std::move(*next));
  while (auto event = session_.poll_event()) notify(std::move(*event));
  schedule();
  retire_if_finished();
}

void SessionDriver::transmit(SessionTransmit what) {
  if (holds_answer_ && is_answer(what)) return held_.push_back(std::move(what));
  if (!held_.empty()) confirm_answer();
  if (auto* request = std::get_if<SendRequest>(&what)) {
    send(*request);
  } else if (auto* ack = std::get_if<SendAck>(&what)) {
    note("sip.sent", ack->message);
    const Flow hop = next_hop(flow_, ack->message);
    agent_.send_ack(std::move(ack->message), hop, ack->branch);
  } else if (auto* response = std::get_if<SendResponse>(&what)) {
    note("sip.sent", response->message);
    agent_.respond(ServerId{response->transaction}, response->message);
  } else if (auto* cancel = std::get_if<SendCancel>(&what)) {
    const auto invite = requests_.find(cancel->invite);
    if (invite != requests_.end()) agent_.cancel(invite->second, cancel->reason);
    notify(Trace{"sip.sent", {{"method", "CANCEL"}}});
  }
}

void SessionDriver::send(const SendRequest& request) {
  note("sip.sent", request.message);
  const bool opens = request.message.to_tag().empty();
  const Flow hop = opens ? flow_ : next_hop(flow_, request.message);
  const std::uint64_t token = request.transaction;
  const auto sent = agent_.send_request(
      request.message, hop, request.branch,
      [this, token](const Outcome& outcome) { handle_outcome(token, outcome); }
  );
  if (sent) {
    requests_[token] = *sent;
  } else {
    session_.handle_failure(token, 503, agent_.loop().now());
  }
}

void SessionDriver::handle_outcome(std::uint64_t token, const Outcome& outcome) {
  const base::Instant now = agent_.loop().now();
  if (outcome.response == nullptr) {
    session_.handle_failure(token, outcome.status, now);
  } else {
    note("sip.received", *outcome.response);
    const bool trusted =
        peer_ == Peer::configured_trunk && outcome.from.remote.address == flow_.remote.address;
    session_.handle_response(
        token, *outcome.response,
        trusted ? ChallengeFrom::configured_trunk : ChallengeFrom::somebody_else, now
    );
  }
  pump();
}

void SessionDriver::note(std::string_view type, const Message& message) {
  base::json::object data;
  if (message.is_request()) {
    data["method"] = std::string(message.method_name().substr(0, 32));
  } else {
    data["status"] = message.status();
    if (const auto cseq = message.cseq())
      data["method"] = std::string(cseq->method_view.substr(0, 32));
  }
  data["peer"] = to_string(flow_.remote);
  notify(Trace{std::string(type), std::move(data)});
}

void SessionDriver::notify(Notice notice) {
  if (observer_ == nullptr) return;
  notices_.push_back(std::move(notice));
  if (delivery_ != 0) return;
  delivery_ = agent_.loop().call_at(agent_.loop().now(), [this] {
    delivery_ = 0;
    deliver();
  });
}

void SessionDriver::deliver() {
  while (!notices_.empty() && observer_ != nullptr) {
    Notice notice = std::move(notices_.front());
    notices_.pop_front();
    if (auto* trace = std::get_if<Trace>(&notice)) {
      observer_->on_trace(std::move(trace->type), std::move(trace->data));
    } else {
      observer_->on_session_event(*this, std::get<SessionEvent>(notice));
    }
  }
  retire_if_finished();
}

void SessionDriver::schedule() {
  agent_.loop().cancel(std::exchange(timer_, 0));
  auto next = session_.next_timeout();
  if (session_.state() == InviteSession::State::ended) next = agent_.loop().now() + linger;
  if (!next) return;
  timer_ = agent_.loop().call_at(*next, [this] {
    timer_ = 0;
    session_.handle_timeout(agent_.loop().now());
    pump();
  });
}

void SessionDriver::retire_if_finished() {
  if (retired_ || !notices_.empty() || !session_.finished(agent_.loop().now())) return;
  retired_ = true;
  observer_ = nullptr;  // it has had `Ended`, the last notice
  agent_.retire(*this);
}

}  // namespace belfry::gateway::sip
