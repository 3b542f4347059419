#pragma once
#include <string>
#include <variant>

#include "base/result.hpp"
#include "base/task.hpp"
#include "call/web.hpp"

namespace belfry::twiml {

/// A document to be fetched.
struct DocumentRequest {
  /// An empty answer ends the call quietly when it is to an action, else it is a failure (11770).
  enum class Purpose { document, action, fallback };

  std::string url;  // absolute, may carry #overrides; empty: the inline document
  std::string method = "POST";
  call::FormFields results;  // what a verb adds to the standard parameters
  Purpose purpose = Purpose::document;
};

/// A document that could not be had or run.
struct Failure {
  base::Error error;  // `detail` is Twilio's code
  std::string url;    // what failed; empty for inline documents
  enum class Recourse { fallback, none } recourse = Recourse::fallback;
};

/// What comes after a verb.
struct NextVerb {};
struct Transfer {
  DocumentRequest request;
};
struct HungUp {};
using Step = std::variant<NextVerb, Transfer, HungUp, Failure>;

}  // namespace belfry::twiml
