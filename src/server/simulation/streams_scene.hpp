#pragma once
#include "base/encoding.hpp"
#include "media/g711.hpp"
#include "media/tone.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"

/// Media streams of a whole server: a simulated phone, and an application at the other end of a
/// WebSocket.
namespace belfry::server::simulation {

using namespace std::chrono_literals;
namespace json = base::json;

struct StreamsScene : testing::Test {
  static constexpr const char* phone = "+14155550001";
  static constexpr const char* url = "wss://app.test/media";

  StreamsScene() {
    Config config = Simulation::quiet_config();
    config.data = folder.path();
    simulation.emplace(Simulation::Settings{.seed = 5, .config = std::move(config)});
  }

  std::string place(const std::string& verbs, std::string_view script) {
    simulation->phones().phone(phone).set_behaviour(behaviour(script));
    call::PlaceCall call;
    call.to = *call::Party::parse(phone);
    call.from = "+14155559999";
    call.program = {"twiml", {{"twiml", "<Response>" + verbs + "</Response>"}}};
    return simulation->wait(simulation->system().switchboard().place(std::move(call)))->sid;
  }
  void settle() {
    ASSERT_TRUE(simulation->settle(5min));
    simulation->run_for(1s);
  }
  /// The application: `hear` gets every message, parsed.
  void serve(std::function<void(SocketPeer&, const json::object&)> hear = {}) {
    simulation->sockets().serve(url, [hear](SocketPeer& peer) {
      peer.on_message = [hear](SocketPeer& from, const std::string& text) {
        const json::value message = *json::parse(text);
        if (hear) hear(from, message.as_object());
      };
    });
  }
  SocketPeer& peer(std::size_t index = 0) { return *simulation->sockets().peers().at(index); }
  std::vector<json::object> received(std::string_view event, std::size_t index = 0) {
    std::vector<json::object> found;
    for (const std::string& text : peer(index).received) {
      json::value message = *json::parse(text);
      if (message.at("event").as_string() == event) found.push_back(message.as_object());
    }
    return found;
  }
  static std::string sid_of(const json::object& message) {
    return std::string(message.at("streamSid").as_string());
  }
  static std::string media_message(const std::string& sid, std::span<const std::byte> codes) {
    return json::serialize(json::object{
        {"event", "media"}, {"streamSid", sid}, {"media", {{"payload", base::to_base64(codes)}}}
    });
  }
  static std::string mark_message(const std::string& sid, std::string_view name) {
    return json::serialize(
        json::object{{"event", "mark"}, {"streamSid", sid}, {"mark", {{"name", name}}}}
    );
  }
  static std::string clear_message(const std::string& sid) {
    return json::serialize(json::object{{"event", "clear"}, {"streamSid", sid}});
  }
  /// 20 ms pieces, as applications send them.
  static void send_tone(SocketPeer& to, const std::string& sid, base::Duration length) {
    media::ToneGenerator generator(media::sine(440), media::narrowband);
    for (base::Duration sent{0}; sent < length; sent += 20ms) {
      std::array<media::Sample, 160> samples{};
      generator.fill(samples);
      std::vector<std::byte> codes;
      for (const media::Sample sample : samples) codes.push_back(media::to_mulaw(sample));
      to.send(media_message(sid, codes));
    }
  }
  std::vector<std::string> notes(const std::string& sid, const std::string& type) {
    std::vector<std::string> found;
    for (const call::EventRecord& event : simulation->events(sid)) {
      if (event.type != type) continue;
      const auto* code = event.data.if_contains("code");
      found.push_back(code == nullptr ? type : std::to_string(code->as_int64()));
    }
    return found;
  }
  /// Codes of what the debugger shows of a call, with the URL of the socket.
  std::vector<std::string> notifications_of(const std::string& sid) {
    call::DocumentQuery query{.collection = "notification", .members = {{"call_sid", sid}}};
    auto& journal = simulation->system().switchboard().services().journal;
    std::vector<std::string> codes;
    for (const call::Document& found :
         simulation->wait(journal.find_documents(std::move(query))).value()) {
      codes.emplace_back(found.value.at("error_code").as_string());
      EXPECT_EQ(found.value.at("request_url").as_string(), url);
    }
    return codes;
  }
  /// How long the phone heard 440 Hz, by pieces of 5 ms.
  base::Duration tone_heard(const std::string& sid) {
    const auto clip = media::read_audio_file(simulation->phones().heard_file(sid));
    EXPECT_TRUE(clip) << (clip ? "" : clip.error().message);
    if (!clip) return base::Duration(0);
    const std::size_t piece = media::samples_in(10ms, clip->rate);
    base::Duration heard{0};
    for (std::size_t at = 0; at + piece <= clip->samples.size(); at += piece) {
      const auto part = std::span(clip->samples).subspan(at, piece);
      if (media::tone_level_dbov(part, clip->rate, 440) > -25) heard += 10ms;
    }
    return heard;
  }
  std::vector<std::string> texts_heard(const std::string& sid) {
    std::vector<std::string> texts;
    for (const call::EventRecord& event : simulation->events(sid))
      if (event.type == "speech.started") texts.emplace_back(event.data.at("text").as_string());
    return texts;
  }

  DataFolder folder;
  std::optional<Simulation> simulation;
  const std::string connect = std::string("<Connect><Stream url=\"") + url + "\"/></Connect>";
};

}  // namespace belfry::server::simulation
