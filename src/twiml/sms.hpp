#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Sms>` in a voice document: sends a message and goes on.
struct Sms {
  std::string to;    // empty: the caller
  std::string from;  // empty: the called number
  std::string body;
  std::optional<std::string> action;
  std::string method = "POST";
  std::string status_callback;
};

/// Findings: 14103 no body, 14104 method.
Sms read_sms(const Element& element, Findings& findings);
base::Task<Step> execute(const Sms& sms, Session& session);

}  // namespace belfry::twiml
