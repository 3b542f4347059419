#include "apps/kin/documents.hpp"

#include "base/text.hpp"

namespace belfry::apps::kin {
namespace {

constexpr std::string_view recording_callback =
    R"(recordingStatusCallback="/webhooks/recording-status" )"
    R"(recordingStatusCallbackEvent="in-progress completed absent")";

std::string document(std::string_view verbs) {
  return R"(<?xml version="1.0" encoding="UTF-8"?><Response>)" + std::string(verbs) + "</Response>";
}

std::string say(std::string_view text, std::string_view attributes = {}) {
  return "<Say" + std::string(attributes) + ">" + base::escape_xml(text) + "</Say>";
}

std::string noun(const std::string& destination) {
  const auto element = [](std::string_view name, std::string_view text) {
    return "<" + std::string(name) + ">" + base::escape_xml(text) + "</" + std::string(name) + ">";
  };
  if (destination.starts_with("client:")) return element("Client", destination.substr(7));
  if (destination.starts_with("sip:") || destination.starts_with("sips:"))
    return element("Sip", destination);
  return element("Number", destination);
}

/// @param terms further attributes
std::string dial(const std::vector<std::string>& destinations, const std::string& terms) {
  std::string verb = R"(<Dial timeout="30" timeLimit="3600" record="record-from-answer-dual" )" +
                     terms + " " + std::string(recording_callback) + ">";
  for (const std::string& destination : destinations) verb += noun(destination);
  return verb + "</Dial>";
}

std::string dial_agent(const std::vector<std::string>& destinations) {
  return dial(destinations, R"(action="/voice/after-agent" method="POST")");
}

bool is_telephone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789*#") == std::string_view::npos;
}

std::string menu(int attempt) {
  std::string action = "/voice/handle-input";
  if (attempt > 1) action += "?attempt=" + std::to_string(attempt);
  return R"(<Gather numDigits="1" action=")" + action + R"(" method="POST">)" +
         say("Press 1 for sales, 2 for support, or 3 to speak with an operator.") + "</Gather>" +
         say("Sorry, I didn't receive any input. Goodbye!") + "<Hangup/>";
}

}  // namespace

std::string browser_call_document(const std::string& to, std::string_view caller_id) {
  // Until the other side answers, the caller hears it ring and is not connected.
  std::string terms = R"(answerOnBridge="true" action="/voice/after-call" method="POST")";
  if (is_telephone(to)) terms += " callerId=\"" + base::escape_xml(caller_id) + "\"";
  const bool is_address = is_telephone(to) || to.contains(':');
  return document(dial({is_address ? to : "client:" + to}, terms));
}

std::string after_call_document(std::string_view dial_status) {
  // Not answered yet: what became of the other side is what becomes of the call.
  return document(dial_status == "busy" ? R"(<Reject reason="busy"/>)" : "<Hangup/>");
}

std::string greeting_document() {
  return document(
      say("Hello! This is a call from KIN Communications Platform.") + R"(<Pause length="1"/>)" +
      say("How can I help you today?")
  );
}

std::string basic_document(std::string_view message) {
  return document(say(message.empty() ? default_message : message, R"( voice="alice")"));
}

std::string menu_document(int attempt) {
  return document(menu(attempt));
}

std::string menu_choice_document(
    const Destinations& destinations, std::string_view digits, int attempt
) {
  const std::vector<std::string>* chosen = digits == "1"   ? &destinations.sales
                                           : digits == "2" ? &destinations.support
                                           : digits == "3" ? &destinations.reception
                                                           : nullptr;
  if (chosen == nullptr && attempt < menu_attempts)
    return document(say("Sorry, that is not one of the choices.") + menu(attempt + 1));
  if (chosen == nullptr)
    return document(say("Sorry, I didn't receive any input. Goodbye!") + "<Hangup/>");
  if (chosen->empty()) return after_agent_document({});
  return document(say("Please hold while I connect you.") + dial_agent(*chosen));
}

std::string inbound_document(const Destinations& destinations) {
  const std::string greeting = say("Thank you for calling KIN Communications.");
  if (destinations.agent.empty())
    return document(greeting + R"(<Redirect method="POST">/voice/voicemail</Redirect>)");
  return document(greeting + dial_agent(destinations.agent));
}

std::string after_agent_document(std::string_view dial_status) {
  if (dial_status == "completed" || dial_status == "answered") return document("<Hangup/>");
  return document(R"(<Redirect method="POST">/voice/voicemail</Redirect>)");
}

std::string voicemail_document() {
  return document(
      say("Nobody can take your call. Please leave a message after the tone, and press the hash "
          "key when you are done.") +
      R"(<Record maxLength="300" finishOnKey="#" playBeep="true" action="/voice/after-voicemail" method="POST" )" +
      std::string(recording_callback) + "/>" + say("We have not heard a message. Goodbye.") +
      "<Hangup/>"
  );
}

std::string after_voicemail_document() {
  return document(say("Thank you for your message. Goodbye.") + "<Hangup/>");
}

}  // namespace belfry::apps::kin
