#include "gateway/sip/inbound.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/sip/inbound_terms.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace belfry::sip;

const Abilities& abilities() {
  static const Abilities ours{
      {Method::invite, Method::bye, Method::options, Method::update, Method::info, Method::register_
      },
      {"timer", "100rel", "replaces"},
      {"application/sdp"}
  };
  return ours;
}

/// Programs that look for open telephone systems say so; an answer would only encourage them.
bool is_scanner(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const std::string_view name :
       {"friendly-scanner", "sipvicious", "sip-scan", "VaxSIPUserAgent"})
    if (text.find(name) != std::string_view::npos) return true;
  return false;
}

/// libre, up to the 1.1 of Debian 12, gives up at an algorithm that it does not know instead of
/// taking the next one (RFC 8760, 2.4). MD5 is offered to everybody: this makes nobody weaker.
bool knows_only_md5(const Message& request) {
  return request.header(HeaderId::user_agent).value_or("").starts_with("baresip");
}

void add_domain_sid(std::string sid, call::NamedValues& parameters) {
  if (!sid.empty()) parameters.emplace_back("SipDomainSid", std::move(sid));
}

void count_drop(const char* why) {
  base::metrics::counter(
      "belfry_sip_dropped_total", "SIP messages not answered at all", {{"why", why}}
  ).add();
}

}  // namespace

Inbound::Inbound(const CallContext& context, Parts parts, DigestServer::Settings digest)
    : context_(context),
      parts_(std::move(parts)),
      digest_(std::move(digest)),
      tasks_(context.agent.loop()) {}

std::optional<TransactionLayer::Sender> Inbound::lets_in(
    const Flow& flow, std::span<const std::byte> bytes
) {
  if (trunk_of(flow) != nullptr) return TransactionLayer::Sender::trunk;
  if (is_scanner(bytes)) {
    count_drop("scanner");
    return std::nullopt;
  }
  if (digest_.is_banned(flow.remote.address, context_.agent.loop().now())) {  // rule S4
    count_drop("banned");
    return std::nullopt;
  }
  return TransactionLayer::Sender::anybody;
}

void Inbound::refuse(const Visit& visit, int status, const std::vector<Refusal::Line>& more) {
  context_.agent.refuse(visit.transaction, visit.request, status, more);
}

void Inbound::on_request(ServerId transaction, const Message& request, const Flow& flow) {
  const Visit visit{transaction, request, flow};
  const auto target = request.request_uri();
  if (!target) return refuse(visit, 400);
  switch (request.method()) {
    case Method::other:
      return refuse(visit, 501);
    case Method::bye:
    case Method::info:
    case Method::update:
    case Method::prack:
      return refuse(visit, 481);  // rule S8: outside of a call they mean nothing
    case Method::ack:
    case Method::cancel:
      return;
    case Method::invite:
    case Method::register_:
    case Method::options:
    case Method::message:
    case Method::subscribe:
    case Method::publish:
    case Method::refer:
    case Method::notify:
      break;
  }
  if (target->scheme == Uri::Scheme::other) return refuse(visit, 416);
  const bool is_for_domains =
      request.method() == Method::invite || request.method() == Method::register_;
  const bool into_domain = is_for_domains && door_ != nullptr && door_->is_domain(target->host);
  if (!into_domain && !parts_.names.is_ours(*target)) return refuse(visit, 404);  // rule S2
  // RFC 5630 section 5.1.1.1: `sips:` is a promise that the way here was encrypted.
  if (target->scheme == Uri::Scheme::sips && flow.transport != Transport::tls)
    return refuse(visit, 403);
  if (request.method() == Method::invite) return on_invite(visit);
  if (request.method() == Method::register_) return on_register(visit);
  if (request.method() == Method::options) return on_options(visit);
  // Rule S1: what we do not do is not told to strangers either.
  if (!authenticate(visit)) return;
  refuse(visit, 405, {{HeaderId::allow, allow_value(abilities())}});
}

// --- Who is it ---

TrunkCarrier* Inbound::trunk_of(const Flow& flow) const {
  const auto found = std::ranges::find_if(parts_.trunks, [&](const TrunkCarrier* trunk) {
    return trunk->is_source(flow);
  });
  return found == parts_.trunks.end() ? nullptr : *found;
}

