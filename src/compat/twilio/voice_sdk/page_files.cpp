#include "compat/twilio/voice_sdk/page_files.hpp"

#include "base/encoding.hpp"
#include "media/tone.hpp"
#include "media/wav.hpp"

namespace belfry::compat::twilio::voice_sdk {
namespace {

using namespace std::chrono_literals;

std::string wav(const media::Tone& tone, base::Duration length) {
  media::PcmClip clip;
  clip.rate = media::narrowband;
  clip.samples.resize(media::samples_in(length, clip.rate));
  media::ToneGenerator(tone, clip.rate).fill(clip.samples);
  return std::string(base::as_text(media::to_wav(clip)));
}

std::string sound_of_key(char key) {
  return wav(media::dtmf_tone(key).value_or(media::sine(440)), 150ms);
}

http::Response for_any_origin(http::Response response) {
  response.headers.set("Access-Control-Allow-Origin", "*");
  return response;
}

http::Response take_telemetry(const http::Request& /*request*/) {
  return for_any_origin(http::json(200, base::json::object{}));
}

http::Response allow_telemetry(const http::Request& /*request*/) {
  http::Response response = for_any_origin(http::empty(204));
  response.headers.set("Access-Control-Allow-Methods", "POST");
  response.headers.set("Access-Control-Allow-Headers", "Content-Type, X-Twilio-Token");
  response.headers.set("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace

PageFiles::PageFiles() {
  sounds_["incoming"] = wav({{440, 480}, -19, 1s, 1s}, 2s);  // the SDK repeats it
  sounds_["outgoing"] = wav(media::sine(480, -19), 200ms);
  sounds_["disconnect"] = wav({{480, 620}, -24, 150ms, 100ms}, 500ms);
  sounds_["cowbell"] = wav({{587, 845}, -12, 250ms, 250ms}, 5s);
  for (const char key : std::string_view("0123456789"))
    sounds_[std::string("dtmf-") + key] = sound_of_key(key);
  sounds_["dtmf-hash"] = sound_of_key('#');
  sounds_["dtmf-star"] = sound_of_key('*');
}

std::vector<std::string> PageFiles::open_paths() {
  return {"/v4/EndpointEvents", "/v4/EndpointMetrics"};
}

http::Response PageFiles::sound(const std::string& name) const {
  const auto found = sounds_.find(name);
  if (found == sounds_.end()) return for_any_origin(http::problem(404, "there is no such sound"));
  http::Response response = http::text(200, found->second);
  response.headers.set("Content-Type", "audio/wav");
  response.headers.set("Cache-Control", "public, max-age=86400");
  return for_any_origin(std::move(response));
}

void PageFiles::add_to(http::Router& router) const {
  const auto serve = http::immediate([this](const http::Request& request) {
    return sound(request.param("name"));
  });
  router.add("GET /js/client/sounds/releases/1.0.0/{name}.mp3", serve);
  router.add("GET /sounds/{name}.wav", serve);
  for (const std::string& path : open_paths()) {
    router.add("POST " + path, http::immediate(take_telemetry));
    router.add("OPTIONS " + path, http::immediate(allow_telemetry));
  }
}

}  // namespace belfry::compat::twilio::voice_sdk
