#pragma once
#include <variant>
#include <vector>

#include "twiml/connect.hpp"
#include "twiml/dial.hpp"
#include "twiml/echo.hpp"
#include "twiml/enqueue.hpp"
#include "twiml/gather.hpp"
#include "twiml/hangup.hpp"
#include "twiml/leave.hpp"
#include "twiml/record.hpp"
#include "twiml/redirect.hpp"
#include "twiml/refer.hpp"
#include "twiml/reject.hpp"
#include "twiml/sms.hpp"
#include "twiml/start.hpp"
#include "twiml/stop.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {

using Verb = std::variant<
    Say, Play, Pause, Gather, Record, Dial, Enqueue, Leave, Redirect, Reject, Hangup, Refer,
    Connect, Start, Stop, Sms, Echo, Unavailable>;

/// A verb and how it was written, for the timeline.
struct VerbEntry {
  std::string name;
  std::vector<Element::Attribute> attributes;
  std::string text;
  Verb verb;
};

/// A voice document, read and checked.
struct Document {
  std::vector<VerbEntry> verbs;
  std::vector<Warning> warnings;
};

inline constexpr std::size_t max_verbs = 1000;  // rule W2, nested ones included

/// Reads a document. Unknown verbs, attributes and children are warnings (12200) and skipped.
/// @return Twilio's code in `Error::detail`: 11750, 12100, 12101, 12102 (root is not `<Response>`),
/// or that of a value whose level is error.
base::Result<Document> read_document(std::string_view text);

/// A document that says one text, for plain text answers and for `say` in a program.
Document say_document(std::string text);

}  // namespace belfry::twiml
