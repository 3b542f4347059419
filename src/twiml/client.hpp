#pragma once
#include "twiml/number.hpp"

namespace belfry::twiml {

/// `<Client>` in `<Dial>`: every device registered under an identity.
struct Client {
  std::string identity;
  std::vector<Parameter> parameters;
  NounOptions options;
};

/// Findings: 13221 method, 12200 for no identity or one above 256 characters.
Client read_client(const Element& element, Findings& findings);

}  // namespace belfry::twiml
