#include <gmock/gmock.h>

#include "call/queues.hpp"
#include "server/simulation/meeting_scene.hpp"

/// Queues of a whole server: Enqueue, Leave, and Dial with a Queue.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* ann = "+14155550001";
constexpr const char* bob = "+14155550002";
constexpr const char* agent = "+14155550009";

const std::string waiting =
    "<Enqueue action='http://app.test/left' waitUrl='http://app.test/wait'>support</Enqueue>"
    "<Say>Never said.</Say>";
const std::string taking =
    "<Dial action='http://app.test/dialed' timeout='10'><Queue url='http://app.test/soon'>support"
    "</Queue></Dial>";

struct QueueLife : testing::Test {
  QueueLife() {
    scene.serve("/wait", "<Say>You are waiting.</Say><Pause length='5'/>");
    scene.serve("/soon", "<Say>You will be connected.</Say>");
  }
  call::Queues& queues() { return *scene.simulation.system().switchboard().services().queues; }
  std::string queue_sid() {
    const std::string& account = scene.simulation.system().switchboard().services().account_sid;
    const call::QueueRecord* queue = queues().find_by_name(account, "support");
    return queue == nullptr ? "" : queue->sid;
  }
  std::size_t size() { return queues().waiting(queue_sid()).size(); }
  void settle() { ASSERT_TRUE(scene.simulation.settle(5min)); }
  MeetingScene::Told left() { return scene.told_to("/left").back(); }
  MeetingScene::Told dialed() { return scene.told_to("/dialed").back(); }

  MeetingScene scene;
};

TEST_F(QueueLife, TheFrontIsTakenOutAfterItsDocumentAndTheTwoAreBridged) {
  const std::string first = scene.call_in(ann, waiting);
  scene.call_in(bob, waiting);
  EXPECT_EQ(size(), 2U);
  const std::string taker = scene.call_in(agent, taking);
  scene.simulation.run_for(4s);
  EXPECT_EQ(size(), 1U);
  const auto soon = scene.told_to("/soon").front();
  EXPECT_EQ(soon["CallSid"], first);
  EXPECT_EQ(soon["DequeingCallSid"], taker);
  EXPECT_EQ(soon["QueueSid"], queue_sid());
  EXPECT_THAT(heard_by(scene.simulation, ann), HasSubstr("You will be connected."));
  EXPECT_THAT(scene.simulation.event_log(), HasSubstr("bridge.connected"));
  scene.serve("/left", "<Say>Welcome back.</Say>");
  scene.hang_up(agent);
  scene.simulation.run_for(5s);
  EXPECT_EQ(left()["QueueResult"], "bridged");
  EXPECT_EQ(left()["QueueSid"], queue_sid());
  EXPECT_THAT(heard_by(scene.simulation, ann), HasSubstr("Welcome back."));
  EXPECT_EQ(dialed()["DialCallStatus"], "completed");
  EXPECT_EQ(dialed()["DialCallSid"], first);
  scene.hang_up(bob);
  settle();
  EXPECT_EQ(left()["QueueResult"], "hangup");
}

TEST_F(QueueLife, TheTakerGoesOnWhenTheCallerHangsUp) {
  scene.call_in(ann, waiting);
  scene.call_in(agent, taking);
  scene.simulation.run_for(4s);
  scene.serve("/dialed", "<Say>The caller has gone.</Say>");
  scene.hang_up(ann);
  settle();
  EXPECT_EQ(left()["QueueResult"], "bridged");
  EXPECT_EQ(dialed()["DialCallStatus"], "completed");
  EXPECT_EQ(dialed()["DialBridged"], "true");
  EXPECT_THAT(heard_by(scene.simulation, agent), HasSubstr("The caller has gone."));
}

TEST_F(QueueLife, TheWaitDocumentKnowsThePlaceAndIsFetchedAgain) {
  scene.call_in(ann, waiting);
  scene.call_in(bob, waiting);
  scene.simulation.run_for(20s);
  const auto asked = scene.told_to("/wait");
  ASSERT_GE(asked.size(), 5U);
  EXPECT_EQ(asked.front()["QueuePosition"], "1");
  EXPECT_EQ(asked[1]["QueuePosition"], "2");
  EXPECT_EQ(asked[1]["CurrentQueueSize"], "2");
  EXPECT_EQ(asked[1]["MaxQueueSize"], "1000");
  EXPECT_GE(std::stoi(asked.back()["QueueTime"]), 10);
  EXPECT_GE(std::stoi(asked.back()["AvgQueueTime"]), 10);
  scene.hang_up(ann);
  EXPECT_EQ(queues().waiting(queue_sid()).front().position, 1U);
  scene.hang_up(bob);
  settle();
  EXPECT_THAT(scene.told_to("/left", "QueueResult"), ElementsAre("hangup", "hangup"));
}

