#pragma once
#include <string_view>
#include <variant>
#include <vector>

#include "twiml/message.hpp"
#include "twiml/redirect.hpp"

namespace belfry::twiml {

/// A messaging document, read and checked. `<Sms>` is a `Message` too.
struct MessagingDocument {
  using Verb = std::variant<Message, Redirect>;
  std::vector<Verb> verbs;
  std::vector<Warning> warnings;
};

inline constexpr std::size_t max_replies = 10;

/// Messages without content and those beyond the tenth (14109) are left out.
/// @return Twilio's code in `Error::detail`: 11750, 12100, 12101, 12102 (root is not `<Response>`),
/// 14110 for a verb of voice documents.
base::Result<MessagingDocument> read_messaging_document(std::string_view text);

/// A document that sends one text, for plain text answers.
MessagingDocument reply_document(std::string_view text);

}  // namespace belfry::twiml
