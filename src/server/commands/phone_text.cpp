#include "server/commands/phone_text.hpp"

#include "server/commands/terminal_text.hpp"

namespace belfry::server {
namespace {

using base::json::value;

std::string call_story(const value& call) {
  std::string text = "  " + member(call, "direction") + " " + member(call, "from") + " -> " +
                     member(call, "to") + "  " + member(call, "state");
  const std::string reason = member(call, "end_reason");
  if (!reason.empty()) text += " (" + reason + ")";
  text += "  " + member(call, "call_sid") + "\n";
  for (const value& heard : list(call, "heard"))
    text += "    heard: " + member(heard, "text") + "\n";
  const std::string digits = member(call, "digits_heard");
  if (!digits.empty()) text += "    keys heard: " + digits + "\n";
  const std::string audio = member(call, "audio_url");
  if (!audio.empty()) text += "    audio: " + audio + "\n";
  return text;
}

}  // namespace

std::string phone_line(const value& phone) {
  return member(phone, "number") + "  " + member(phone, "state") +
         "  on call: " + member(phone, "on_call") + "  rings: " + member(phone, "rings") +
         "  calls: " + std::to_string(list(phone, "calls").size()) + "\n";
}

std::string phone_story(const value& phone) {
  std::string text = phone_line(phone);
  for (const value& call : list(phone, "calls")) text += call_story(call);
  for (const value& message : list(phone, "messages")) text += "  message " + message_line(message);
  return text;
}

std::string message_line(const value& message) {
  return member(message, "at") + "  " + member(message, "from") + " -> " + member(message, "to") +
         "  " + member(message, "body") + "\n";
}

}  // namespace belfry::server