TEST_F(QueueLife, LeaveInTheWaitDocumentEndsTheWaiting) {
  scene.serve("/wait", "<Leave/>");
  scene.call_in(ann, waiting);
  settle();
  EXPECT_EQ(left()["QueueResult"], "leave");
  EXPECT_EQ(size(), 0U);
}

TEST_F(QueueLife, ADocumentThatCannotBeHadIsAnError) {
  scene.documents["/wait"] = {.status = 500};
  scene.call_in(ann, waiting);
  settle();
  EXPECT_EQ(left()["QueueResult"], "error");
}

TEST_F(QueueLife, AFullQueueTakesNobody) {
  const std::string small =
      "<Enqueue action='http://app.test/left' waitUrl='' maxQueueSize='1'>support</Enqueue>";
  scene.call_in(ann, small);
  scene.call_in(bob, small);
  EXPECT_EQ(left()["QueueResult"], "queue-full");
  EXPECT_EQ(size(), 1U);
  scene.hang_up(ann);
  settle();
}

TEST_F(QueueLife, WithoutAnActionTheNextVerbFollows) {
  scene.serve("/wait", "<Leave/>");
  scene.call_in(ann, "<Enqueue waitUrl='http://app.test/wait'>support</Enqueue><Say>Next.</Say>");
  settle();
  EXPECT_EQ(heard_by(scene.simulation, ann), "Next.");
}

TEST_F(QueueLife, ARequestTakesACallerElsewhere) {
  const std::string first = scene.call_in(ann, waiting);
  scene.redirect(first, "<Say>By request.</Say>");
  settle();
  EXPECT_THAT(heard_by(scene.simulation, ann), HasSubstr("By request."));
  EXPECT_EQ(left()["QueueResult"], "redirected");
  EXPECT_EQ(size(), 0U);
}

TEST_F(QueueLife, ARequestTakesACallerOutOfABridge) {
  const std::string first = scene.call_in(ann, waiting);
  scene.call_in(agent, taking);
  scene.simulation.run_for(4s);
  scene.redirect(first, "<Pause length='2'/>");
  settle();
  EXPECT_EQ(left()["QueueResult"], "redirected-from-bridged");
  EXPECT_EQ(dialed()["DialCallStatus"], "completed");
}

TEST_F(QueueLife, WhoeverHangsUpWhileBeingConnectedIsPassedOver) {
  scene.serve("/soon", "<Pause length='3'/>");
  scene.call_in(ann, waiting);
  const std::string second = scene.call_in(bob, waiting);
  scene.call_in(agent, taking);
  scene.hang_up(ann);
  scene.simulation.run_for(5s);
  EXPECT_EQ(left()["QueueResult"], "bridging-in-process");
  EXPECT_EQ(size(), 0U);
  scene.hang_up(agent);
  settle();
  EXPECT_EQ(dialed()["DialCallSid"], second);
  EXPECT_THAT(scene.told_to("/left", "QueueResult"), ElementsAre("bridging-in-process", "bridged"));
}

TEST_F(QueueLife, ACallerWhoseTakerGoesIsInFrontAgain) {
  scene.serve("/soon", "<Pause length='3'/>");
  const std::string first = scene.call_in(ann, waiting);
  scene.call_in(bob, waiting);
  scene.call_in(agent, taking);
  EXPECT_EQ(size(), 1U);
  scene.hang_up(agent);
  ASSERT_EQ(size(), 2U);
  EXPECT_EQ(queues().waiting(queue_sid()).front().call_sid, first);
  EXPECT_GE(queues().waiting(queue_sid()).front().wait_s, 3);
  scene.hang_up(ann);
  scene.hang_up(bob);
  settle();
  EXPECT_THAT(scene.told_to("/left", "QueueResult"), ElementsAre("hangup", "hangup"));
}

TEST_F(QueueLife, AnEmptyQueueIsWaitedForUpToTheTimeout) {
  scene.serve("/wait", "<Leave/>");
  scene.call_in(ann, waiting);  // makes the queue
  scene.call_in(agent, taking);
  scene.simulation.run_for(5s);
  EXPECT_TRUE(scene.told_to("/dialed").empty());
  settle();
  EXPECT_EQ(dialed()["DialCallStatus"], "no-answer");
}

TEST_F(QueueLife, WhoeverComesWhileItIsWaitedForIsTakenAtOnce) {
  scene.call_in(ann, "<Enqueue waitUrl=''>support</Enqueue>");
  scene.hang_up(ann);
  scene.call_in(agent, taking);
  const std::string caller = scene.call_in(bob, waiting);
  scene.simulation.run_for(5s);
  EXPECT_THAT(heard_by(scene.simulation, bob), HasSubstr("You will be connected."));
  scene.hang_up(agent);
  settle();
  EXPECT_EQ(dialed()["DialCallSid"], caller);
}

TEST_F(QueueLife, AQueueThatIsNotThereEndsTheDialAtOnce) {
  scene.call_in(agent, taking);
  settle();
  EXPECT_EQ(dialed()["DialCallStatus"], "failed");
}

}  // namespace
}  // namespace belfry::server::simulation
