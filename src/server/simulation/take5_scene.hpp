#pragma once
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "media/level.hpp"
#include "media/wav.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"

/// What the tests of Take5 share: a server in a folder of its own, and its API.
namespace belfry::server::simulation {

using namespace std::chrono_literals;
namespace json = base::json;

inline constexpr const char* ann = "5551234567";
inline constexpr const char* bob = "5559876543";
inline constexpr const char* cid = "5555550123";

inline std::string e164(const std::string& ten_digits) {
  return "+1" + ten_digits;
}

struct Take5Scene : testing::Test {
  Take5Scene() { begin(config()); }

  static Config config() { return Simulation::quiet_config(); }
  /// Another server, in a folder of its own.
  void begin(Config config, std::uint64_t seed = 11) {
    simulation.reset();
    config.data = folder.emplace().path();
    simulation.emplace(Simulation::Settings{.seed = seed, .config = std::move(config)});
  }

  struct Answer {
    int status = 0;
    json::value body;
  };
  Answer ask(
      const std::string& method, const std::string& path, const json::value& body = nullptr
  ) {
    const std::string text = body.is_null() ? "" : json::serialize(body);
    const http::Response response = simulation->request(method, path, text);
    return {response.status, json::parse(response.body).value_or(nullptr)};
  }
  std::int64_t add_user(const std::string& number, const std::string& zone = "UTC") {
    const Answer added =
        ask("POST", "/api/user",
            json::object{
                {"givenName", "User"},
                {"familyName", number},
                {"phoneNumber", number},
                {"timezone", zone}
            });
    EXPECT_EQ(added.status, 201) << added.body;
    return added.body.at("id").as_int64();
  }
  /// @param members besides name and users
  std::int64_t add_group(const std::vector<std::string>& numbers, json::object members = {}) {
    json::array users;
    for (const std::string& number : numbers) users.push_back(add_user(number));
    members["name"] = "Daily Check-in";
    members["users"] = std::move(users);
    if (!members.contains("cadence")) members["cadence"] = "daily";
    const Answer added = ask("POST", "/api/group", members);
    EXPECT_EQ(added.status, 201) << added.body;
    return added.body.at("id").as_int64();
  }
  json::value group(std::int64_t id) { return ask("GET", "/api/group/" + std::to_string(id)).body; }
  /// A created call that nobody starts but we. @return its id
  std::string create(std::int64_t group, const std::string& at = "2025-08-27T10:00:00.000Z") {
    const Answer created =
        ask("POST", "/api/chime/call", json::object{{"groupId", group}, {"scheduledTime", at}});
    EXPECT_EQ(created.status, 201) << created.body;
    return std::string(created.body.at("call").at("callId").as_string());
  }
  Answer start(const std::string& call) {
    return ask("POST", "/api/chime/call/" + call + "/start");
  }
  std::string start_new(std::int64_t group) {
    const std::string call = create(group);
    EXPECT_EQ(start(call).status, 200);
    return call;
  }
  json::value status(const std::string& call) {
    return ask("GET", "/api/chime/call/" + call + "/status").body.at("call");
  }
  std::string status_word(const std::string& call) {
    return std::string(status(call).at("status").as_string());
  }
  /// "connected" and so on, of one number.
  std::string participant(const std::string& call, const std::string& number) {
    const json::value body = status(call);
    for (const auto& each : body.at("participants").as_array())
      if (each.at("phoneNumber").as_string() == e164(number))
        return std::string(each.at("status").as_string());
    return "(none)";
  }
  std::string participant_id(const std::string& call, const std::string& number) {
    const json::value body = status(call);
    for (const auto& each : body.at("participants").as_array())
      if (each.at("phoneNumber").as_string() == e164(number))
        return std::string(each.at("participantId").as_string());
    return "(none)";
  }
  sim::Phone& phone(const std::string& number) { return simulation->phones().phone(e164(number)); }
  void has(const std::string& number, std::string_view json) {
    phone(number).set_behaviour(behaviour(json));
  }
  std::int64_t rings(const std::string& number) {
    return phone(number).to_json().at("rings").to_number<std::int64_t>();
  }
  std::string heard(const std::string& number) { return heard_by(*simulation, e164(number)); }
  void hang_up(const std::string& number) {
    phone(number).current()->hang_up(call::HangupCause::normal);
    simulation->run_for(1s);
  }
  void run_for(base::Duration duration) { simulation->run_for(duration); }
  bool settle(base::Duration limit) {
    const bool settled = simulation->settle(limit);
    simulation->run_for(2s);  // files are closed, rows written
    return settled;
  }
  base::WallTime now() { return simulation->clock().wall_now(); }
  std::string in(base::Duration delay) {
    return base::to_rfc3339(now() + std::chrono::floor<std::chrono::microseconds>(delay));
  }
  /// Of the last call of a phone: how loud a second of it was.
  double level_at(const std::string& number, int second) {
    std::string sid;
    for (const call::LegRecord& leg : simulation->legs())
      if (leg.to == e164(number)) sid = leg.sid;
    const auto clip = media::read_audio_file(simulation->phones().heard_file(sid));
    EXPECT_TRUE(clip) << (clip ? "" : clip.error().message);
    if (!clip) return media::silence_dbov;
    const auto from = static_cast<std::size_t>(second) * clip->rate.hz;
    if (from + clip->rate.hz > clip->samples.size()) return media::silence_dbov;
    return media::level_dbov(std::span(clip->samples).subspan(from, clip->rate.hz));
  }

  std::optional<DataFolder> folder;
  std::optional<Simulation> simulation;
};

}  // namespace belfry::server::simulation