void Inbound::challenge(const Visit& visit, bool stale) {
  std::vector<Refusal::Line> lines;
  auto values = digest_.challenges(context_.agent.loop().now(), stale);
  if (knows_only_md5(visit.request)) values.erase(values.begin(), values.end() - 1);
  lines.reserve(values.size());
  for (std::string& value : values) lines.push_back({HeaderId::www_authenticate, std::move(value)});
  refuse(visit, 401, lines);
}

std::optional<std::string> Inbound::authenticate(const Visit& visit) {
  const auto presented = digest_.read(visit.request);
  if (!presented) {
    challenge(visit, false);
    return std::nullopt;
  }
  const auto verdict = digest_.verify(
      *presented, parts_.phones.secret_of(presented->username), visit.flow.remote.address,
      context_.agent.loop().now()
  );
  if (verdict == DigestVerdict::accepted) return presented->username;
  challenge(visit, verdict == DigestVerdict::stale);
  return std::nullopt;
}

// --- OPTIONS and REGISTER ---

void Inbound::on_options(const Visit& visit) {
  if (draining_) return refuse(visit, 503, {{HeaderId::retry_after, context_.agent.retry_after()}});
  if (const auto refusal = check_request(visit.request, abilities()))
    return refuse(visit, refusal->status, refusal->headers);
  refuse(visit, 200, {{HeaderId::allow, allow_value(abilities())}});
}

void Inbound::on_register(const Visit& visit) {
  const auto user = authenticate(visit);
  if (!user) return;
  const auto target = visit.request.request_uri();
  const std::string host = target ? target->host : std::string();
  if (door_ != nullptr && !door_->registers(host, *user)) return refuse(visit, 403);
  const std::string domain = door_ != nullptr && door_->is_domain(host) ? host : std::string();
  const base::WallTime now = context_.agent.loop().wall_now();
  Message response = parts_.registrar.handle_register(
      visit.request, *user, visit.flow, context_.agent.layer().to_tag(visit.request), now, domain
  );
  if (!parts_.bindings.take_changed() || parts_.table == nullptr)
    return context_.agent.respond(visit.transaction, response);
  tasks_.spawn(save_and_answer(
      *user, parts_.bindings.load(*user), visit.transaction, visit.request, std::move(response)
  ));
}

/// Rule R1: "you are registered" is said when it would survive a power cut.
base::Task<void> Inbound::save_and_answer(
    std::string user, std::vector<Binding> bindings, ServerId transaction, Message request,
    Message response
) {
  const auto saved = co_await parts_.table->replace(std::move(user), std::move(bindings));
  if (!saved) {
    const std::string tag = context_.agent.layer().to_tag(request);
    response = response_to(request, 503, tag)
                   .add(HeaderId::retry_after, context_.agent.retry_after())
                   .build();
  }
  context_.agent.respond(transaction, response);
}

// --- INVITE ---

void Inbound::on_invite(const Visit& visit) {
  // Rule O1: refusals cost nothing, so they come first.
  const bool overloaded = is_overloaded_ && is_overloaded_();
  if (draining_ || overloaded || switchboard_ == nullptr)
    return refuse(visit, 503, {{HeaderId::retry_after, context_.agent.retry_after()}});
  const call::SipDoor::Answer door = ask_door(visit);
  if (door == call::SipDoor::Answer::refused) return refuse(visit, 403);
  if (door == call::SipDoor::Answer::open) return take_call(visit, guest_caller(visit));
  const bool into_domain = door == call::SipDoor::Answer::password;
  TrunkCarrier* trunk = into_domain ? nullptr : trunk_of(visit.flow);
  const bool has_credentials = visit.request.header(HeaderId::authorization).has_value();
  if (trunk != nullptr && !has_credentials)
    return take_call(visit, trunk_caller(visit.request, *trunk));
  const auto user = authenticate(visit);
  if (!user) return;
  const auto target = visit.request.request_uri();
  const std::string host = target ? target->host : std::string();
  if (door_ != nullptr && !door_->admits(host, *user, visit.flow.remote.address))
    return refuse(visit, 403);
  // Who calls is who the password belongs to, whatever From says.
  std::string from = parts_.phones.number_of(*user);
  if (from.empty()) from = "sip:" + *user + '@' + context_.agent.settings().public_host;
  take_call(
      visit, {call::IncomingCall::Source::phone, std::move(from), "registration", nullptr, *user,
              parts_.phones.encryption_of(*user), "phone " + *user}
  );
}

