#pragma once
#include "twiml/background.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Start>`: begins background work and goes on at once.
struct Start {
  std::optional<std::string> action;
  std::string method = "POST";
  std::vector<BackgroundNoun> nouns;
};

/// Findings: 14300 and those of the nouns.
Start read_start(const Element& element, Findings& findings);
base::Task<Step> execute(const Start& start, Session& session);

}  // namespace belfry::twiml
