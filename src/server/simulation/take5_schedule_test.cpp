#include <set>

#include "base/time_zone.hpp"
#include "server/simulation/take5_scene.hpp"

/// Calls that start by themselves: at a time that somebody gave, and at moments that were drawn.
namespace belfry::server::simulation {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::SizeIs;

base::WallTime moment_of(const json::value& text) {
  std::tm parts{};
  std::istringstream stream(std::string(text.as_string()));
  stream >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%S");
  return base::WallTime(std::chrono::seconds(timegm(&parts)));
}

struct Take5Schedule : Take5Scene {
  std::vector<json::value> calls_of(std::int64_t group) {
    const Answer answer =
        ask("GET", "/api/group/" + std::to_string(group) + "/attendance?limit=200");
    const auto& calls = answer.body.at("calls").as_array();
    std::vector<json::value> oldest_first(calls.rbegin(), calls.rend());
    return oldest_first;
  }
  std::vector<base::WallTime> preview(std::int64_t group) {
    const Answer answer = ask("GET", "/api/group/" + std::to_string(group) + "/preview");
    std::vector<base::WallTime> moments;
    for (const auto& each : answer.body.at("nextCallTimes").as_array())
      moments.push_back(moment_of(each));
    return moments;
  }
  std::vector<std::string> messages_to(const std::string& number) {
    std::vector<std::string> texts;
    for (const auto& message : simulation->phones().messages())
      if (message.to == e164(number)) texts.push_back(message.body);
    return texts;
  }
};

TEST_F(Take5Schedule, ACreatedCallStartsAtItsTimeAndRemindsBefore) {
  const std::string call = create(add_group({ann, bob}), in(10min));
  run_for(4min);
  EXPECT_THAT(messages_to(ann), SizeIs(0));
  run_for(2min);
  EXPECT_THAT(messages_to(ann), ElementsAre("Your Take5 call is starting in 5 minutes!"));
  EXPECT_THAT(messages_to(bob), SizeIs(1));
  EXPECT_EQ(status_word(call), "created");
  run_for(4min + 5s);
  EXPECT_EQ(status_word(call), "in-progress");
  EXPECT_EQ(rings(ann), 1);
}

TEST_F(Take5Schedule, ACallThatWasCalledOffNeitherRingsNorReminds) {
  const std::string call = create(add_group({ann}), in(10min));
  ask("POST", "/api/chime/call/" + call + "/end");
  run_for(12min);
  EXPECT_THAT(messages_to(ann), SizeIs(0));
  EXPECT_EQ(rings(ann), 0);
  EXPECT_EQ(status_word(call), "ended");
}

TEST_F(Take5Schedule, TheSameMomentTwiceRingsOnce) {
  const auto group_id = add_group({ann, bob});
  const std::string at = in(10min);
  std::set<std::string> calls;
  for (int i = 0; i < 8; ++i) calls.insert(create(group_id, at));
  EXPECT_EQ(calls.size(), 8U);
  run_for(11min);
  EXPECT_EQ(rings(ann), 1);
  std::multiset<std::string> statuses;
  for (const std::string& call : calls) statuses.insert(status_word(call));
  EXPECT_EQ(statuses.count("in-progress"), 1U);
  EXPECT_EQ(statuses.count("failed"), 7U);
}

TEST_F(Take5Schedule, ACallThatWasMissedForLongIsNotMadeUp) {
  const std::string soon = create(add_group({ann}), in(10min));
  simulation->crash_and_restart(12min);
  run_for(10s);
  EXPECT_EQ(status_word(soon), "in-progress") << "two minutes late";
  ASSERT_TRUE(settle(10min));
  const std::string later = create(1, in(10min));
  simulation->crash_and_restart(20min);
  run_for(10s);
  EXPECT_EQ(status_word(later), "failed");
  EXPECT_EQ(status(later).at("reason").as_string(), "missed: the server was down at its time");
}

TEST_F(Take5Schedule, AGroupIsCalledAtTheMomentsThatItsPreviewShows) {
  const auto id = add_group({ann, bob});
  const auto moments = preview(id);
  ASSERT_THAT(moments, SizeIs(5));
  EXPECT_EQ(moment_of(group(id).at("nextCallTime")), moments[0]);
  simulation->crash_and_restart(1min);
  EXPECT_EQ(preview(id), moments);
  run_for(moments[1] - now() + 1min);
  const auto calls = calls_of(id);
  ASSERT_THAT(calls, SizeIs(2));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(moment_of(calls[i].at("startTime")), moments[i]);
    EXPECT_EQ(moment_of(calls[i].at("scheduledTime")), moments[i]);
  }
  EXPECT_THAT(messages_to(ann), SizeIs(testing::Ge(1U)));
  EXPECT_EQ(preview(id)[0], moments[2]);
}