call::SipDoor::Answer Inbound::ask_door(const Visit& visit) const {
  const auto target = visit.request.request_uri();
  if (door_ == nullptr || !target) return call::SipDoor::Answer::no_domain;
  return door_->ask(target->host, visit.flow.remote.address);
}

/// Known by its address alone: what From says of it is believed, and it reaches the domain's
/// document and nothing else (rule S2).
Inbound::Caller Inbound::guest_caller(const Visit& visit) const {
  const auto target = visit.request.request_uri();
  const auto named = visit.request.from();
  const auto uri = named ? named->uri() : std::unexpected(named.error());
  std::string from = "anonymous";
  if (uri && !uri->user.empty()) {
    const std::string number = number_in(uri->user, {});
    const auto party = call::Party::parse(number);
    const bool is_number = party && party->kind == call::Party::Kind::telephone;
    from = is_number ? number : "sip:" + uri->user + '@' + uri->host;
  }
  return {
      call::IncomingCall::Source::trunk, one_line(from.substr(0, 255)), "registration", nullptr,
      door_->guest_of(target->host)
  };
}

Inbound::Caller Inbound::trunk_caller(const Message& invite, TrunkCarrier& trunk) const {
  std::string from = "anonymous";
  const auto asserted = invite.header(HeaderId::p_asserted_identity);
  const auto named = asserted ? parse_name_addr(*asserted) : invite.from();
  const auto uri = named ? named->uri() : std::unexpected(named.error());
  if (uri && !uri->user.empty()) {
    const std::string number = number_in(uri->user, trunk.country());
    const auto party = call::Party::parse(number);
    from = party && party->kind == call::Party::Kind::telephone
               ? number
               : "sip:" + uri->user + '@' + uri->host;
  }
  return {
      call::IncomingCall::Source::trunk,
      one_line(from.substr(0, 255)),
      std::string(trunk.name()),
      &trunk,
      {},
      trunk.encryption(),
      "trunk " + std::string(trunk.name()),
      trunk.country()
  };
}

SessionDriver* Inbound::open_session(
    const Visit& visit, std::uint16_t media_port, belfry::sdp::Encryption encryption
) {
  Agent& agent = context_.agent;
  InviteSession::Settings settings;
  settings.local_tag = agent.layer().to_tag(visit.request);
  settings.branch = agent.layer().new_branch();
  const auto uri = visit.request.request_uri();
  settings.contact = agent.contact(visit.flow, {}, uri ? uri->scheme : Uri::Scheme::sip);
  settings.user_agent = agent.settings().user_agent;
  settings.media.address = context_.media_address;
  settings.media.rtp_port = media_port;
  settings.media.codecs = context_.codecs;
  std::vector<std::byte> secret(32);
  agent.random().fill(secret);
  set_encryption(settings.media, encryption, std::move(secret));
  settings.sdp_session_id = std::to_string(agent.random().next() >> 2U);
  settings.session_timer = context_.session_timer;
  settings.timers = agent.settings().layer.timers;
  SessionDriver& driver = agent.adopt(std::make_unique<SessionDriver>(
      agent,
      InviteSession::incoming(
          std::move(settings), visit.transaction.value, visit.request, agent.random()
      ),
      visit.flow, SessionDriver::Peer::somebody_else
  ));
  driver.start();
  if (driver.session().state() == InviteSession::State::incoming) return &driver;
  driver.release();
  return nullptr;
}

