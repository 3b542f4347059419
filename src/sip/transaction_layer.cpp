#include "sip/transaction_layer.hpp"

#include <cassert>

#include "base/encoding.hpp"
#include "sip/transaction_key.hpp"

namespace belfry::sip {
namespace {

using base::Errc;
using base::fail;
using base::Instant;
using base::Result;

bool is_same_way(const Flow& broken, const Flow& used) {
  return broken.transport == used.transport && broken.remote == used.remote &&
         (broken.connection == 0 || used.connection == 0 || broken.connection == used.connection);
}

/// ACK (§17.1.1.3) and CANCEL (§9.1) repeat the INVITE's Request-URI, top Via, From, Call-ID, Route
/// and CSeq number.
MessageBuilder follow_up(const Message& invite, Method method, std::string_view to) {
  const std::string_view name = to_string(method);
  MessageBuilder builder = MessageBuilder::request(name, invite.request_uri_text());
  const auto vias = invite.values(HeaderId::via);
  const auto cseq = invite.cseq();
  assert(vias && !vias->empty() && cseq);  // send_request let nothing else in
  builder.add(HeaderId::via, vias->front());
  builder.copy(invite, HeaderId::from).add(HeaderId::to, to).copy(invite, HeaderId::call_id);
  builder.add(HeaderId::cseq, std::to_string(cseq->number) + ' ' + std::string(name));
  builder.copy(invite, HeaderId::route).add(HeaderId::max_forwards, 70);
  return builder;
}

}  // namespace

TransactionLayer::TransactionLayer(Settings settings, base::Random& random)
    : settings_(std::move(settings)), random_(random) {}

void TransactionLayer::handle_datagram(
    std::span<const std::byte> bytes, const Flow& flow, Instant now, Sender sender
) {
  const Framing framing = is_reliable(flow.transport) ? Framing::stream : Framing::datagram;
  Parsed parsed = parse(bytes, framing);
  if (parsed.kind == Parsed::Kind::drop) {
    ++counters_.dropped;
    return;
  }
  Message& message = parsed.message;
  if (!message.is_request()) return handle_response(std::move(message), flow, now);
  stamp_source(message, flow.remote.address, flow.remote.port);
  if (parsed.kind == Parsed::Kind::refuse)
    return respond_statelessly(message, flow, {parsed.status, {}, std::move(parsed.why)});
  if (message.method() == Method::ack) {
    handle_ack(std::move(message), flow, now);
  } else if (message.method() == Method::cancel) {
    handle_cancel(std::move(message), flow, now, sender);
  } else {
    handle_request(std::move(message), flow, now, sender);
  }
}

void TransactionLayer::handle_response(Message response, const Flow& flow, Instant now) {
  const auto vias = response.values(HeaderId::via);
  const auto key = client_keys_.find(client_key(response));
  // RFC 3261 §8.1.3.3: a second Via means that it was not meant for us (RFC 4475 bcast).
  if (!vias || vias->size() != 1 || key == client_keys_.end()) {
    ++counters_.dropped;
    return;
  }
  const auto found = clients_.find(key->second);
  const std::uint64_t id = found->first;
  Client& client = found->second;
  const int status = response.status();
  auto* invite = std::get_if<InviteClientTransaction>(&client.machine);
  if (invite != nullptr && status >= 300 && client.ack.empty() && !client.request.text().empty()) {
    const std::string_view to = response.header(HeaderId::to).value_or("");
    client.ack = follow_up(client.request, Method::ack, to).build().text();
  }
  const bool is_news = std::visit(
      [&](auto& machine) { return machine.handle_response(status, now); }, client.machine
  );
  if (invite != nullptr && client.cancel == CancelWish::wanted &&
      invite->state() == InviteClientTransaction::State::proceeding)
    send_cancel(client, now);
  if (status >= 200) client.request = Message();  // timers D, K, M hold what is left: keep it small
  if (is_news && client.reported == Reported::yes)
    events_.push_back(ResponseArrived{ClientId{id}, std::move(response), flow});
  settle(found);
  drop_stale_timers();
}

Result<ClientId> TransactionLayer::send_request(
    Message request, const Flow& destination, Instant now, std::string_view branch
) {
  assert(request.is_request() && request.method() != Method::ack);
  if (clients_.size() >= settings_.limits.clients)
    return fail(Errc::unavailable, "too many client transactions");
  Message message = with_via(std::move(request), destination, branch);
  std::string key = client_key(message);
  if (key.empty()) return fail(Errc::invalid_argument, "request without a CSeq");
  if (client_keys_.contains(key)) return fail(Errc::conflict, "this branch is under way");
  start_client(std::move(message), destination, std::move(key), Reported::yes, now);
  return ClientId{last_id_};
}

void TransactionLayer::start_client(
    Message request, const Flow& flow, std::string key, Reported reported, Instant now
) {
  const std::uint64_t id = ++last_id_;
  const Reliability reliability = reliability_of(flow.transport);
  const bool is_invite = request.method() == Method::invite;
  Client client{
      ClientTransaction(settings_.timers, reliability, now),
      flow,
      std::move(key),
      std::move(request),
      {},
      {}
  };
  if (is_invite) client.machine = InviteClientTransaction(settings_.timers, reliability, now);
  client.reported = reported;
  client_keys_.emplace(client.key, id);
  const auto place = clients_.emplace(id, std::move(client)).first;
  settle(place);
}

bool TransactionLayer::cancel(ClientId invite, Instant now, std::string_view reason) {
  const auto found = clients_.find(invite.value);
  if (found == clients_.end()) return false;
  Client& client = found->second;
  auto* machine = std::get_if<InviteClientTransaction>(&client.machine);
  if (machine == nullptr) return false;
  using State = InviteClientTransaction::State;
  const State state = machine->state();
  if (state != State::calling && state != State::proceeding) return false;
  if (client.cancel == CancelWish::sent) return true;
  client.cancel = CancelWish::wanted;
  client.cancel_reason = reason;
  if (state == State::proceeding) send_cancel(client, now);
  settle(found);
  drop_stale_timers();
  return true;
}

void TransactionLayer::send_cancel(Client& invite, Instant now) {
  invite.cancel = CancelWish::sent;
  std::get<InviteClientTransaction>(invite.machine).handle_cancel_sent(now);
  const std::string_view to = invite.request.header(HeaderId::to).value_or("");
  MessageBuilder builder = follow_up(invite.request, Method::cancel, to);
  if (!invite.cancel_reason.empty()) builder.add(HeaderId::reason, invite.cancel_reason);
  Message message = builder.build();
  std::string key = client_key(message);
  start_client(std::move(message), invite.flow, std::move(key), Reported::no, now);
}

void TransactionLayer::send_ack(Message ack, const Flow& destination, std::string_view branch) {
  transmit(destination, with_via(std::move(ack), destination, branch).text());
}

void TransactionLayer::settle(Clients::iterator client) {
  const std::uint64_t id = client->first;
  Client& state = client->second;
  const auto drain = [&](auto& machine) {
    while (const auto what = machine.poll_transmit()) {
      const bool is_ack = *what == std::remove_cvref_t<decltype(machine)>::Send::ack;
      transmit(state.flow, is_ack ? std::string_view(state.ack) : state.request.text());
    }
    if (machine.poll_event() && state.reported == Reported::yes)
      events_.push_back(ClientTimedOut{ClientId{id}});
    return machine.is_terminated();
  };
  if (std::visit(drain, state.machine)) {
    client_keys_.erase(state.key);
    clients_.erase(client);
    return;
  }
  const auto next =
      std::visit([](const auto& machine) { return machine.next_timeout(); }, state.machine);
  schedule(id, state.scheduled, next);
}

void TransactionLayer::handle_transport_failure(const Flow& flow, Instant) {
  for (auto client = clients_.begin(); client != clients_.end();) {
    const auto here = client++;
    const bool waits = !here->second.request.text().empty();
    if (!waits || !is_same_way(flow, here->second.flow)) continue;
    if (here->second.reported == Reported::yes)
      events_.push_back(ClientTransportFailed{ClientId{here->first}});
    client_keys_.erase(here->second.key);
    clients_.erase(here);
  }
  // A datagram's answer may still find its way; a broken connection's cannot.
  if (!is_reliable(flow.transport)) return drop_stale_timers();
  for (auto server = servers_.begin(); server != servers_.end();) {
    const auto here = server++;
    if (!is_same_way(flow, here->second.flow)) continue;
    events_.push_back(ServerTransportFailed{ServerId{here->first}});
    forget(here);
  }
  drop_stale_timers();
}

void TransactionLayer::handle_timeout(Instant now) {
  drop_stale_timers();
  while (!timers_.empty() && timers_.top().when <= now) {
    const std::uint64_t id = timers_.top().id;
    timers_.pop();
    const auto run = [&](auto& map) {
      const auto found = map.find(id);
      if (found == map.end()) return;
      found->second.scheduled = never;
      std::visit([&](auto& machine) { machine.handle_timeout(now); }, found->second.machine);
      settle(found);
    };
    run(clients_);
    run(servers_);
    drop_stale_timers();
  }
}

std::optional<Instant> TransactionLayer::next_timeout() const {
  return timers_.empty() ? std::nullopt : std::optional(timers_.top().when);
}

/// An entry that stands too early is left alone and found out when it is on top.
void TransactionLayer::schedule(std::uint64_t id, Instant& scheduled, std::optional<Instant> next) {
  if (!next || *next >= scheduled) return;
  scheduled = *next;
  timers_.push({*next, id});
}

void TransactionLayer::drop_stale_timers() {
  while (!timers_.empty()) {
    const Timer top = timers_.top();
    bool is_due = false;
    const auto look = [&](auto& map) {
      const auto found = map.find(top.id);
      if (found == map.end() || found->second.scheduled != top.when) return;
      const auto next = std::visit(
          [](const auto& machine) { return machine.next_timeout(); }, found->second.machine
      );
      is_due = next && *next <= top.when;
      if (is_due) return;
      found->second.scheduled = never;
      schedule(top.id, found->second.scheduled, next);
    };
    look(clients_);
    look(servers_);
    if (is_due) return;
    assert(timers_.top() == top);  // what `look` pushed stands later
    timers_.pop();
  }
}

std::optional<Transmit> TransactionLayer::poll_transmit() {
  if (outbox_.empty()) return std::nullopt;
  Transmit next = std::move(outbox_.front());
  outbox_.pop_front();
  return next;
}

std::optional<TransactionEvent> TransactionLayer::poll_event() {
  if (events_.empty()) return std::nullopt;
  TransactionEvent next = std::move(events_.front());
  events_.pop_front();
  return next;
}

void TransactionLayer::transmit(const Flow& flow, std::string_view bytes) {
  if (!bytes.empty()) outbox_.push_back({flow, std::string(bytes)});
}

Message TransactionLayer::with_via(Message message, const Flow& flow, std::string_view branch) {
  if (message.header(HeaderId::via)) return message;
  const std::string chosen = branch.empty() ? new_branch() : std::string(branch);
  return with_top_header(message, HeaderId::via, via_value(flow, chosen));
}

std::string TransactionLayer::new_branch() {
  std::array<std::byte, 16> bytes{};
  random_.fill(bytes);
  return "z9hG4bK" + base::to_hex(bytes);
}

std::string TransactionLayer::via_value(const Flow& flow, std::string_view branch) const {
  std::string_view sent_by;
  switch (flow.transport) {
    case Transport::udp:
      sent_by = settings_.sent_by_udp;
      break;
    case Transport::tcp:
      sent_by = settings_.sent_by_tcp;
      break;
    case Transport::tls:
      sent_by = settings_.sent_by_tls;
      break;
  }
  std::string value = "SIP/2.0/" + std::string(to_string(flow.transport)) + ' ';
  value += sent_by.empty() ? to_string(flow.local) : std::string(sent_by);
  value += ";branch=";
  value += branch;
  return value + ";rport";
}

}  // namespace belfry::sip
