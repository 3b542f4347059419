#pragma once
#include <map>
#include <string>
#include <vector>

#include "http/router.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// What the Voice SDK fetches besides its socket. Without its sounds each incoming call is
/// announced two seconds late; they are tones of ours:
/// `/js/client/sounds/releases/1.0.0/incoming.mp3` (WAV all the same: browsers look at the content)
/// and `/sounds/incoming.wav`, fifteen names and `cowbell`, the preflight test's microphone. Its
/// telemetry (`/v4/EndpointEvents`,
/// `/v4/EndpointMetrics`) is taken and dropped. All of it for pages of any origin. Control thread.
class PageFiles {
 public:
  PageFiles();
  /// Outlives the router's requests.
  void add_to(http::Router& router) const;

  /// Paths that pages of other origins may post to: they change nothing.
  static std::vector<std::string> open_paths();

 private:
  http::Response sound(const std::string& name) const;

  std::map<std::string, std::string, std::less<>> sounds_;  // WAV, by name without ending
};

}  // namespace belfry::compat::twilio::voice_sdk
