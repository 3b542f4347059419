#include "gateway/sip/inbound_terms.hpp"

#include "base/text.hpp"
#include "numbering/number.hpp"
#include "sip/extension_headers.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace belfry::sip;

constexpr std::size_t longest_identity = 4096;
constexpr std::size_t longest_verdict = 64;

void add_headers(const Message& invite, Believed believed, call::NamedValues& into) {
  into = extension_headers(invite);
  if (believed != Believed::carrier) return;
  const auto identity = invite.header("Identity");
  if (identity && identity->size() <= longest_identity)
    into.emplace_back("Identity", one_line(*identity));
}

/// `verstat=TN-Validation-Passed` of a parameter of the number or its URI.
std::string_view verdict_in(std::string_view identity) {
  constexpr std::string_view name = "verstat=";
  const auto at = base::to_lower(identity).find(name);
  if (at == std::string::npos) return {};
  std::string_view value = identity.substr(at + name.size());
  value = value.substr(0, value.find_first_of(";@>, "));
  return value.size() <= longest_verdict && is_token(value) ? value : std::string_view();
}

std::string stir_verdict(const Message& invite) {
  std::string_view verdict = verdict_in(invite.header(HeaderId::p_asserted_identity).value_or(""));
  if (verdict.empty()) verdict = verdict_in(invite.header(HeaderId::from).value_or(""));
  std::string text(verdict);
  const std::string_view attestation =
      base::trim(invite.header("P-Attestation-Indicator").value_or(""));
  const bool is_level = attestation == "A" || attestation == "B" || attestation == "C";
  const bool has_level = base::to_lower(text).starts_with("tn-validation-") &&
                         text.find('-', std::string_view("TN-Validation-").size()) == text.npos;
  if (is_level && has_level) text.append("-").append(attestation);
  return text;
}

}  // namespace

call::PartyTerms terms_of(const Message& invite, const Flow& flow, Believed believed) {
  call::PartyTerms terms;
  add_headers(invite, believed, terms.headers);
  if (believed == Believed::carrier) {
    if (std::string verdict = stir_verdict(invite); !verdict.empty())
      terms.parameters.emplace_back("StirVerstat", std::move(verdict));
    return terms;
  }
  const auto target = invite.request_uri();
  terms.parameters.emplace_back("SipCallId", one_line(invite.call_id().substr(0, 255)));
  if (target && !target->host.empty()) terms.parameters.emplace_back("SipDomain", target->host);
  terms.parameters.emplace_back("SipSourceIp", flow.remote.address);
  return terms;
}

std::string number_in(std::string_view user, std::string_view country) {
  const std::string plain = numbering::strip(user.substr(0, user.find(';')));
  if (plain.empty() || country.empty() || plain.front() == '+') return plain;
  const auto number = numbering::parse(plain, country);
  return number ? number->e164 : plain;
}

}  // namespace belfry::gateway::sip
