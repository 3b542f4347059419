#include "call/recordings.hpp"
#include "server/simulation/take5_scene.hpp"

/// The life of a group call, from its start to its end.
namespace belfry::server::simulation {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Take5Call : Take5Scene {};

constexpr std::string_view stays = R"({"answer_after_ms":1000})";
constexpr const char* greeting = "Hello! This is your Take5 call: Daily Check-in.";
constexpr const char* notice = "This call ends in one minute.";

TEST_F(Take5Call, RingsEverybodyAndEndsByItself) {
  const auto group_id = add_group({ann, bob, cid});
  const std::string call = start_new(group_id);
  EXPECT_EQ(status_word(call), "started");
  run_for(500ms);
  for (const char* number : {ann, bob, cid}) EXPECT_EQ(participant(call, number), "ringing");
  run_for(5s);
  EXPECT_EQ(status_word(call), "in-progress");
  for (const char* number : {ann, bob, cid}) {
    EXPECT_EQ(participant(call, number), "connected");
    EXPECT_THAT(heard(number), HasSubstr(greeting));
    EXPECT_THAT(heard(number), Not(HasSubstr(notice)));
  }
  run_for(4min);
  for (const char* number : {ann, bob, cid}) EXPECT_THAT(heard(number), HasSubstr(notice));
  EXPECT_EQ(status_word(call), "in-progress");
  ASSERT_TRUE(settle(2min));
  const json::value over = status(call);
  EXPECT_EQ(over.at("status").as_string(), "ended");
  EXPECT_EQ(over.at("duration").as_int64(), 300);
  for (const char* number : {ann, bob, cid}) {
    EXPECT_EQ(participant(call, number), "left");
    EXPECT_EQ(rings(number), 1);
  }
  const json::value with_roll = group(group_id);
  const auto& roll = with_roll.at("rollCall").as_object();
  ASSERT_EQ(roll.size(), 1U);
  EXPECT_EQ(roll.begin()->key(), over.at("startTime").as_string());
  EXPECT_EQ(roll.begin()->value().as_array().size(), 3U);
}

TEST_F(Take5Call, ShowsTheOutboundNumber) {
  Config changed = config();
  changed.take5.outbound_number = "+1 555 010 0199";
  begin(std::move(changed));
  start_new(add_group({ann}));
  run_for(2s);
  EXPECT_EQ(
      phone(ann).to_json().at("calls").as_array().at(0).at("from").as_string(), "+15550100199"
  );
}

TEST_F(Take5Call, OneWhoIsAloneHearsMusicUntilSomebodyComes) {
  has(ann, stays);
  has(bob, R"({"answer_after_ms":20000})");
  start_new(add_group({ann, bob}));
  run_for(60s);
  hang_up(bob);
  run_for(20s);
  hang_up(ann);
  ASSERT_TRUE(settle(1min));
  EXPECT_GT(level_at(ann, 15), -45) << "music while bob's phone rings";
  EXPECT_LT(level_at(ann, 45), -60) << "bob is here and says nothing";
  EXPECT_GT(level_at(ann, 70), -45) << "music again";
}

TEST_F(Take5Call, WhoeverDoesNotAnswerIsCalledOnceMore) {
  has(ann, stays);
  has(bob, R"({"on_call":"no-answer"})");
  const std::string call = start_new(add_group({ann, bob}));
  run_for(29s);
  EXPECT_EQ(rings(bob), 1);
  EXPECT_EQ(participant(call, bob), "ringing");
  run_for(10s);
  EXPECT_EQ(rings(bob), 2);
  run_for(1min);
  EXPECT_EQ(rings(bob), 2);
  EXPECT_EQ(participant(call, bob), "no-answer");
  EXPECT_EQ(status_word(call), "in-progress") << "ann is there";
  hang_up(ann);
  EXPECT_EQ(participant(call, ann), "left");
  EXPECT_EQ(status_word(call), "ended") << "the last one has left";
}

TEST_F(Take5Call, FailsWhenNobodyAnswers) {
  has(ann, R"({"on_call":"busy"})");
  has(bob, R"({"on_call":"unreachable"})");
  const auto id = add_group({ann, bob});
  const std::string call = start_new(id);
  ASSERT_TRUE(settle(1min));
  EXPECT_EQ(status_word(call), "failed");
  EXPECT_EQ(participant(call, ann), "busy");
  EXPECT_EQ(participant(call, bob), "failed");
  EXPECT_TRUE(group(id).at("rollCall").as_object().empty());
}

TEST_F(Take5Call, TheyHearEachOther) {
  has(ann, R"({"script":[{"after_ms":9000,"tone_hz":440,"ms":3000}]})");
  start_new(add_group({ann, bob}));
  run_for(20s);
  simulation->system().switchboard().hang_up_all(call::HangupCause::normal);
  ASSERT_TRUE(settle(1min));
  EXPECT_GT(level_at(bob, 10), -40);
  EXPECT_LT(level_at(bob, 15), -60);
}

TEST_F(Take5Call, ParticipantsComeAndGoWhileItRuns) {
  const std::string call = start_new(add_group({ann, bob}));
  run_for(10s);
  const std::string path = "/api/chime/call/" + call + "/participant";
  const Answer removed = ask("DELETE", path + "/" + participant_id(call, bob));
  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.body.at("participant").at("status").as_string(), "removed");
  run_for(2s);
  EXPECT_EQ(participant(call, bob), "removed");
  EXPECT_EQ(phone(bob).current(), nullptr);

