#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Enqueue>`: waits in a queue until somebody takes the caller out.
struct Enqueue {
  std::string name;
  std::optional<std::string> action;  // absent: go on with the next verb
  std::string method = "POST";
  std::optional<std::string> wait_url;  // absent: built-in music
  std::string wait_url_method = "POST";
  std::uint32_t max_queue_size = 1000;
};

/// Findings: 14201 method, 14204/14205 name, 14206 waitUrlMethod; 14226 (TaskRouter) stops the
/// document.
Enqueue read_enqueue(const Element& element, Findings& findings);
base::Task<Step> execute(const Enqueue& enqueue, Session& session);

}  // namespace belfry::twiml