base::Result<std::string> Inbound::hand_over(
    const Visit& visit, const Caller& caller, SessionDriver& driver, media::Plane::NetworkSeat seat
) {
  const auto uri = visit.request.request_uri();
  const std::string user = uri ? uri->user : std::string();
  call::IncomingCall call;
  call.source = caller.source;
  call.from = caller.from;
  call.endpoint = "sip";
  call.carrier = caller.carrier;
  call.user = caller.user;
  const std::string number = number_in(user, caller.country);
  const auto party = call::Party::parse(number.empty() ? user : number);
  const bool is_number = party && party->kind == call::Party::Kind::telephone;
  const bool into_domain = uri && door_ != nullptr && door_->is_domain(uri->host);
  const std::string& host = into_domain ? uri->host : context_.agent.settings().public_host;
  call.to = is_number ? number : "sip:" + user + '@' + host;
  call.party_terms = terms_of(
      visit.request, visit.flow, caller.trunk == nullptr ? Believed::phone : Believed::carrier
  );
  if (caller.trunk == nullptr && door_ != nullptr)
    add_domain_sid(door_->sid_of(host, caller.user), call.party_terms.parameters);
  call.attempt_id = base::make_uuid(context_.agent.random());
  call.open = [&](const std::string&, call::EndpointListener& listener) {
    TrunkQueue::Place channel;
    if (caller.trunk != nullptr) channel = caller.trunk->take_inbound_channel();
    return SipEndpoint::incoming(context_, driver, seat, std::move(channel), listener);
  };
  auto accepted = switchboard_->accept(call);
  // Some carriers leave the plus away.
  const bool may_lack_plus = is_number && number.size() >= 7 && number.front() != '+';
  if (!accepted && accepted.error().code == base::Errc::not_found && may_lack_plus) {
    call.to = '+' + number;
    accepted = switchboard_->accept(call);
  }
  return accepted;
}

void Inbound::take_call(const Visit& visit, const Caller& caller) {
  if (const auto refusal = check_request(visit.request, abilities()))
    return refuse(visit, refusal->status, refusal->headers);
  const auto encryption = encryption_over(caller.encryption, visit.flow, context_.keys_over_plain);
  // Rather no call than one that is not encrypted.
  if (encryption != caller.encryption && caller.encryption == belfry::sdp::Encryption::required)
    return refuse(visit, 488);
  const auto replaces = read_replaces(visit.request);
  if (!replaces) return refuse(visit, 400);
  if (*replaces) return replace_call(visit, caller, **replaces);
  const auto seat = context_.plane.open_network_seat();
  if (!seat) return refuse(visit, 503, {{HeaderId::retry_after, context_.agent.retry_after()}});
  SessionDriver* driver = open_session(visit, seat->port, encryption);
  if (driver == nullptr) return context_.plane.close_seat(seat->seat);
  driver->set_owner(caller.owner);
  const auto accepted = hand_over(visit, caller, *driver, *seat);
  if (accepted) return;
  base::log::info("sip.call_refused", {{"why", accepted.error().message}});
  const int status = accepted.error().code == base::Errc::not_found ? 404 : 503;
  auto response = response_to(visit.request, status, driver->session().local_tag());
  if (status == 503) response.add(HeaderId::retry_after, context_.agent.retry_after());
  context_.agent.respond(visit.transaction, response.build());
  driver->release();
  context_.plane.close_seat(seat->seat);
}

/// RFC 3891 section 3. Only who is at the other end of a call may take it over, from another device
/// or dialog of his.
void Inbound::replace_call(const Visit& visit, const Caller& caller, const Replaces& replaces) {
  SessionDriver* known =
      context_.agent.find(replaces.call_id, replaces.local_tag, replaces.remote_tag);
  const bool theirs = known != nullptr && !caller.owner.empty() && known->owner() == caller.owner;
  if (!theirs || known->observer() == nullptr) return refuse(visit, 481);
  const bool confirmed = known->session().state() == InviteSession::State::established;
  if (confirmed && replaces.early_only) return refuse(visit, 486);
  const auto port = known->observer()->replaceable();
  if (!confirmed || !port) return refuse(visit, 481);
  const auto encryption = encryption_over(caller.encryption, visit.flow, context_.keys_over_plain);
  SessionDriver* driver = open_session(visit, *port, encryption);
  if (driver == nullptr) return;
  driver->set_owner(caller.owner);
  known->observer()->replace(*driver);
}

}  // namespace belfry::gateway::sip
