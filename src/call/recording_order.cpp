#include "call/recording_order.hpp"

#include <array>

namespace belfry::call {
namespace {

std::string text_of(const base::json::object& from, std::string_view key) {
  const auto* text = base::json::find_string(from, key);
  return text == nullptr ? std::string() : std::string(text->c_str(), text->size());
}

bool flag_of(const base::json::object& from, std::string_view key) {
  const auto* member = from.if_contains(key);
  return member != nullptr && member->is_bool() && member->get_bool();
}

}  // namespace

std::string_view to_string(Track track) {
  switch (track) {
    case Track::inbound:
      return "inbound";
    case Track::outbound:
      return "outbound";
    case Track::both:
      return "both";
  }
  return "";
}

Track parse_track(std::string_view text) {
  for (const Track track : {Track::inbound, Track::outbound})
    if (to_string(track) == text) return track;
  return Track::both;
}

base::json::object to_json(const RecordingOrder& order) {
  const RecordingCallback& callback = order.callback;
  return {
      {"channels", order.channels == RecordingOrder::Channels::dual ? "dual" : "mono"},
      {"track", to_string(order.track)},
      {"trim_silence", order.trim_silence},
      {"callback",
       {{"url", callback.url},
        {"method", callback.method},
        {"events", base::json::array(callback.events.begin(), callback.events.end())},
        {"own_application", callback.own_application}}},
  };
}

RecordingOrder read_recording_order(const base::json::object& value) {
  RecordingOrder order;
  if (text_of(value, "channels") == "dual") order.channels = RecordingOrder::Channels::dual;
  order.track = parse_track(text_of(value, "track"));
  order.trim_silence = flag_of(value, "trim_silence");
  const auto* member = value.if_contains("callback");
  if (member == nullptr || !member->is_object()) return order;
  const base::json::object& callback = member->get_object();
  order.callback.url = text_of(callback, "url");
  if (text_of(callback, "method") == "GET") order.callback.method = "GET";
  order.callback.own_application = flag_of(callback, "own_application");
  const auto* events = callback.if_contains("events");
  if (events == nullptr || !events->is_array()) return order;
  order.callback.events.clear();
  for (const base::json::value& event : events->get_array())
    if (event.is_string()) order.callback.events.emplace_back(event.get_string());
  return order;
}

}  // namespace belfry::call
