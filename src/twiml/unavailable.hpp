#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// A verb of the language that this server cannot run at all: `<Pay>`, `<Prompt>`.
struct Unavailable {
  std::string name;
};

base::Task<Step> execute(const Unavailable& verb, Session& session);

/// Goes on behind a verb that cannot be run here: a warning 13750 in the timeline. Verbs that need
/// media answer the call all the same.
enum class Answers { yes, no };
base::Task<Step> skip(std::string_view name, Answers answers, Session& session);

}  // namespace belfry::twiml
