#pragma once
#include <string>
#include <variant>

#include "base/result.hpp"
#include "base/task.hpp"
#include "call/web.hpp"

namespace belfry::twiml {

/// What a document is for, and so which verbs it may hold.
enum class DocumentKind {
  main,           // drives the leg: all of them
  whisper,        // `url` of Number, Client, Sip: for the party that answered, before the bridge
  conference,     // waitUrl, HoldUrl and AnnounceUrl of a conference
  queue_wait,     // waitUrl of Enqueue
  queue_connect,  // `url` of Queue: for the caller who leaves the queue, before the bridge
};

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
struct LeftQueue {};  // `<Leave>`, in the documents of a queue only
using Step = std::variant<NextVerb, Transfer, HungUp, Failure, LeftQueue>;

}  // namespace belfry::twiml
