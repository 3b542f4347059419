#include "twiml/messaging.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::twiml {
namespace {

constexpr std::string_view voice_verbs[] = {
    "Say",    "Play",  "Pause", "Gather", "Record",  "Dial", "Enqueue", "Leave", "Reject",
    "Hangup", "Refer", "Start", "Stop",   "Connect", "Echo", "Queue",   "Pay",   "Prompt",
};

bool is_voice_verb(std::string_view name) {
  return std::ranges::find(voice_verbs, name) != std::end(voice_verbs);
}

void add_message(Message message, MessagingDocument& document, Findings& findings) {
  if (message.body.empty() && message.media.empty()) return;
  const auto replies =
      std::ranges::count_if(document.verbs, [](const MessagingDocument::Verb& verb) {
        return std::holds_alternative<Message>(verb);
      });
  if (static_cast<std::size_t>(replies) == max_replies)
    return findings.warn(14109, "only the first 10 messages of a document are sent");
  document.verbs.emplace_back(std::move(message));
}

void read_verb(const Element& element, MessagingDocument& document, Findings& findings) {
  const std::string shown(base::truncate_utf8(element.name, 60));
  if (element.name == "Message") {
    add_message(read_message(element, findings), document, findings);
  } else if (element.name == "Sms") {
    add_message(read_message_sms(element, findings), document, findings);
  } else if (element.name == "Redirect") {
    document.verbs.emplace_back(read_redirect(element, findings));
  } else if (is_voice_verb(element.name)) {
    findings.stop(14110, "<" + shown + "> is a verb of voice documents");
  } else {
    findings.warn(12200, "unknown verb <" + shown + ">");
  }
}

}  // namespace

base::Result<MessagingDocument> read_messaging_document(std::string_view text) {
  BELFRY_TRY(root, read_xml(text));
  if (root.name != "Response")
    return base::fail(
        base::Errc::malformed,
        "the root element is <" + std::string(base::truncate_utf8(root.name, 60)) +
            ">, not <Response>",
        12102
    );
  MessagingDocument document;
  Findings findings;
  ElementReader(root, findings).report_unknown_attributes();
  if (!root.own_text().empty()) findings.warn(12200, "text outside of a verb is skipped");
  for (const Element& element : root.children)
    if (!element.is_text()) read_verb(element, document, findings);
  if (findings.error) return base::fail(std::move(*findings.error));
  document.warnings = std::move(findings.warnings);
  return document;
}

MessagingDocument reply_document(std::string_view text) {
  MessagingDocument document;
  Message message;
  message.body = base::trim(text);
  if (!message.body.empty()) document.verbs.emplace_back(std::move(message));
  return document;
}

}  // namespace belfry::twiml
