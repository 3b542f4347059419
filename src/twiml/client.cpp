#include "twiml/client.hpp"

namespace belfry::twiml {

Client read_client(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Client client;
  client.identity = element.own_text();
  client.options = read_noun_options(reader, 13221);
  reader.report_unknown_attributes();
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (child.name == "Identity") {
      client.identity = child.own_text();
    } else if (child.name == "Parameter") {
      read_parameter(child, findings, client.parameters);
    } else {
      report_misplaced(child, element, findings, 12200);
    }
  }
  if (client.identity.empty() || client.identity.size() > 256) {
    findings.warn(12200, "<Client> needs an identity of 1 to 256 characters");
    client.identity.clear();
  }
  return client;
}

}  // namespace belfry::twiml
