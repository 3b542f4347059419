#pragma once
#include <gtest/gtest.h>

#include <map>

#include "media/tone_meter.hpp"
#include "media/wav.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"

/// What the tests of dialled calls share: Alice calls a number of ours, a web application at
/// `http://app.test` says what happens, and everybody's phone keeps what it heard.
namespace belfry::server::simulation {

using namespace std::chrono_literals;

struct DialScene : testing::Test {
  static constexpr const char* alice = "+14155550001";
  static constexpr const char* bob = "+14155550002";
  static constexpr const char* carol = "+14155550003";
  static constexpr const char* ours = "+14155550100";
  static constexpr const char* app = "http://app.test";

  DialScene() {
    Config config = Simulation::quiet_config();
    config.data = folder.path();
    NumberConfig number;
    number.number = ours;
    number.voice_url = std::string(app) + "/voice";
    config.numbers.push_back(std::move(number));
    simulation.emplace(Simulation::Settings{.seed = 21, .config = std::move(config)});
    simulation->web().serve(app, [this](const http::ClientRequest& request) {
      const auto found = documents.find(path_of(request.url));
      if (found == documents.end()) return WebAnswer{.status = 204, .content_type = "", .body = ""};
      return WebAnswer{.body = "<Response>" + found->second + "</Response>"};
    });
  }

  static std::string path_of(const std::string& url) {
    const std::string path = url.substr(std::string_view(app).size());
    return path.substr(0, path.find('?'));
  }
  /// What whoever calls our number goes through.
  void dials(const std::string& dial, const std::string& after = "<Say>Goodbye.</Say>") {
    documents["/voice"] = dial + after;
  }
  void has(const char* phone, std::string_view json) {
    simulation->phones().phone(phone).set_behaviour(behaviour(json));
  }
  /// Alice's phone calls, and everything comes to its end.
  void call(std::string_view by_alice = "{}") {
    start(by_alice);
    finish();
  }
  void start(std::string_view by_alice = "{}") {
    has(alice, by_alice);
    ASSERT_TRUE(simulation->phones().place_call(alice, ours));
  }
  void finish() {
    ASSERT_TRUE(simulation->settle(10min));
    simulation->run_for(2s);  // the files of what was heard are closed
    EXPECT_FALSE(simulation->media_is_busy());
  }

  /// The forms that a path got, in order.
  std::vector<http::Form> posts(const std::string& path) {
    std::vector<http::Form> forms;
    for (const auto& received : simulation->web().received(app))
      if (path_of(received.request.url) == path)
        forms.push_back(http::Form::parse(received.request.body).value_or(http::Form()));
    return forms;
  }
  /// "initiated ringing in-progress completed": one member of each form.
  std::string said(const std::string& path, const std::string& member) {
    std::string text;
    for (const http::Form& form : posts(path))
      text += (text.empty() ? "" : " ") + form.value_or(member, "-");
    return text;
  }
  http::Form last(const std::string& path) {
    auto forms = posts(path);
    EXPECT_FALSE(forms.empty()) << "nobody asked for " << path;
    return forms.empty() ? http::Form() : std::move(forms.back());
  }
  /// The last leg from or to a phone.
  call::LegRecord leg_of(const char* phone) {
    call::LegRecord found;
    for (const call::LegRecord& leg : simulation->legs())
      if (leg.to == phone || (leg.from == phone && leg.parent_sid.empty())) found = leg;
    return found;
  }
  std::string words(const char* phone) { return heard_by(*simulation, phone); }
  media::PcmClip heard(const char* phone) {
    auto clip = media::read_audio_file(simulation->phones().heard_file(leg_of(phone).sid));
    EXPECT_TRUE(clip) << (clip ? "" : clip.error().message);
    return clip ? std::move(*clip) : media::PcmClip();
  }
  /// How loud a tone is in its loudest half second.
  static double tone_level(const media::PcmClip& clip, double hz) {
    const std::size_t half = clip.rate.hz / 2;
    double loudest = media::silence_dbov;
    for (std::size_t at = 0; at + half <= clip.samples.size(); at += half / 2) {
      const auto part = std::span(clip.samples).subspan(at, half);
      loudest = std::max(loudest, media::tone_level_dbov(part, clip.rate, hz));
    }
    return loudest;
  }
  /// The events of a leg, in one line.
  std::string timeline(const std::string& sid) {
    std::string text;
    for (const call::EventRecord& event : simulation->events(sid))
      text += event.type + " " + base::json::serialize(event.data) + "\n";
    return text;
  }

  DataFolder folder;
  std::map<std::string, std::string> documents;  // by path; others answer 204
  std::optional<Simulation> simulation;
};

}  // namespace belfry::server::simulation
