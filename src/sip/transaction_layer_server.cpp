#include <cassert>

#include "base/encoding.hpp"
#include "sip/transaction_key.hpp"
#include "sip/transaction_layer.hpp"

/// The server half of the layer: requests in, responses out.
namespace belfry::sip {

using base::Instant;

void TransactionLayer::handle_request(
    Message request, const Flow& flow, Instant now, Sender sender
) {
  std::string key = server_key(request, request.method_name());
  if (const auto known = server_keys_.find(key); known != server_keys_.end()) {
    const auto found = servers_.find(known->second);
    std::visit([&](auto& machine) { machine.handle_request(now); }, found->second.machine);
    settle(found);
    return;
  }
  // RFC 3261 §8.2.2.2, rule S8: the same request by another way.
  const bool is_merged = request.to_tag().empty() && merge_keys_.contains(merge_key(request));
  if (is_merged) return respond_statelessly(request, flow, {482, {}, {}});
  if (!has_room_for(request, flow, sender)) {
    const std::string after = std::to_string(settings_.limits.retry_after_seconds);
    return respond_statelessly(request, flow, {503, {{HeaderId::retry_after, after}}, {}});
  }
  open_server(request, std::move(key), flow, now, sender);
  const std::uint64_t id = last_id_;
  settle(servers_.find(id));
  events_.push_back(RequestArrived{ServerId{id}, std::move(request), flow});
  drop_stale_timers();
}

bool TransactionLayer::has_room_for(const Message& request, const Flow& flow, Sender sender) const {
  const Limits& limits = settings_.limits;
  // What belongs to a live call comes first (rule O3): it has a To tag and twice the room.
  const std::size_t factor = request.to_tag().empty() ? 1 : 2;
  if (sender == Sender::trunk) return trunk_servers_ < limits.trunk_servers * factor;
  if (servers_.size() - trunk_servers_ >= limits.servers * factor) return false;
  const auto peer = servers_of_peer_.find(flow.remote.address);
  const std::size_t of_peer = peer == servers_of_peer_.end() ? 0 : peer->second;
  return of_peer < limits.servers_per_peer * factor;
}

void TransactionLayer::open_server(
    const Message& request, std::string key, const Flow& flow, Instant now, Sender sender
) {
  const std::uint64_t id = ++last_id_;
  const Reliability reliability = reliability_of(flow.transport);
  Server server{
      ServerTransaction(settings_.timers, reliability, now), flow, std::move(key), {}, {}
  };
  if (request.method() == Method::invite) {
    server.machine = InviteServerTransaction(settings_.timers, reliability, now);
    server.response = response_to(request, 100, "").build().text();
  }
  server.request_size = request.text().size();
  server_keys_.emplace(server.key, id);
  if (request.to_tag().empty() && request.method() != Method::cancel) {
    server.merge_key = merge_key(request);
    merge_keys_.emplace(server.merge_key, id);
  }
  server.sender = sender;
  sender == Sender::trunk ? ++trunk_servers_ : ++servers_of_peer_[flow.remote.address];
  servers_.emplace(id, std::move(server));
}

void TransactionLayer::handle_ack(Message ack, const Flow& flow, Instant now) {
  using State = InviteServerTransaction::State;
  const auto known = server_keys_.find(server_key(ack, to_string(Method::invite)));
  if (known != server_keys_.end()) {
    const auto found = servers_.find(known->second);
    auto& machine = std::get<InviteServerTransaction>(found->second.machine);
    if (machine.state() == State::completed || machine.state() == State::confirmed) {
      machine.handle_ack(now);
      settle(found);
      return drop_stale_timers();
    }
  }
  events_.push_back(AckArrived{std::move(ack), flow});
}

void TransactionLayer::handle_cancel(Message cancel, const Flow& flow, Instant now, Sender sender) {
  std::string key = server_key(cancel, cancel.method_name());
  if (const auto known = server_keys_.find(key); known != server_keys_.end()) {
    const auto found = servers_.find(known->second);
    std::visit([&](auto& machine) { machine.handle_request(now); }, found->second.machine);
    return settle(found);
  }
  const auto known = server_keys_.find(server_key(cancel, to_string(Method::invite)));
  const auto invite = known == server_keys_.end() ? servers_.end() : servers_.find(known->second);
  // Rule S8: the same branch, and from where the INVITE came (a port may change behind a NAT).
  if (invite == servers_.end() || invite->second.flow.remote.address != flow.remote.address ||
      !has_room_for(cancel, flow, sender))
    return respond_statelessly(cancel, flow, {481, {}, {}});
  const ServerId invite_id{invite->first};
  open_server(cancel, std::move(key), flow, now, sender);
  respond(ServerId{last_id_}, response_to(cancel, 200, to_tag(cancel)).build(), now);
  if (is_open(invite_id)) events_.push_back(CancelArrived{invite_id, std::move(cancel)});
}

bool TransactionLayer::respond(ServerId transaction, const Message& response, Instant now) {
  assert(!response.is_request());
  const auto found = servers_.find(transaction.value);
  if (found == servers_.end()) return false;
  const int status = response.status();
  const bool is_allowed = std::visit(
      [&](auto& machine) { return machine.handle_send(status, now); }, found->second.machine
  );
  if (!is_allowed) return false;
  found->second.response = response.text();
  settle(found);
  drop_stale_timers();
  return true;
}

void TransactionLayer::respond_and_forget(ServerId transaction, const Message& response) {
  const auto found = servers_.find(transaction.value);
  if (found == servers_.end()) return;
  transmit_small(found->second.flow, response.text(), found->second.request_size);
  forget(found);
  drop_stale_timers();
}

void TransactionLayer::respond_statelessly(
    const Message& request, const Flow& flow, const Refusal& refusal
) {
  if (request.method() == Method::ack) return;
  ++counters_.refused;
  MessageBuilder builder = response_to(request, refusal.status, to_tag(request), refusal.reason);
  for (const Refusal::Line& line : refusal.headers) builder.add(line.id, line.value);
  if (!settings_.product.empty()) builder.add(HeaderId::server, settings_.product);
  transmit_small(flow, builder.build().text(), request.text().size());
}

/// Rule S3: whoever forges his address must not get more out of us than he puts in.
void TransactionLayer::transmit_small(
    const Flow& flow, std::string_view bytes, std::size_t request_size
) {
  if (is_reliable(flow.transport) || bytes.size() <= 3 * request_size) {
    transmit(flow, bytes);
  } else {
    ++counters_.dropped;
  }
}

void TransactionLayer::settle(Servers::iterator server) {
  const std::uint64_t id = server->first;
  Server& state = server->second;
  const auto drain = [&](auto& machine) {
    while (machine.poll_transmit()) transmit(state.flow, state.response);
    if (machine.poll_event()) events_.push_back(AckMissing{ServerId{id}});
    return machine.is_terminated();
  };
  if (std::visit(drain, state.machine)) return forget(server);
  const auto* invite = std::get_if<InviteServerTransaction>(&state.machine);
  // Nobody here repeats a 2xx: timer L's 32 s need not hold its bytes.
  if (invite != nullptr && invite->state() == InviteServerTransaction::State::accepted)
    state.response = std::string();
  const auto next =
      std::visit([](const auto& machine) { return machine.next_timeout(); }, state.machine);
  schedule(id, state.scheduled, next);
}

void TransactionLayer::forget(Servers::iterator server) {
  const Server& state = server->second;
  server_keys_.erase(state.key);
  if (const auto merged = merge_keys_.find(state.merge_key);
      merged != merge_keys_.end() && merged->second == server->first)
    merge_keys_.erase(merged);
  if (state.sender == Sender::trunk) {
    --trunk_servers_;
  } else if (const auto peer = servers_of_peer_.find(state.flow.remote.address);
             --peer->second == 0) {
    servers_of_peer_.erase(peer);
  }
  servers_.erase(server);
}

bool TransactionLayer::is_open(ServerId transaction) const {
  const auto found = servers_.find(transaction.value);
  if (found == servers_.end()) return false;
  const auto* invite = std::get_if<InviteServerTransaction>(&found->second.machine);
  return invite != nullptr && invite->state() == InviteServerTransaction::State::proceeding;
}

std::string TransactionLayer::to_tag(const Message& request) const {
  const auto via = request.top_via();
  std::string text(request.call_id());
  text += '\n' + request.from_tag() + '\n' + (via ? via->branch() : "");
  const auto mac = base::hmac_sha256(base::as_bytes(settings_.tag_key), text);
  return base::to_hex(std::span(mac).first(8));
}

}  // namespace belfry::sip