  const Answer added = ask("POST", path, json::object{{"phoneNumber", cid}});
  EXPECT_EQ(added.status, 200);
  EXPECT_EQ(added.body.at("participant").at("status").as_string(), "added");
  run_for(5s);
  EXPECT_EQ(participant(call, cid), "connected");
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(ask("POST", path, json::object{{"phoneNumber", cid}}).body, added.body);
  run_for(5s);
  EXPECT_EQ(rings(cid), 1) << "whoever is there is not called again";

  hang_up(cid);
  EXPECT_EQ(participant(call, cid), "left");
  ask("POST", path, json::object{{"phoneNumber", cid}});
  ask("POST", path, json::object{{"phoneNumber", bob}});
  run_for(5s);
  EXPECT_EQ(participant(call, cid), "connected") << "may come back";
  EXPECT_EQ(participant(call, bob), "connected");
  EXPECT_EQ(ask("POST", "/api/chime/call/" + call + "/end").status, 200);
  EXPECT_EQ(status_word(call), "ended");
  ASSERT_TRUE(settle(10s));
  EXPECT_EQ(ask("POST", path, json::object{{"phoneNumber", bob}}).status, 409);
}

TEST_F(Take5Call, RemovingWhoeverRingsStopsTheRinging) {
  has(bob, R"({"on_call":"no-answer"})");
  const std::string call = start_new(add_group({ann, bob}));
  run_for(5s);
  ask("DELETE", "/api/chime/call/" + call + "/participant/" + participant_id(call, bob));
  run_for(1min);
  EXPECT_EQ(participant(call, bob), "removed");
  EXPECT_EQ(rings(bob), 1);
}

TEST_F(Take5Call, CountsForItsGroupInTheAnalyticsOfAllCalls) {
  has(ann, stays);
  has(bob, R"({"on_call":"no-answer"})");
  const std::int64_t group_id = add_group({ann, bob});
  start_new(group_id);
  ASSERT_TRUE(settle(10min));
  const json::value found = ask("GET", "/admin/api/analytics").body;
  EXPECT_EQ(found.at("total").at("calls").as_int64(), 3) << "one was called once more";
  EXPECT_EQ(found.at("total").at("answered").as_int64(), 1);
  EXPECT_EQ(found.at("total").at("minutes").as_int64(), 5);
  EXPECT_EQ(found.at("by_application").at(0).at("application").as_string(), "take5");
  const json::value& of_group = found.at("by_group").at(0);
  EXPECT_EQ(of_group.at("group").as_string(), std::to_string(group_id));
  EXPECT_EQ(of_group.at("name").as_string(), "Daily Check-in");
  EXPECT_EQ(of_group.at("calls").as_int64(), 3);
}

