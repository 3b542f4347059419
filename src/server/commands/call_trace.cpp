#include "server/commands/call_trace.hpp"

#include "server/commands/call_narration.hpp"
#include "server/commands/terminal_text.hpp"

namespace belfry::server {
namespace {

using base::json::value;

constexpr std::size_t longest_member = 100;

std::string prefixed(std::string_view prefix, const std::string& words) {
  return words.empty() ? words : std::string(prefix) + words;
}

/// "2026-03-01T10:00:00.000Z" → "10:00:00.000".
std::string clock_of(const std::string& time) {
  const std::size_t begin = time.find('T');
  return begin == std::string::npos ? time : time.substr(begin + 1, time.find('Z') - begin - 1);
}

std::string head(const value& call) {
  const std::string duration = member(call, "duration_s");
  std::string text = member(call, "sid") + "  " + member(call, "direction") + "  " +
                     member(call, "from") + " -> " + member(call, "to") + "  " +
                     member(call, "status");
  const std::string reason = member(call, "end_reason");
  if (!reason.empty()) text += " (" + reason + ")";
  text += "\n  placed " + member(call, "created_at");
  text += prefixed(", answered ", clock_of(member(call, "answered_at")));
  text += prefixed(", ended ", clock_of(member(call, "ended_at")));
  if (!duration.empty()) text += ", " + duration + " s long";
  text += prefixed(", by ", member(call, "endpoint"));
  return text + prefixed("\n  leg of ", member(call, "parent_sid")) + "\n";
}

/// Of an event that has no words of its own: its type and what is short in it.
std::string plain(const value& event) {
  std::string text = member(event, "type");
  const value* data = base::json::find(event, "data");
  if (data == nullptr || !data->is_object()) return text;
  for (const auto& [name, what] : data->get_object()) {
    if (what.is_structured()) continue;
    std::string shown = member(*data, name);
    if (shown.size() > longest_member) shown = shown.substr(0, longest_member) + "...";
    if (!shown.empty()) text += "  " + printable(std::string(name)) + "=" + shown;
  }
  return text;
}

std::string timeline(const value& events) {
  std::string text;
  for (const value& event : list(events, "items")) {
    const std::string words = narrate(event);
    text += "  " + clock_of(member(event, "at")) + "  " + (words.empty() ? plain(event) : words);
    text += "\n";
  }
  return text;
}

/// "20 from strangers (the last one 127.0.0.2:4000)".
std::string refused(const value& media) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view what, const std::string& more) {
    const std::string count = member(media, name);
    if (count.empty() || count == "0") return;
    text += (text.empty() ? "" : ", ") + count + " " + std::string(what);
    if (!more.empty()) text += " (" + more + ")";
  };
  add("from_strangers", "from another address", member(media, "stranger"));
  add("not_authentic", "failed SRTP authentication", "");
  add("replayed", "had come before", "");
  add("not_agreed", "of a codec that was not agreed",
      prefixed("payload type ", member(media, "payload_type_not_agreed")));
  return prefixed("  refused: ", text) + (text.empty() ? "" : "\n");
}

std::string hold(const value& media) {
  std::string text;
  if (member(media, "held_by_us") == "true") text += "  on hold by us\n";
  if (member(media, "held_by_party") == "true") text += "  on hold by the party\n";
  return text;
}

/// 0 when it is none.
double number(const value& object, std::string_view name) {
  const value* found = base::json::find(object, name);
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

std::string to_tenths(double number) {
  const auto tenths = static_cast<std::int64_t>(number * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string figures(const value& media) {
  std::string text = "  " + member(media, "codec") + prefixed(" with ", member(media, "remote"));
  text += ": " + member(media, "packets_in") + " packets in, " + member(media, "packets_out") +
          " out, " + member(media, "lost") + " lost; the party lost " +
          percent(number(media, "loss_there")) + "\n";
  text += "  jitter " + to_tenths(number(media, "jitter_ms")) + " ms, round trip " +
          to_tenths(number(media, "round_trip_ms")) + " ms";
  if (number(media, "mos") > 0) text += ", MOS " + to_tenths(number(media, "mos"));
  if (!member(media, "idle_ms").empty())
    text += ", last packet " + member(media, "idle_ms") + " ms before";
  text += "\n";
  text += "  sound: " + member(media, "sound") + ", reports: " + member(media, "party_reports");
  if (const std::string handshake = member(media, "handshake"); handshake != "none")
    text += prefixed(", handshake: ", handshake);
  return text + "\n" + refused(media) + hold(media);
}

std::string audio(const value& call) {
  const value* media = base::json::find(call, "media");
  const value* verdict = base::json::find(call, "audio");
  const bool is_judged = verdict != nullptr && verdict->is_object();
  std::string text = "audio: ";
  if (!is_judged) {
    text += "nothing is known of it\n";
  } else {
    const std::string fault = member(*verdict, "fault");
    text += (fault == "none" ? "" : fault + ": ") + member(*verdict, "words") + "\n";
  }
  if (media != nullptr && media->is_object()) text += figures(*media);
  return text;
}

}  // namespace

std::string trace_text(const value& call, const value& events) {
  return head(call) + timeline(events) + audio(call);
}

bool has_audio_fault(const value& call) {
  const value* verdict = base::json::find(call, "audio");
  if (verdict == nullptr || !verdict->is_object()) return false;
  return member(*verdict, "fault") != "none";
}

}  // namespace belfry::server
