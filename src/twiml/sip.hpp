#pragma once
#include "twiml/number.hpp"

namespace belfry::twiml {

/// `<Sip>` in `<Dial>` and `<Refer>`.
struct Sip {
  std::string uri;      // "sip:user@host[:port][;transport=…]"
  std::string headers;  // what follows the `?`: X-Name=value&…
  std::string username;
  std::string password;
  NounOptions options;
};

/// Findings: 13241 method, 13243 URI, 13253 headers of 1,024 characters or more.
Sip read_sip(const Element& element, Findings& findings);

}  // namespace belfry::twiml
