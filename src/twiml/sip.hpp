#pragma once
#include "call/party_terms.hpp"
#include "twiml/number.hpp"

namespace belfry::twiml {

/// `<Sip>` in `<Dial>` and `<Refer>`.
struct Sip {
  std::string uri;            // "sip:user@host[:port][;transport=…]"
  call::NamedValues headers;  // what follows the `?`: X-Name=value&…
  std::string username;
  std::string password;
  NounOptions options;
};

/// Findings: 13241 method, 13243 URI, 13249 user name or password too long, 13251 … 13253 headers.
Sip read_sip(const Element& element, Findings& findings);

}  // namespace belfry::twiml
