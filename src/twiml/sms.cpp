#include "twiml/sms.hpp"

#include "call/leg.hpp"
#include "call/services.hpp"
#include "twiml/message.hpp"
#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

/// From the number of ours in this call to the party, unless the document says otherwise.
call::SendMessage to_message(const Sms& sms, const call::LegRecord& leg) {
  const bool inbound = leg.direction == call::LegRecord::Direction::inbound;
  call::SendMessage message;
  message.account_sid = leg.account_sid;
  message.from = sms.from.empty() ? (inbound ? leg.to : leg.from) : sms.from;
  message.to = sms.to.empty() ? (inbound ? leg.from : leg.to) : sms.to;
  message.body = sms.body;
  message.direction = call::MessageRecord::Direction::outbound_call;
  message.origin_sid = leg.sid;
  return message;
}

}  // namespace

Sms read_sms(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Sms sms;
  sms.to = reader.text("to");
  sms.from = reader.text("from");
  sms.action = reader.optional_text("action");
  sms.method = reader.method("method", 14104);
  sms.status_callback = reader.text("statusCallback");
  sms.body = text_of_message(element);
  if (sms.body.empty()) findings.warn(14103, "<Sms> has no text");
  reader.report_unknown_attributes();
  reader.report_children();
  return sms;
}

base::Task<Step> execute(const Sms& sms, Session& session) {
  call::Leg* leg = session.voice().leg();
  call::Messages* messages = leg == nullptr ? nullptr : leg->services().messages;
  if (messages == nullptr) co_return co_await skip("Sms", Answers::no, session);
  if (sms.body.empty()) co_return NextVerb{};
  call::SendMessage message = to_message(sms, session.voice().record());
  if (!sms.status_callback.empty()) {
    auto callback = session.resolve(sms.status_callback);
    if (callback) {
      message.status_callback = std::move(*callback);
    } else {
      session.warn(14105, callback.error().message);
    }
  }
  const auto sent = co_await messages->send(std::move(message));
  call::FormFields results;
  if (sent) {
    results = sent_parameters(*sent);
    std::erase_if(results, [](const auto& field) {
      return field.first == "From" || field.first == "To";  // they say who is in the call
    });
  } else {
    session.warn(document_code(sent.error().detail), sent.error().message);
    results = {{"SmsStatus", "failed"}, {"MessageStatus", "failed"}};
  }
  if (!sms.action) co_return NextVerb{};
  Step next =
      session.transfer(sms.action, sms.method, Session::Purpose::action, std::move(results));
  co_return next;
}

}  // namespace belfry::twiml
