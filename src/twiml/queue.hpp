#pragma once
#include "twiml/callbacks.hpp"

namespace belfry::twiml {

/// `<Queue>` in `<Dial>`: bridges with the caller at the front.
struct Queue {
  std::string name;
  std::string url;  // a document for the queued caller, before the bridge
  std::string method = "POST";
};

/// Findings: 14210 method, 14212 name.
Queue read_queue(const Element& element, Findings& findings);

}  // namespace belfry::twiml
