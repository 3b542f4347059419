#include "server/simulation/conference_scene.hpp"

/// Calls that are made for a conference, and what a crash leaves of one.
namespace belfry::server::simulation::conferencing {
namespace {

struct CalledIn : ConferenceLife {
  base::Result<call::ParticipantRecord> call_in_api(
      const std::string& number, call::JoinConference terms
  ) {
    call::Conferences::CallIn in;
    in.call.to = {call::Party::Kind::telephone, number};
    in.call.from = "+15550100100";
    terms.name = "room";
    terms.terms.callback = {
        "http://app.test/events", "POST", {"start", "end", "join", "leave"}, false
    };
    in.terms = std::move(terms);
    auto& switchboard = scene.simulation.system().switchboard();
    return scene.simulation.wait(conferences().call_in(switchboard, std::move(in)));
  }
};

TEST_F(CalledIn, AParticipantIsInItsConferenceOnceItAnswers) {
  const auto first = call_in_api(ann, {.label = "a"});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, call::ParticipantRecord::Status::queued);
  scene.simulation.run_for(500ms);
  EXPECT_EQ(room()->find("a")->status, call::ParticipantRecord::Status::ringing);
  ASSERT_TRUE(call_in_api(bob, {}));
  scene.simulation.run_for(3s);
  EXPECT_EQ(room()->find("a")->status, call::ParticipantRecord::Status::connected);
  EXPECT_EQ(room()->record().status, ConferenceStatus::in_progress);
  EXPECT_EQ(call_in_api(cid, {.label = "a"}).error().detail, 16025);
  room()->remove(first->call_sid, call::Departure::by_api, call::Conference::Exit::kicked);
  scene.simulation.run_for(1s);
  EXPECT_FALSE(scene.is_live(first->call_sid)) << "it has no document to go on with";
  room()->end(call::ConferenceEnding::by_api);
  settle();
}

TEST_F(CalledIn, OneWhoIsBusyHasNotBeenThere) {
  scene.simulation.phones().phone(bob).set_behaviour(behaviour(R"({"on_call":"busy"})"));
  ASSERT_TRUE(call_in_api(ann, {}));
  scene.simulation.run_for(3s);
  ASSERT_TRUE(call_in_api(bob, {}));
  scene.simulation.run_for(3s);
  EXPECT_EQ(room()->participants().size(), 1U);
  EXPECT_EQ(last_event("participant-leave")["ReasonParticipantLeft"], "participant_add_failed");
  EXPECT_EQ(last_event("participant-leave")["ParticipantCallStatus"], "busy");
  room()->end(call::ConferenceEnding::by_api);
  settle();
  EXPECT_TRUE(documents("participant").empty());
}

TEST_F(CalledIn, AConferenceThatNobodyReachesEnds) {
  scene.simulation.phones().phone(ann).set_behaviour(behaviour(R"({"on_call":"busy"})"));
  ASSERT_TRUE(call_in_api(ann, {}));
  settle();
  EXPECT_EQ(room(), nullptr);
  EXPECT_EQ(stored().status, ConferenceStatus::completed);
}

// --- After a crash ---

TEST(ConferenceAfterACrash, IsCompletedAndItsEndIsTold) {
  const DataFolder folder;
  Config config = Simulation::quiet_config();
  config.data = folder.path();
  MeetingScene scene(std::move(config));
  scene.call_in(ann, conference(""));
  scene.call_in(bob, conference(""));
  scene.simulation.crash_and_restart(40s);
  ASSERT_TRUE(scene.simulation.settle(5min));
  const auto events = scene.told_to("/events", "StatusCallbackEvent");
  EXPECT_THAT(
      events, ElementsAre(
                  "participant-join", "participant-join", "conference-start", "participant-leave",
                  "participant-leave", "conference-end"
              )
  );
  EXPECT_EQ(scene.told_to("/events").back()["SequenceNumber"], "6");
  EXPECT_EQ(scene.told_to("/events").back()["Reason"], "The server was restarted");
  EXPECT_TRUE(scene.simulation.system().switchboard().services().conferences->live().empty());
}

}  // namespace
}  // namespace belfry::server::simulation::conferencing
