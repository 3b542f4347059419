#pragma once
#include <string>
#include <string_view>

#include "call/party_terms.hpp"
#include "sip/flow.hpp"
#include "sip/message.hpp"

/// What an INVITE that came tells the application, besides who calls. Pure.
namespace belfry::gateway::sip {

/// Who is believed: a carrier also about what it has verified of its caller, a phone about nothing
/// but its own application's headers (rule S7).
enum class Believed { phone, carrier };

/// Headers: `X-…` and `User-to-User`, at most 30 and 1,024 bytes, and from carriers `Identity`
/// (RFC 8224), to be passed on with the call. Parameters: from carriers `StirVerstat` by the
/// `verstat` of the caller's identity and its attestation (ATIS-1000082), from phones `SipCallId`,
/// `SipDomain`, `SipSourceIp`.
call::PartyTerms terms_of(
    const belfry::sip::Message& invite, const belfry::sip::Flow& flow, Believed believed
);

/// A number as a user part or `tel:` URI holds it: without parameters (`;verstat=…`) and visual
/// separators. With a country (ISO 3166-1), national forms become E.164. What is no number is
/// empty.
std::string number_in(std::string_view user, std::string_view country);

}  // namespace belfry::gateway::sip
