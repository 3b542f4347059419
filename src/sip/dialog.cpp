#include "sip/dialog.hpp"

#include <algorithm>

namespace belfry::sip {

using base::Errc;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t most_routes = 20;

/// `<uri>;params`, written anew.
std::string route_value(const NameAddr& route) {
  std::string out = "<";
  out.append(route.uri_view).append(">").append(route.params.text());
  return out;
}

Result<std::vector<std::string>> read_routes(const Message& message) {
  BELFRY_TRY(routes, message.record_routes());
  if (routes.size() > most_routes) return fail(Errc::too_large, "too many Record-Route", 400);
  std::vector<std::string> out;
  for (const NameAddr& route : routes) out.push_back(route_value(route));
  return out;
}

Result<std::string> read_target(const Message& message) {
  BELFRY_TRY(contacts, message.contacts());
  if (contacts.empty() || contacts[0].any) return fail(Errc::malformed, "no Contact", 400);
  BELFRY_TRY(uri, contacts[0].uri());
  if (!uri.is_sip()) return fail(Errc::malformed, "Contact is no SIP URI", 400);
  uri.headers.clear();  // never followed (rule S2)
  return uri.to_string();
}

std::string_view uri_in(std::string_view route) {
  const auto open = route.find('<');
  const auto close = route.find('>');
  if (open == std::string_view::npos || close == std::string_view::npos) return route;
  return route.substr(open + 1, close - open - 1);
}

bool is_loose(std::string_view route) {
  const auto uri = Uri::parse(uri_in(route));
  return uri && uri->param("lr").has_value();
}

}  // namespace

Result<Dialog> Dialog::of_uac(
    const Message& invite, const Message& response, std::string_view local_contact
) {
  BELFRY_TRY(cseq, invite.cseq());
  DialogSnapshot state;
  BELFRY_TRY(routes, read_routes(response));
  std::ranges::reverse(routes);  // RFC 3261 section 12.1.2
  state.route_set = std::move(routes);
  state.remote_target = read_target(response).value_or(std::string(invite.request_uri_text()));
  state.call_id = invite.call_id();
  state.local_tag = invite.from_tag();
  state.remote_tag = response.to_tag();
  state.local_party = invite.header(HeaderId::from).value_or("");
  state.remote_party = response.header(HeaderId::to).value_or("");
  state.local_contact = local_contact;
  state.local_cseq = cseq.number;
  return Dialog(std::move(state));
}

Result<Dialog> Dialog::of_uas(
    const Message& invite, std::string_view local_tag, std::string_view local_contact
) {
  BELFRY_TRY(cseq, invite.cseq());
  DialogSnapshot state;
  BELFRY_TRY(routes, read_routes(invite));
  BELFRY_TRY(target, read_target(invite));
  state.route_set = std::move(routes);
  state.remote_target = std::move(target);
  state.call_id = invite.call_id();
  state.local_tag = local_tag;
  state.remote_tag = invite.from_tag();
  state.local_party = invite.header(HeaderId::to).value_or("");
  if (invite.to_tag().empty()) state.local_party.append(";tag=").append(local_tag);
  state.remote_party = invite.header(HeaderId::from).value_or("");
  state.local_contact = local_contact;
  state.remote_cseq = cseq.number;
  return Dialog(std::move(state));
}

std::string Dialog::next_hop() const {
  return state_.route_set.empty() ? state_.remote_target
                                  : std::string(uri_in(state_.route_set.front()));
}

bool Dialog::matches(const Message& message) const {
  const bool request = message.is_request();
  const std::string theirs = request ? message.from_tag() : message.to_tag();
  const std::string ours = request ? message.to_tag() : message.from_tag();
  return message.call_id() == state_.call_id && theirs == state_.remote_tag &&
         ours == state_.local_tag;
}

Result<> Dialog::take_request(const Message& request) {
  BELFRY_TRY(cseq, request.cseq());
  if (state_.remote_cseq && cseq.number <= *state_.remote_cseq)
    return fail(Errc::refused, "CSeq is not higher than the last", 500);
  state_.remote_cseq = cseq.number;
  return {};
}

void Dialog::take_target(const Message& message) {
  if (auto target = read_target(message)) state_.remote_target = std::move(*target);
}

void Dialog::continue_numbers(const Dialog& early) {
  state_.local_cseq = std::max(state_.local_cseq, early.state_.local_cseq);
  if (!state_.remote_cseq) state_.remote_cseq = early.state_.remote_cseq;
}

MessageBuilder Dialog::request(Method method) {
  return request(method, ++state_.local_cseq);
}

MessageBuilder Dialog::request(Method method, std::uint32_t cseq) const {
  // A strict router first in the list takes the Request-URI's place (RFC 3261 section 12.2.1.1).
  const bool strict = !state_.route_set.empty() && !is_loose(state_.route_set.front());
  MessageBuilder out = MessageBuilder::request(
      to_string(method), strict ? uri_in(state_.route_set.front()) : state_.remote_target
  );
  for (std::size_t i = strict ? 1 : 0; i < state_.route_set.size(); ++i)
    out.add(HeaderId::route, state_.route_set[i]);
  if (strict) out.add(HeaderId::route, '<' + state_.remote_target + '>');
  out.add(HeaderId::max_forwards, 70)
      .add(HeaderId::from, state_.local_party)
      .add(HeaderId::to, state_.remote_party)
      .add(HeaderId::call_id, state_.call_id)
      .add(HeaderId::cseq, std::to_string(cseq) + ' ' + std::string(to_string(method)));
  if (method != Method::bye && method != Method::ack && !state_.local_contact.empty())
    out.add(HeaderId::contact, state_.local_contact);
  return out;
}

}  // namespace belfry::sip
