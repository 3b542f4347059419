#include "server/simulation/dial_scene.hpp"

/// What an API does to the two sides of a `<Dial>` while it runs.
namespace belfry::server::simulation {
namespace {

using call::LegStatus;

struct UpdatingADial : DialScene {};

constexpr const char* plain = "<Dial action='/done'>+14155550002</Dial>";

TEST_F(UpdatingADial, ACallerThatIsRedirectedLeavesAndTheCalledIsHungUp) {
  dials(plain);
  has(bob, "{}");
  start();
  simulation->run_for(4s);
  call::LegUpdate update;
  update.program =
      call::ProgramSpec{"twiml", {{"twiml", "<Response><Say>Somewhere else.</Say></Response>"}}};
  const auto updated = simulation->wait(
      simulation->system().switchboard().update(leg_of(alice).sid, std::move(update))
  );
  ASSERT_TRUE(updated);
  finish();
  EXPECT_EQ(words(alice), "Somewhere else.");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
  EXPECT_TRUE(posts("/done").empty());
}

TEST_F(UpdatingADial, ACalledThatIsRedirectedGoesItsOwnWayAndTheCallerGoesOn) {
  dials(plain);
  documents["/done"] = "<Say>Your partner has left.</Say>";
  has(bob, "{}");
  start();
  simulation->run_for(4s);
  call::LegUpdate update;
  update.program = call::ProgramSpec{
      "twiml", {{"twiml", "<Response><Pause length='8'/><Say>My own.</Say></Response>"}}
  };
  ASSERT_TRUE(simulation->wait(
      simulation->system().switchboard().update(leg_of(bob).sid, std::move(update))
  ));
  finish();
  EXPECT_EQ(words(alice), "Your partner has left.");
  EXPECT_EQ(words(bob), "My own.");
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
}

TEST_F(UpdatingADial, ARedirectionDuringAWhisperTakesTheCalledAway) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Pause length='60'/>";
  has(bob, "{}");
  start();
  simulation->run_for(4s);
  call::LegUpdate update;
  update.program =
      call::ProgramSpec{"twiml", {{"twiml", "<Response><Say>My own.</Say></Response>"}}};
  ASSERT_TRUE(simulation->wait(
      simulation->system().switchboard().update(leg_of(bob).sid, std::move(update))
  ));
  finish();
  EXPECT_EQ(words(bob), "My own.");
  EXPECT_EQ(words(alice), "");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
}

TEST_F(UpdatingADial, OfTwoUpdatesAtTheSameMomentTheLastOneStays) {
  dials("<Pause length='60'/>");
  start();
  simulation->run_for(2s);
  auto& switchboard = simulation->system().switchboard();
  const std::string sid = leg_of(alice).sid;
  std::vector<bool> done;
  for (const char* text : {"First.", "Second."}) {
    call::LegUpdate update;
    update.program = call::ProgramSpec{"twiml", {{"say", text}}};
    const auto ask = [](call::Switchboard& board, std::string leg, call::LegUpdate what,
                        std::vector<bool>& results) -> base::Task<void> {
      const auto result = co_await board.update(std::move(leg), std::move(what));
      results.push_back(result.has_value());
    };
    simulation->spawn(ask(switchboard, sid, std::move(update), done));
  }
  finish();
  EXPECT_EQ(done, (std::vector<bool>{true, true}));
  EXPECT_EQ(words(alice), "Second.");
}

TEST_F(UpdatingADial, UpdatesOfACallThatIsOverAreConflicts) {
  dials("<Hangup/>", "");
  call();
  call::LegUpdate update;
  update.end = call::LegUpdate::End::completed;
  const auto refused =
      simulation->wait(simulation->system().switchboard().update(leg_of(alice).sid, update));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  const auto unknown = simulation->wait(simulation->system().switchboard().update("CA1", update));
  EXPECT_EQ(unknown.error().code, base::Errc::not_found);
}

TEST_F(UpdatingADial, ARingingCalledCanBeCanceledAnAnsweredOneCannot) {
  dials(plain);
  has(bob, R"({"answer_after_ms":4000})");
  start();
  simulation->run_for(2s);
  call::LegUpdate cancel;
  cancel.end = call::LegUpdate::End::canceled;
  auto& switchboard = simulation->system().switchboard();
  const auto answered = simulation->wait(switchboard.update(leg_of(alice).sid, cancel));
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().code, base::Errc::conflict);
  const auto ringing = simulation->wait(switchboard.update(leg_of(bob).sid, cancel));
  ASSERT_TRUE(ringing);
  EXPECT_EQ(ringing->status, LegStatus::canceled);
  finish();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "canceled");
}

TEST_F(UpdatingADial, ATimeLimitCanBeSetWhileItRuns) {
  dials("<Say>Hello.</Say><Pause length='100'/>");
  start();
  simulation->run_for(3s);
  call::LegUpdate update;
  update.time_limit = 10s;
  ASSERT_TRUE(simulation->wait(
      simulation->system().switchboard().update(leg_of(alice).sid, std::move(update))
  ));
  finish();
  const call::LegRecord leg = leg_of(alice);
  EXPECT_EQ(leg.duration_s(*leg.ended), 10);
}

}  // namespace
}  // namespace belfry::server::simulation
