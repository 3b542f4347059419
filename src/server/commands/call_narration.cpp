#include "server/commands/call_narration.hpp"

#include <array>
#include <string_view>

namespace belfry::server {
namespace {

using base::json::value;

std::string text_of(const value& object, std::string_view name) {
  const value* member = base::json::find(object, name);
  if (member == nullptr || member->is_null()) return {};
  return member->is_string() ? std::string(member->get_string()) : base::json::serialize(*member);
}

std::string type_of(const value& event) {
  return text_of(event, "type");
}

struct Words {
  std::string_view type;
  std::string_view lead;    // what is said before the member
  std::string_view member;  // of the event's data
};

// "completed" and its like come with the reason; see `narrate`.
constexpr std::array known_events = {
    Words{"call.queued", "queued for ", "to"},
    Words{"call.attempt", "dialling by ", "carrier"},
    Words{"call.ringing", "ringing", ""},
    Words{"call.in-progress", "answered", ""},
    Words{"call.resumed", "taken up again after a restart", ""},
    Words{"route.failed", "this way failed: ", "reason"},
    Words{"speech.started", "says: ", "text"},
    Words{"digit.received", "key pressed: ", "digit"},
    Words{"gather.result", "keys gathered: ", "digits"},
    Words{"webhook.request", "asks ", "url"},
    Words{"webhook.response", "web server answered ", "status"},
    Words{"bridge.connected", "connected with ", "with"},
    Words{"twiml.warning", "warning: ", "message"},
    Words{"error", "error: ", "message"},
    Words{"task.acknowledged", "task acknowledged", ""},
};

constexpr std::array<std::string_view, 5> endings = {
    "call.completed", "call.busy", "call.no-answer", "call.canceled", "call.failed"
};

/// What a party says or a carrier names may hold control bytes; a terminal obeys them.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}

}  // namespace

CallOutcome outcome_of(const value& event) {
  const std::string type = type_of(event);
  if (type == "call.completed") return CallOutcome::completed;
  for (const std::string_view ending : endings)
    if (type == ending) return CallOutcome::failed;
  return CallOutcome::goes_on;
}

std::string narrate(const value& event) {
  const std::string type = type_of(event);
  const value* data = base::json::find(event, "data");
  const value nothing;
  const value& details = data == nullptr ? nothing : *data;
  if (outcome_of(event) != CallOutcome::goes_on) {
    const std::string reason = text_of(details, "reason");
    return printable(
        type.substr(std::string_view("call.").size()) + (reason.empty() ? "" : ": ") + reason
    );
  }
  for (const Words& words : known_events) {
    if (words.type != type) continue;
    return printable(std::string(words.lead) + text_of(details, words.member));
  }
  return {};
}

}  // namespace belfry::server