TEST_F(Take5Schedule, TheSameGroupCallIsMadeOnceForAMoment) {
  const auto id = add_group({ann, bob});
  const json::object body{{"groupId", id}};
  const Answer first = ask("POST", "/api/chime/schedule-group-call", body);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.body.at("call").at("scheduledTime"), first.body.at("nextCallTime"));
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(ask("POST", "/api/chime/schedule-group-call", body).body, first.body);
  EXPECT_THAT(calls_of(id), SizeIs(1));
  run_for(moment_of(first.body.at("nextCallTime")) - now() + 5s);
  const auto calls = calls_of(id);
  ASSERT_THAT(calls, SizeIs(1)) << "the call that was made for it is the one that starts";
  EXPECT_EQ(calls[0].at("status").as_string(), "in-progress");
  EXPECT_EQ(rings(ann), 1);
  const Answer next = ask("POST", "/api/chime/schedule-group-call", body);
  EXPECT_NE(next.body.at("nextCallTime"), first.body.at("nextCallTime"));
}

TEST_F(Take5Schedule, CallingNowIsTheCallOfTheDay) {
  const auto id = add_group({ann, bob});
  run_for(1h);
  const auto before = preview(id);
  start_new(id);
  run_for(10s);
  const auto after = preview(id);
  EXPECT_EQ(after[0], before[1]) << "today's moment is done with";
  ASSERT_TRUE(settle(10min));
  run_for(before[1] - now() - 1min);
  EXPECT_EQ(rings(ann), 1);
}

TEST_F(Take5Schedule, AnotherCadenceDrawsOtherMoments) {
  const auto id = add_group({ann});
  const Answer made = ask("POST", "/api/chime/schedule-group-call", json::object{{"groupId", id}});
  const std::string call(made.body.at("call").at("callId").as_string());
  const auto before = preview(id);
  ask("PUT", "/api/group/" + std::to_string(id), json::object{{"duration", 10}});
  EXPECT_EQ(preview(id), before);
  ask("PUT", "/api/group/" + std::to_string(id),
      json::object{{"cadence", "monthly"}, {"frequency", 2}});
  EXPECT_NE(preview(id), before);
  run_for(1s);
  EXPECT_EQ(status_word(call), "ended") << "its moment is no more";
}

TEST_F(Take5Schedule, WhoIsDisabledOrEmptyIsNeverCalled) {
  const auto disabled = add_group({ann}, {{"enabled", false}});
  const auto empty = add_group({});
  const auto switched_off = add_group({bob});
  ask("PUT", "/api/group/" + std::to_string(switched_off), json::object{{"enabled", false}});
  EXPECT_TRUE(group(disabled).at("nextCallTime").is_null());
  EXPECT_THAT(preview(disabled), SizeIs(0));
  EXPECT_THAT(preview(empty), SizeIs(0));
  run_for(days(3));
  EXPECT_EQ(rings(ann), 0);
  EXPECT_EQ(rings(bob), 0);
  ask("PUT", "/api/group/" + std::to_string(switched_off), json::object{{"enabled", true}});
  EXPECT_GT(preview(switched_off).at(0), now());
  run_for(days(2));
  EXPECT_GE(rings(bob), 1);
}

TEST_F(Take5Schedule, AMissedMomentIsMadeUpWithinTheHourOrDrawnAgain) {
  const auto id = add_group({ann}, {{"cadence", "weekly"}, {"frequency", 2}});
  const auto moments = preview(id);
  run_for(moments[0] - now() - 10min);
  simulation->crash_and_restart(30min);
  run_for(10s);
  ASSERT_THAT(calls_of(id), SizeIs(1)) << "twenty minutes late";
  ASSERT_TRUE(settle(10min));
  run_for(moments[1] - now() - 10min);
  simulation->crash_and_restart(80min);
  run_for(1min);
  EXPECT_THAT(calls_of(id), SizeIs(1)) << "seventy minutes are too many";
  run_for(days(8));
  EXPECT_GE(calls_of(id).size(), 2U);
}

TEST_F(Take5Schedule, NobodyIsRemindedTwice) {
  const auto id = add_group({ann});
  const auto moments = preview(id);
  run_for(moments[0] - now() - 5min + 5s);
  ASSERT_THAT(messages_to(ann), SizeIs(1));
  simulation->crash_and_restart(10s);
  run_for(1min);
  call::DocumentQuery query{.collection = "message"};
  auto& journal = simulation->system().switchboard().services().journal;
  EXPECT_THAT(simulation->wait(journal.find_documents(std::move(query))).value(), SizeIs(1));
}

// --- A month ---

struct Outage {
  base::WallTime from;
  base::WallTime until;
};

/// The group's days, as its first member counts them, from the first on which it was called or
/// could have been.
struct Calendar {
  std::string zone;
  std::chrono::hours from;
  std::chrono::hours until;
};

