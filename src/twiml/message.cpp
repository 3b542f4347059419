#include "twiml/message.hpp"

#include "base/text.hpp"

namespace belfry::twiml {
namespace {

constexpr std::size_t max_media = 10;

void read_attributes(ElementReader& reader, Message& message) {
  message.to = reader.text("to");
  message.from = reader.text("from");
  message.action = reader.optional_text("action");
  message.method = reader.method("method", 14104);
  message.status_callback = reader.text("statusCallback");
  reader.accept({"sender", "maxPrice", "validityPeriod"});
  reader.report_unknown_attributes();
}

void read_child(const Element& child, Message& message, Findings& findings) {
  if (child.name == "Body") {
    message.body += text_of_message(child);
  } else if (child.name == "Media") {
    if (message.media.size() == max_media) return findings.warn(21623, "more than 10 <Media>");
    if (auto url = child.own_text(); !url.empty()) message.media.push_back(std::move(url));
  } else {
    findings.warn(
        12200,
        "<" + std::string(base::truncate_utf8(child.name, 60)) + "> is not allowed in <Message>"
    );
  }
}

}  // namespace

std::string text_of_message(const Element& element) {
  std::string text;
  for (const Element& child : element.children)
    if (child.is_text()) text += child.text;
  return std::string(base::trim(text));
}

Message read_message(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Message message;
  message.body = text_of_message(element);
  read_attributes(reader, message);
  for (const Element& child : element.children)
    if (!child.is_text()) read_child(child, message, findings);
  if (message.body.empty() && message.media.empty())
    findings.warn(14103, "<Message> has neither text nor media and was skipped");
  return message;
}

Message read_message_sms(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Message message;
  message.body = text_of_message(element);
  read_attributes(reader, message);
  reader.report_children();
  if (message.body.empty()) findings.warn(14103, "<Sms> has no text and was skipped");
  return message;
}

int document_code(int refused) {
  switch (refused) {
    case 21211:
    case 21604:
    case 21612:
    case 21266:
      return 14101;
    case 21212:
    case 21603:
      return 14102;
    case 21602:
    case 21617:
      return 14103;
    case 21606:
      return 14108;
    case 21609:
      return 14105;
    case 21611:
    case 63038:
      return 14107;
    default:
      return refused;
  }
}

call::FormFields sent_parameters(const call::MessageRecord& sent) {
  const std::string status(call::to_string(sent.status));
  return {
      {"MessageSid", sent.sid}, {"SmsSid", sent.sid}, {"MessageStatus", status},
      {"SmsStatus", status},    {"From", sent.from},  {"To", sent.to},
      {"Body", sent.body},
  };
}

}  // namespace belfry::twiml
