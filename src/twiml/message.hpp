#pragma once
#include <optional>
#include <string>
#include <vector>

#include "call/messages.hpp"
#include "twiml/element_reader.hpp"

namespace belfry::twiml {

/// `<Message>` of a messaging document, and the older `<Sms>`: sends a message.
struct Message {
  std::string to;    // empty: who wrote
  std::string from;  // empty: the number that was written to
  std::string body;
  std::vector<std::string> media;  // URLs, may be relative
  std::optional<std::string> action;
  std::string method = "POST";
  std::string status_callback;
};

/// Findings: 14103 neither text nor media, 14104 method.
Message read_message(const Element& element, Findings& findings);
Message read_message_sms(const Element& element, Findings& findings);

/// The text of an element as written, line breaks kept, without blanks around it.
std::string text_of_message(const Element& element);
/// Twilio's code for a document whose message was refused with an API code.
int document_code(int refused);
/// What the action of a verb is told of a message.
call::FormFields sent_parameters(const call::MessageRecord& sent);

}  // namespace belfry::twiml