struct Take5Month : Take5Schedule, testing::WithParamInterface<int> {
  void live_through(base::SeededRandom& random, base::WallTime end) {
    while (now() < end) {
      const auto calm = std::chrono::minutes(1 + random.below(60 * 24 * 4));
      run_for(std::min<base::Duration>(calm, end - now()));
      if (now() >= end) break;
      const base::WallTime from = now();
      simulation->crash_and_restart(std::chrono::seconds(1 + random.below(3 * 3600)));
      outages.push_back({from, now()});
    }
    ASSERT_TRUE(settle(5min));
  }
  /// That some server was down when the day's last chance was there.
  bool was_down(base::WallTime from, base::WallTime until) const {
    return std::ranges::any_of(outages, [&](const Outage& outage) {
      return outage.from < until && outage.until > from;
    });
  }
  std::map<std::chrono::local_days, int> days_called(std::int64_t group, const Calendar& calendar) {
    std::map<std::chrono::local_days, int> called;
    for (const json::value& call : calls_of(group)) {
      if (call.at("startTime").is_null()) continue;
      const base::WallTime start = moment_of(call.at("startTime"));
      const auto local = base::to_local(calendar.zone, start).value();
      const auto day = std::chrono::floor<days>(local);
      EXPECT_GE(local - day, calendar.from) << base::to_rfc3339(start);
      EXPECT_LT(local - day, calendar.until + 1s) << base::to_rfc3339(start);
      ++called[day];
    }
    for (const auto& [day, count] : called) EXPECT_EQ(count, 1) << "one call a day";
    return called;
  }
  void expect_roll_call(std::int64_t id, std::size_t members) {
    const json::value shown = group(id);
    std::size_t calls = 0;
    for (const json::value& call : calls_of(id)) {
      if (call.at("startTime").is_null()) continue;
      ++calls;
      const auto* present =
          shown.at("rollCall").as_object().if_contains(call.at("startTime").as_string());
      // A call that a crash has cut short has whoever was there by then.
      if (call.at("usersConnected").as_array().empty()) {
        EXPECT_EQ(present, nullptr);
      } else if (present != nullptr) {
        EXPECT_EQ(present->as_array().size(), call.at("usersConnected").as_array().size());
      } else {
        EXPECT_GT(calls_of(id).size(), 31U);
      }
      EXPECT_LE(call.at("usersConnected").as_array().size(), members);
    }
    EXPECT_GT(calls, 0U);
  }

  std::vector<Outage> outages;
};

TEST_P(Take5Month, EachGroupIsCalledAsOftenAsItWants) {
  Config changed = config();
  changed.sim.phones.clear();
  for (const char* number : {ann, bob, cid})
    changed.sim.phones.push_back(
        {e164(number),
         json::parse(R"({"script":[{"after_ms":7000,"hang_up":true}]})").value().as_object()}
    );
  begin(std::move(changed), static_cast<std::uint64_t>(GetParam()));
  base::SeededRandom random(static_cast<std::uint64_t>(GetParam()) + 1000);
  const Calendar usual{"America/New_York", 9h, 20h};
  const Calendar monthly_hours{"Europe/Zurich", 10h, 18h};
  const auto in_new_york = add_user(ann, "America/New_York");
  const auto in_chicago = add_user(bob, "America/Chicago");
  const auto in_zurich = add_user(cid, "Europe/Zurich");
  const auto make = [&](const char* cadence, int frequency, json::array users) {
    return ask("POST", "/api/group",
               json::object{
                   {"name", cadence},
                   {"cadence", cadence},
                   {"frequency", frequency},
                   {"users", std::move(users)},
                   {"smsReminder", false}
               })
        .body.at("id")
        .as_int64();
  };
  const auto daily = make("daily", 1, {in_new_york});
  const auto weekly = make("weekly", 3, {in_new_york, in_chicago});
  const auto monthly = make("monthly", 4, {in_zurich});
  const base::WallTime begun = now();
  live_through(random, begun + days(30));

  // The clock begins at midnight UTC. In New York that is the evening before, with an hour left.
  const auto eve = std::chrono::floor<days>(base::to_local(usual.zone, begun).value());
  const auto first_day = eve + days(1);
  const auto daily_calls = days_called(daily, usual);
  for (auto day = first_day; day < first_day + days(29); day += days(1)) {
    const base::WallTime nine = base::to_utc(usual.zone, day + 9h).value();
    const base::WallTime eight = base::to_utc(usual.zone, day + 20h).value();
    if (!daily_calls.contains(day)) EXPECT_TRUE(was_down(nine, eight)) << "a day was forgotten";
  }
  EXPECT_GE(daily_calls.size(), 26U);
  const auto weekly_calls = days_called(weekly, usual);
  for (int week = 0; week < 4; ++week) {
    int count = 0;
    for (const auto& [day, once] : weekly_calls)
      if (day >= eve + days(7 * week) && day < eve + days(7 * week + 7)) ++count;
    EXPECT_EQ(count, 3) << "week " << week;
  }
  const auto monthly_calls = days_called(monthly, monthly_hours);
  EXPECT_EQ(monthly_calls.size(), 4U);
  expect_roll_call(daily, 1);
  expect_roll_call(weekly, 2);
  expect_roll_call(monthly, 1);
}

INSTANTIATE_TEST_SUITE_P(TwentySeeds, Take5Month, testing::Range(1, 21));

}  // namespace
}  // namespace belfry::server::simulation
