#include "sip/registrar.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::sip {

using base::Errc;
using base::fail;
using base::Result;

/// One Contact of the request; `expires_s` 0 removes. No contact: `*`, remove all.
struct Registrar::Change {
  std::optional<Uri> contact;
  std::uint32_t expires_s = 0;
};

namespace {

constexpr std::size_t longest_contact = 512;

std::unexpected<base::Error> status(int code, const char* why) {
  return fail(Errc::refused, why, code);
}

bool same_contact(const Binding& binding, const Uri& contact) {
  const auto known = Uri::parse(binding.contact);
  return known && equivalent(*known, contact);
}

/// Requests of one Call-ID must come in order; another Call-ID is a phone that started anew
/// (RFC 3261 section 10.3 step 7).
bool is_out_of_order(const Binding& binding, std::string_view call_id, std::uint32_t cseq) {
  return binding.call_id == call_id && cseq <= binding.cseq;
}

std::uint16_t default_port(const Uri& uri) {
  const bool tls = uri.scheme == Uri::Scheme::sips || uri.param("transport") == "tls";
  return uri.port.value_or(tls ? 5061 : 5060);
}

}  // namespace

Registrar::Registrar(Settings settings, BindingStore& store)
    : settings_(std::move(settings)), store_(store) {}

Message Registrar::handle_register(
    const Message& request, std::string_view user, const Flow& flow, std::string_view to_tag,
    base::WallTime now, std::string_view domain
) {
  const auto refuse = [&](const base::Error& error) {
    MessageBuilder out = response_to(request, error.detail, to_tag);
    if (error.detail == 423) out.add(HeaderId::min_expires, settings_.shortest_s);
    return out.build();
  };
  if (const auto values = request.values(HeaderId::require); values && !values->empty()) {
    MessageBuilder out = response_to(request, 420, to_tag);
    for (const std::string_view option : *values) out.add(HeaderId::unsupported, option);
    return out.build();
  }
  const auto allowed = check_address_of_record(request, user, domain);
  if (!allowed) return refuse(allowed.error());
  const auto changes = read_changes(request);
  if (!changes) return refuse(changes.error());

  const std::string key(user);
  std::vector<Binding> live = bindings_of(key, now);
  if (!changes->empty()) {
    auto changed = apply(std::move(live), *changes, request, flow, now);
    if (!changed) return refuse(changed.error());
    live = std::move(*changed);
    store_.save(key, live);
  }
  MessageBuilder out = response_to(request, 200, to_tag);
  for (const Binding& binding : live) {
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(binding.expires_at - now);
    out.add(HeaderId::contact, '<' + binding.contact + ">;expires=" + std::to_string(left.count()));
  }
  return out.build();
}

std::vector<Binding> Registrar::bindings_of(const std::string& user, base::WallTime now) const {
  std::vector<Binding> bindings = store_.load(user);
  std::erase_if(bindings, [&](const Binding& binding) { return binding.expires_at <= now; });
  return bindings;
}

Result<> Registrar::check_address_of_record(
    const Message& request, std::string_view user, std::string_view domain
) const {
  const auto to = request.to();
  const auto aor = to ? to->uri() : std::unexpected(to.error());
  const auto target = request.request_uri();
  if (!aor || !target) return status(400, "To or Request-URI");
  const auto ours = [&](const Uri& uri) {
    if (!uri.is_sip()) return false;
    return std::ranges::find(settings_.domains, uri.host) != settings_.domains.end() ||
           (!domain.empty() && uri.host == domain);
  };
  if (!ours(*target)) return status(404, "not our domain");  // rule S2
  if (!ours(*aor) || aor->user != user) return status(403, "not your address");
  return {};
}

Result<std::vector<Registrar::Change>> Registrar::read_changes(const Message& request) const {
  std::vector<Change> changes;
  const auto contacts = request.contacts();
  if (!contacts) return status(400, "Contact");
  if (contacts->size() > settings_.most_contacts) return status(403, "too many contacts");
  for (const NameAddr& contact : *contacts) {
    if (contact.any) {
      if (contacts->size() != 1 || request.expires() != 0U) return status(400, "Contact: *");
      changes.push_back({});
      continue;
    }
    auto uri = contact.uri();
    if (!uri) return status(400, "Contact");
    if (!uri->is_sip()) return status(400, "Contact scheme");
    if (contact.uri_view.size() > longest_contact) return status(400, "Contact is too long");
    if (is_us(*uri)) return status(403, "that is us");
    uri->headers.clear();
    std::uint32_t expires =
        std::min(request.expires().value_or(settings_.longest_s), settings_.longest_s);
    if (const auto own = contact.params.find("expires"); own) {
      const auto number = parse_number(*own);
      if (!number) return status(400, "Contact expires");
      expires = std::min(*number, settings_.longest_s);
    }
    if (expires != 0 && expires < settings_.shortest_s) return status(423, "too brief");
    changes.push_back({std::move(*uri), expires});
  }
  return changes;
}

Result<std::vector<Binding>> Registrar::apply(
    std::vector<Binding> bindings, const std::vector<Change>& changes, const Message& request,
    const Flow& flow, base::WallTime now
) const {
  BELFRY_TRY(cseq, request.cseq());
  for (const Change& change : changes) {
    const auto concerned = [&](const Binding& binding) {
      return !change.contact || same_contact(binding, *change.contact);
    };
    for (const Binding& binding : bindings)
      if (concerned(binding) && is_out_of_order(binding, request.call_id(), cseq.number))
        return status(500, "CSeq out of order");
    std::erase_if(bindings, concerned);
    if (!change.contact || change.expires_s == 0) continue;
    bindings.push_back({
        .contact = change.contact->to_string(),
        .call_id = std::string(request.call_id()),
        .cseq = cseq.number,
        .expires_at = now + std::chrono::seconds(change.expires_s),
        .flow = flow,
        .user_agent = one_line(request.header(HeaderId::user_agent).value_or("").substr(0, 128)),
    });
  }
  if (bindings.size() > settings_.most_contacts) return status(403, "too many contacts");
  return bindings;
}

bool Registrar::is_us(const Uri& contact) const {
  if (std::ranges::find(settings_.domains, contact.host) != settings_.domains.end()) {
    // A phone on this machine registers our own host with a port of its own.
    return std::ranges::any_of(settings_.listeners, [&](const Endpoint& listener) {
      return listener.port == default_port(contact);
    });
  }
  return std::ranges::any_of(settings_.listeners, [&](const Endpoint& listener) {
    return listener.address == contact.host && listener.port == default_port(contact);
  });
}

}  // namespace belfry::sip
