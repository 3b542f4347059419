#include "server/simulation/conference_scene.hpp"

/// Conferences of a whole server: who is in them, when they begin and end, and what is told.
namespace belfry::server::simulation::conferencing {
namespace {

TEST_F(ConferenceLife, StartsWithItsSecondParticipantAndEndsWithItsLast) {
  const std::string first = scene.call_in(ann, conference("beep='false'"));
  ASSERT_NE(room(), nullptr);
  EXPECT_EQ(room()->record().status, ConferenceStatus::init);
  const std::string second = scene.call_in(bob, conference("participantLabel='agent'"));
  EXPECT_EQ(room()->record().status, ConferenceStatus::in_progress);
  EXPECT_EQ(documents("participant").size(), 2U);
  scene.hang_up(ann);
  ASSERT_NE(room(), nullptr) << "one may stay alone";
  scene.hang_up(bob);
  settle();
  EXPECT_THAT(
      events(), ElementsAre(
                    "participant-join", "participant-join", "conference-start", "participant-leave",
                    "participant-leave", "conference-end"
                )
  );
  EXPECT_THAT(
      scene.told_to("/events", "SequenceNumber"), ElementsAre("1", "2", "3", "4", "5", "6")
  );
  const auto end = last_event("conference-end");
  EXPECT_EQ(end["ReasonConferenceEnded"], "last-participant-left");
  EXPECT_EQ(end["CallSidEndingConference"], second);
  EXPECT_EQ(end["ParticipantLabelEndingConference"], "agent");
  EXPECT_EQ(end["FriendlyName"], "room");
  const auto joined = scene.told_to("/events").front();
  EXPECT_EQ(joined["CallSid"], first);
  EXPECT_EQ(joined["Muted"], "false");
  EXPECT_EQ(joined["StartConferenceOnEnter"], "true");
  EXPECT_EQ(joined["EndConferenceOnExit"], "false");
  EXPECT_EQ(last_event("participant-leave")["ReasonParticipantLeft"], "participant_hung_up");
  EXPECT_EQ(stored().status, ConferenceStatus::completed);
  EXPECT_EQ(stored().reason_ended, "last-participant-left");
  EXPECT_TRUE(documents("participant").empty());
}

TEST_F(ConferenceLife, WaitsForSomebodyWhoStartsIt) {
  scene.call_in(ann, conference("startConferenceOnEnter='false'"));
  scene.call_in(bob, conference("startConferenceOnEnter='false'"));
  EXPECT_EQ(room()->record().status, ConferenceStatus::init);
  scene.call_in(cid, conference("startConferenceOnEnter='true'"));
  EXPECT_EQ(room()->record().status, ConferenceStatus::in_progress);
  scene.hang_up(ann);
  scene.hang_up(bob);
  scene.hang_up(cid);
  settle();
}

TEST_F(ConferenceLife, EndsWithItsModeratorAndTheOthersGoOnBehindDial) {
  scene.serve("/after", "<Say>You are back.</Say>");
  const std::string moderator = scene.call_in(ann, conference("endConferenceOnExit='true'"));
  scene.call_in(bob, conference(""));
  scene.call_in(cid, conference(""));
  scene.hang_up(ann);
  EXPECT_EQ(room(), nullptr);
  settle();
  const auto end = last_event("conference-end");
  EXPECT_EQ(end["ReasonConferenceEnded"], "participant-with-end-conference-on-exit-left");
  EXPECT_EQ(end["CallSidEndingConference"], moderator);
  EXPECT_EQ(last_event("participant-leave")["ReasonParticipantLeft"], "moderator_ended_conference");
  EXPECT_THAT(heard_by(scene.simulation, bob), HasSubstr("You are back."));
  EXPECT_THAT(heard_by(scene.simulation, cid), HasSubstr("You are back."));
  // The moderator's action is requested too, when the leg has ended.
  EXPECT_THAT(
      scene.told_to("/after", "DialCallStatus"), ElementsAre("answered", "answered", "answered")
  );
}

TEST_F(ConferenceLife, EndsWithAModeratorWhosePhoneFallsSilent) {
  scene.call_in(ann, conference("endConferenceOnExit='true'"));
  const std::string other = scene.call_in(bob, conference(""));
  // What rule S9 does with a leg whose process was killed: no audio, no BYE.
  scene.leg(room()->participants().front().call_sid)
      ->hang_up(call::HangupCause::media_timeout, "no audio has arrived (rule S9)");
  settle();
  EXPECT_EQ(
      last_event("conference-end")["ReasonConferenceEnded"],
      "participant-with-end-conference-on-exit-left"
  );
  EXPECT_FALSE(scene.is_live(other));
}

TEST_F(ConferenceLife, BeginsAnewUnderTheSameNameAfterItsEnd) {
  scene.call_in(ann, conference(""));
  const std::string first = room()->record().sid;
  scene.hang_up(ann);
  scene.call_in(ann, conference(""));
  ASSERT_NE(room(), nullptr);
  EXPECT_NE(room()->record().sid, first);
  scene.hang_up(ann);
  settle();
}

TEST_F(ConferenceLife, TwoWhoJoinAtTheSameMomentMeet) {
  scene.call(ann, conference(""));
  scene.call(bob, conference(""));
  scene.simulation.run_for(3s);
  ASSERT_EQ(conferences().live().size(), 1U);
  EXPECT_EQ(room()->participants().size(), 2U);
  scene.hang_up(ann);
  scene.hang_up(bob);
  settle();
}

TEST_F(ConferenceLife, TakesNoMoreThanItsMaximum) {
  scene.call_in(ann, conference("maxParticipants='2'"));
  scene.call_in(bob, conference("maxParticipants='2'"));
  const std::string third = scene.call(cid, conference("maxParticipants='2'"));
  scene.simulation.run_for(10s);
  EXPECT_EQ(room()->participants().size(), 2U);
  EXPECT_THAT(heard_by(scene.simulation, cid), HasSubstr("application error"));
  scene.hang_up(ann);
  scene.hang_up(bob);
  settle();
  for (const call::LegRecord& leg : scene.simulation.legs()) {
    if (leg.sid == third) EXPECT_EQ(leg.error_code, 16020);
  }
}

TEST_F(ConferenceLife, TakesNoMoreConferencesThanAnAccountMayHave) {
  conferences().set_most_per_account(1);
  scene.call_in(ann, conference(""));
  const std::string second = scene.call(bob, "<Dial><Conference>another</Conference></Dial>");
  scene.simulation.run_for(10s);
  EXPECT_EQ(conferences().live().size(), 1U);
  EXPECT_THAT(heard_by(scene.simulation, bob), HasSubstr("application error"));
  scene.call_in(cid, conference(""));
  EXPECT_EQ(room()->participants().size(), 2U) << "the one that is there takes more";
  scene.hang_up(ann);
  scene.hang_up(cid);
  settle();
  bool told = false;
  for (const call::Document& problem : documents("notification"))
    told |= problem.value.at("error_code").as_string() == "16021" &&
            problem.value.at("call_sid").as_string() == std::string_view(second);
  EXPECT_TRUE(told);
}

TEST_F(ConferenceLife, RefusesALabelThatIsInUse) {
  scene.call_in(ann, conference("participantLabel='agent'"));
  const std::string second = scene.call(bob, conference("participantLabel='agent'"));
  scene.simulation.run_for(10s);
  EXPECT_EQ(room()->participants().size(), 1U);
  scene.hang_up(ann);
  settle();
  for (const call::LegRecord& leg : scene.simulation.legs()) {
    if (leg.sid == second) EXPECT_EQ(leg.error_code, 16025);
  }
}

TEST_F(ConferenceLife, TellsOfWhatIsDoneToAParticipant) {
  const std::string first = scene.call_in(ann, conference(""));
  const std::string second = scene.call_in(bob, conference(""));
  scene.told.clear();
  const auto update = [&](const call::ParticipantUpdate& what) {
    EXPECT_TRUE(room()->update(first, what));
    scene.simulation.run_for(200ms);
  };
  update({.muted = true});
  update({.muted = true});  // nothing changes: nothing is told
  update({.muted = false});
  update({.hold = true});
  update({.hold = false});
  update({.call_sid_to_coach = second});
  EXPECT_EQ(last_event("participant-modify")["CallSidToCoach"], second);
  update({.end_on_exit = true});
  EXPECT_THAT(
      events(), ElementsAre(
                    "participant-mute", "participant-unmute", "participant-hold",
                    "participant-unhold", "participant-modify", "participant-modify"
                )
  );
  EXPECT_EQ(room()->update(second, {.call_sid_to_coach = second}).error().detail, 13240);
  EXPECT_EQ(
      room()->update(first, {.call_sid_to_coach = "CA" + std::string(32, '0')}).error().detail,
      13240
  );
  EXPECT_FALSE(room()->update("nobody", {.muted = true}));
  scene.hang_up(ann);
  settle();
  EXPECT_FALSE(scene.is_live(second)) << "the changed flag counts";
}

TEST_F(ConferenceLife, ARedirectedParticipantHasLeft) {
  scene.call_in(ann, conference(""));
  const std::string second = scene.call_in(bob, conference(""));
  scene.redirect(second, "<Say>Somewhere else.</Say>");
  EXPECT_EQ(room()->participants().size(), 1U);
  EXPECT_EQ(
      last_event("participant-leave")["ReasonParticipantLeft"], "participant_updated_via_api"
  );
  scene.hang_up(ann);
  settle();
  EXPECT_THAT(heard_by(scene.simulation, bob), HasSubstr("Somewhere else."));
  EXPECT_THAT(scene.told_to("/after", "CallStatus"), ElementsAre("completed"))
      << "only of the one who hung up";
}

TEST_F(ConferenceLife, ARedirectIntoTheSameConferenceIsANewPlace) {
  scene.call_in(ann, conference(""));
  const std::string second = scene.call_in(bob, conference(""));
  const std::string sid = room()->record().sid;
  scene.redirect(second, conference("muted='true'"));
  ASSERT_EQ(room()->record().sid, sid);
  ASSERT_EQ(room()->participants().size(), 2U);
  EXPECT_TRUE(room()->find(second)->muted);
  scene.hang_up(ann);
  scene.hang_up(bob);
  settle();
}

TEST_F(ConferenceLife, AKickedParticipantGoesOnEvenWhileItsWaitDocumentIsFetched) {
  scene.documents["/wait"] = {.body = "<Response><Say>Please wait.</Say></Response>", .delay = 5s};
  scene.serve("/after", "<Say>You were removed.</Say>");
  const std::string first = scene.call_in(ann, conference("waitUrl='http://app.test/wait'"));
  room()->remove(first, call::Departure::by_api, call::Conference::Exit::kicked);
  settle();
  EXPECT_EQ(heard_by(scene.simulation, ann), "You were removed.");
  EXPECT_EQ(last_event("conference-end")["ReasonConferenceEnded"], "last-participant-kicked");
}

TEST_F(ConferenceLife, EndsByRequestForAll) {
  scene.call_in(ann, conference(""));
  scene.call_in(bob, conference(""));
  room()->end(call::ConferenceEnding::by_api);
  settle();
  EXPECT_EQ(last_event("conference-end")["ReasonConferenceEnded"], "conference-ended-via-api");
  EXPECT_EQ(last_event("participant-leave")["ReasonParticipantLeft"], "conference_ended_via_api");
}

TEST_F(ConferenceLife, TheStarEndsTheDialThatSaysSo) {
  scene.serve("/after", "<Say>Out.</Say>");
  scene.call_in(ann, conference(""));
  scene.simulation.phones().phone(bob).set_behaviour(
      behaviour(R"({"script":[{"after_ms":2000,"press":"1*"}]})")
  );
  scene.call(bob, conference("", "hangupOnStar='true'"));
  scene.simulation.run_for(8s);
  EXPECT_EQ(room()->participants().size(), 1U);
  EXPECT_THAT(heard_by(scene.simulation, bob), HasSubstr("Out."));
  scene.hang_up(ann);
  settle();
}

TEST_F(ConferenceLife, TheTimeLimitEndsTheDial) {
  scene.call_in(ann, conference("", "timeLimit='5'"));
  scene.simulation.run_for(6s);
  EXPECT_EQ(room(), nullptr);
  settle();
}

TEST_F(ConferenceLife, WaitingAndHeldParticipantsHearTheirDocuments) {
  scene.serve("/wait", "<Say>Please wait.</Say>");
  scene.serve("/hold", "<Say>On hold.</Say><Dial>+15551110000</Dial>");
  const std::string first = scene.call_in(ann, conference("waitUrl='http://app.test/wait'"));
  scene.simulation.run_for(5s);
  EXPECT_EQ(heard_by(scene.simulation, ann), "Please wait.");
  const auto asked = scene.told_to("/wait").front();
  EXPECT_EQ(asked["ConferenceSid"], room()->record().sid);
  EXPECT_EQ(asked["FriendlyName"], "room");
  EXPECT_EQ(asked["CallSid"], first);
  scene.call_in(bob, conference(""));
  call::ParticipantUpdate hold{.hold = true};
  hold.hold_document = call::SideDocument{.url = "http://app.test/hold", .method = "GET"};
  ASSERT_TRUE(room()->update(first, hold));
  scene.simulation.run_for(5s);
  EXPECT_THAT(heard_by(scene.simulation, ann), HasSubstr("On hold."));
  EXPECT_EQ(scene.leg(first)->record().error_code, 13238) << "no Dial in there";
  scene.hang_up(ann);
  scene.hang_up(bob);
  settle();
}

TEST_F(ConferenceLife, AnnouncementsToOneAreToldOf) {
  scene.serve("/news", "<Say>Five minutes left.</Say>");
  const std::string first = scene.call_in(ann, conference(""));
  scene.call_in(bob, conference(""));
  ASSERT_TRUE(room()->announce_to(first, {.url = "http://app.test/news"}));
  scene.simulation.run_for(6s);
  EXPECT_THAT(heard_by(scene.simulation, ann), HasSubstr("Five minutes left."));
  EXPECT_EQ(heard_by(scene.simulation, bob), "");
  EXPECT_EQ(last_event("announcement-end")["CallSid"], first);
  scene.documents["/broken"] = {.status = 500};
  ASSERT_TRUE(room()->announce_to(first, {.url = "http://app.test/broken"}));
  scene.simulation.run_for(2s);
  EXPECT_EQ(last_event("announcement-fail")["AnnounceUrl"], "http://app.test/broken");
  EXPECT_NE(last_event("announcement-fail")["ReasonAnnouncementFailed"], "-");
  scene.hang_up(ann);
  scene.hang_up(bob);
  settle();
}

}  // namespace
}  // namespace belfry::server::simulation::conferencing
