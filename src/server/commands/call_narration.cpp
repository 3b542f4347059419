#include "server/commands/call_narration.hpp"

#include <array>
#include <string_view>

#include "server/commands/terminal_text.hpp"

namespace belfry::server {
namespace {

using base::json::value;

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

}  // namespace

CallOutcome outcome_of(const value& event) {
  const std::string type = member(event, "type");
  if (type == "call.completed") return CallOutcome::completed;
  for (const std::string_view ending : endings)
    if (type == ending) return CallOutcome::failed;
  return CallOutcome::goes_on;
}

std::string narrate(const value& event) {
  const std::string type = member(event, "type");
  const value* data = base::json::find(event, "data");
  const value nothing;
  const value& details = data == nullptr ? nothing : *data;
  if (outcome_of(event) != CallOutcome::goes_on) {
    const std::string reason = member(details, "reason");
    return type.substr(std::string_view("call.").size()) + (reason.empty() ? "" : ": ") + reason;
  }
  for (const Words& words : known_events) {
    if (words.type == type) return std::string(words.lead) + member(details, words.member);
  }
  return {};
}

}  // namespace belfry::server