TEST_F(Take5Call, IsStartedOnce) {
  const std::string call = create(add_group({ann, bob}));
  std::vector<int> statuses;
  const auto press = [](Simulation& pressed, std::string path,
                        std::vector<int>& into) -> base::Task<void> {
    http::Request request = http::Request::make("POST", path);
    request.remote.ip = net::IpAddress::v4({127, 0, 0, 1});
    const auto response = co_await pressed.system().router().dispatch(std::move(request));
    into.push_back(response.status);
  };
  for (int i = 0; i < 8; ++i)
    simulation->spawn(press(*simulation, "/api/chime/call/" + call + "/start", statuses));
  run_for(10s);
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(std::ranges::count(statuses, 409), 7);
  EXPECT_EQ(rings(ann), 1);
  EXPECT_EQ(rings(bob), 1);
}

TEST_F(Take5Call, IsCalledOffBeforeItsStart) {
  const std::string call = create(add_group({ann}));
  EXPECT_EQ(ask("POST", "/api/chime/call/" + call + "/end").status, 200);
  EXPECT_EQ(status_word(call), "ended");
  EXPECT_TRUE(status(call).at("startTime").is_null());
  EXPECT_EQ(start(call).status, 409);
  EXPECT_EQ(ask("POST", "/api/chime/call/" + call + "/end").status, 409);
}

TEST_F(Take5Call, IsRecordedWhenThatIsWantedAndSaysSo) {
  Config changed = config();
  changed.take5.record = true;
  begin(std::move(changed));
  const std::string call = start_new(add_group({ann, bob}));
  run_for(20s);
  EXPECT_THAT(heard(ann), HasSubstr("This call is recorded."));
  ask("POST", "/api/chime/call/" + call + "/end");
  ASSERT_TRUE(settle(10s));
  call::DocumentQuery query{.collection = "recording"};
  auto& journal = simulation->system().switchboard().services().journal;
  const auto recordings = simulation->wait(journal.find_documents(std::move(query))).value();
  ASSERT_EQ(recordings.size(), 1U) << "one mixed file";
  EXPECT_EQ(
      recordings[0].value.at("conference_sid").as_string(),
      status(call).at("conferenceSid").as_string()
  );
}

TEST_F(Take5Call, AMachineIsNotBroughtIn) {
  Config changed = config();
  changed.take5.detect_machines = true;
  begin(std::move(changed));
  has(ann, R"({"script":[{"after_ms":600,"say":"Hello?"}]})");
  has(bob, R"({"on_call":"voicemail"})");
  const std::string call = start_new(add_group({ann, bob}));
  run_for(40s);
  EXPECT_EQ(participant(call, ann), "connected");
  EXPECT_EQ(participant(call, bob), "no-answer");
  EXPECT_EQ(rings(bob), 1);
}

TEST_F(Take5Call, WhoeverWaitsForALineIsShownSo) {
  bool busy = true;
  simulation->system().switchboard().set_overload_check([&] { return busy; });
  const std::string call = start_new(add_group({ann, bob}));
  run_for(10s);
  EXPECT_EQ(participant(call, ann), "queued");
  EXPECT_EQ(rings(ann), 0);
  busy = false;
  run_for(5s);
  EXPECT_EQ(participant(call, ann), "connected");
  EXPECT_EQ(rings(ann), 1);
}

TEST_F(Take5Call, EndsAtTheLimitOfTheServer) {
  Config changed = config();
  changed.take5.max_duration = 40s;
  changed.take5.notice = 20s;
  begin(std::move(changed));
  const std::string call = start_new(add_group({ann, bob}));
  run_for(30s);
  EXPECT_THAT(heard(ann), HasSubstr("This call ends in 20 seconds."));
  ASSERT_TRUE(settle(30s));
  EXPECT_EQ(status(call).at("duration").as_int64(), 40);
}

TEST_F(Take5Call, CallsTheMembersOfTheMomentItStarts) {
  const auto group_id = add_group({ann, bob});
  const std::string call = create(group_id);
  const auto carol = add_user(cid);
  ask("PUT", "/api/group/" + std::to_string(group_id), json::object{{"users", {2, carol}}});
  EXPECT_EQ(start(call).status, 200);
  run_for(5s);
  EXPECT_EQ(participant(call, ann), "removed");
  EXPECT_EQ(rings(ann), 0);
  EXPECT_EQ(participant(call, bob), "connected");
  EXPECT_EQ(participant(call, cid), "connected");
}

}  // namespace
}  // namespace belfry::server::simulation
