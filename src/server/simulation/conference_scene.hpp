#pragma once
#include <gmock/gmock.h>

#include "server/simulation/data_folder.hpp"
#include "server/simulation/meeting_scene.hpp"

/// What the tests of conferences share: three phones and the room that they dial.
namespace belfry::server::simulation::conferencing {

using namespace std::chrono_literals;
using call::ConferenceStatus;
using testing::ElementsAre;
using testing::HasSubstr;

inline constexpr const char* ann = "+14155550001";
inline constexpr const char* bob = "+14155550002";
inline constexpr const char* cid = "+14155550003";

inline std::string conference(const std::string& attributes, const std::string& dial = "") {
  return "<Dial action=\"http://app.test/after\" " + dial + "><Conference " + attributes +
         " statusCallback=\"http://app.test/events\" statusCallbackEvent=\"start end join leave "
         "mute hold modify speaker announcement\">room</Conference></Dial>";
}

struct ConferenceLife : testing::Test {
  call::Conferences& conferences() {
    return *scene.simulation.system().switchboard().services().conferences;
  }
  call::Conference* room() {
    const auto live = conferences().live();
    return live.empty() ? nullptr : conferences().find(live.front()->record().sid);
  }
  std::vector<std::string> events() { return scene.told_to("/events", "StatusCallbackEvent"); }
  MeetingScene::Told last_event(std::string_view name) {
    MeetingScene::Told found;
    for (const auto& event : scene.told_to("/events"))
      if (event["StatusCallbackEvent"] == name) found = event;
    return found;
  }
  std::vector<call::Document> documents(std::string_view collection) {
    call::DocumentQuery query{.collection = std::string(collection)};
    auto& journal = scene.simulation.system().switchboard().services().journal;
    return scene.simulation.wait(journal.find_documents(std::move(query))).value();
  }
  call::ConferenceRecord stored() {
    return call::ConferenceRecord::from_document(documents("conference").front());
  }
  void settle() { ASSERT_TRUE(scene.simulation.settle(5min)); }

  MeetingScene scene;
};

}  // namespace belfry::server::simulation::conferencing
