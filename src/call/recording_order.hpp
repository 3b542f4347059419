#pragma once
#include <string>
#include <vector>

#include "base/json.hpp"
#include "call/media.hpp"

namespace belfry::call {

/// Where the steps of a recording are reported.
struct RecordingCallback {
  std::string url;  // empty: nowhere
  std::string method = "POST";
  std::vector<std::string> events = {"completed"};  // in-progress, completed, absent
  bool own_application = false;                     // answered in process, without a socket
};

/// A recording that somebody asks for, in a document or through the API; stored with a call that is
/// to be recorded from its answer on.
struct RecordingOrder {
  using Channels = RecordingTerms::Channels;

  Channels channels = Channels::mono;  // dual: what the party says left, what it hears right
  Track track = Track::both;
  bool trim_silence = false;
  RecordingCallback callback;
};

std::string_view to_string(Track track);   // inbound, outbound, both
Track parse_track(std::string_view text);  // anything else: both

base::json::object to_json(const RecordingOrder& order);
/// Members that are missing or wrong have their defaults.
RecordingOrder read_recording_order(const base::json::object& value);

}  // namespace belfry::call
