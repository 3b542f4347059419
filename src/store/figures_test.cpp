#include "store/postgres/connection.hpp"
#include "store/sqlite/database.hpp"
#include "store/store.hpp"
#include "store/testing.hpp"

/// What calls came to is added up with the commit that ends them.
namespace belfry::store {
namespace {

using namespace std::chrono_literals;
using call::CallAnalysis;
using call::CallFigures;
using testing::Fixture;

const base::WallTime begin = std::chrono::sys_days(std::chrono::January / 1 / 2026);

call::LegRecord ended(std::string sid, base::WallTime created, std::chrono::seconds talked) {
  call::LegRecord leg = testing::leg(std::move(sid));
  leg.created = created;
  leg.application = "api";
  leg.status = call::LegStatus::completed;
  leg.answered = created + 5s;
  leg.ended = *leg.answered + talked;
  return leg;
}

call::LegRecord unanswered(std::string sid, base::WallTime created) {
  call::LegRecord leg = ended(std::move(sid), created, 0s);
  leg.status = call::LegStatus::no_answer;
  leg.answered.reset();
  return leg;
}

call::LegRecord of_group(call::LegRecord leg, std::string group) {
  leg.application = "take5";
  leg.program = {"take5", {{"group", std::move(group)}}};
  return leg;
}

call::LegRecord by_carrier(call::LegRecord leg, std::string carrier) {
  leg.attempt.emplace();
  leg.attempt->carrier = std::move(carrier);
  return leg;
}

CallAnalysis analyse(Fixture& fixture, call::CallFiguresQuery query) {
  return fixture.get(fixture.store->analyse_calls(std::move(query)));
}
CallFigures total(Fixture& fixture, const std::string& application = {}) {
  const CallAnalysis analysis =
      analyse(fixture, {.borders = {begin, begin + 24h * 365}, .application = application});
  CallFigures sum;
  for (const auto& [name, figures] : analysis.spans.at(0)) sum += figures;
  return sum;
}

struct Figures : testing::OnEveryDriver {};
INSTANTIATE_ON_EVERY_DRIVER(Figures);

TEST_P(Figures, AreZeroOverNothing) {
  Fixture fixture(home.settings());
  EXPECT_EQ(total(fixture), CallFigures{});
  const CallAnalysis analysis = analyse(fixture, {.borders = {begin, begin + 1h, begin + 2h}});
  EXPECT_EQ(analysis.spans.size(), 2);
  EXPECT_TRUE(analysis.groups.empty());
}

TEST_P(Figures, CountACallOnceHoweverOftenItIsWritten) {
  Fixture fixture(home.settings());
  call::LegRecord live = ended("CA1", begin, 61s);
  live.status = call::LegStatus::in_progress;
  live.ended.reset();
  ASSERT_TRUE(fixture.commit({.legs = {live}}));
  EXPECT_EQ(total(fixture), CallFigures{}) << "it is not over";
  ASSERT_TRUE(fixture.commit({.legs = {ended("CA1", begin, 61s)}}));
  const CallFigures once{.calls = 1, .answered = 1, .seconds = 61, .minutes = 2};
  EXPECT_EQ(total(fixture), once);
  ASSERT_TRUE(fixture.commit({.legs = {ended("CA1", begin, 61s), ended("CA1", begin, 61s)}}));
  EXPECT_EQ(total(fixture), once) << "its recording is noted later, for example";
  ASSERT_TRUE(fixture.commit({.legs = {unanswered("CA2", begin)}}));
  EXPECT_EQ(total(fixture), (CallFigures{.calls = 2, .answered = 1, .seconds = 61, .minutes = 2}));
}

TEST_P(Figures, CountNothingOfAChangeThatFails) {
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit({.new_documents = {testing::document("taken")}}));
  EXPECT_FALSE(fixture.commit(
      {.legs = {ended("CA1", begin, 61s)}, .new_documents = {testing::document("taken")}}
  ));
  EXPECT_EQ(total(fixture), CallFigures{});
  ASSERT_TRUE(fixture.commit({.legs = {ended("CA1", begin, 61s)}}));
  EXPECT_EQ(total(fixture).calls, 1);
}

TEST_P(Figures, AreThereAfterARestart) {
  {
    Fixture fixture(home.settings());
    ASSERT_TRUE(fixture.commit({.legs = {ended("CA1", begin, 61s)}}));
  }
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit({.legs = {ended("CA1", begin, 61s)}}));
  EXPECT_EQ(total(fixture).calls, 1);
}

TEST_P(Figures, TellWhatCostsMoney) {
  Fixture fixture(home.settings());
  call::LegRecord inbound = by_carrier(ended("CA5", begin, 30s), "acme");
  inbound.direction = call::LegRecord::Direction::inbound;
  ASSERT_TRUE(fixture.commit(
      {.legs =
           {by_carrier(ended("CA1", begin, 61s), "acme"),
            by_carrier(unanswered("CA2", begin), "acme"),
            by_carrier(ended("CA3", begin, 0s), "simulator"),
            by_carrier(ended("CA4", begin, 30s), "registration"), inbound}}
  ));
  EXPECT_EQ(
      total(fixture), (CallFigures{
                          .calls = 5,
                          .answered = 4,
                          .seconds = 121,
                          .minutes = 5,
                          .paid_calls = 2,
                          .paid_minutes = 2
                      })
  );
}

TEST_P(Figures, AreOfTheSpanInWhichTheCallWasPlaced) {
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit(
      {.legs =
           {unanswered("CA0", begin - 1s), unanswered("CA1", begin),
            // It is over when the next day has begun.
            ended("CA2", begin + 24h - 1s, 300s), unanswered("CA3", begin + 24h),
            unanswered("CA4", begin + 47h - 1s), unanswered("CA5", begin + 47h)}}
  ));
  // The second day is the night in which clocks are put forward.
  const CallAnalysis analysis =
      analyse(fixture, {.borders = {begin, begin + 24h, begin + 47h, begin + 71h}});
  ASSERT_EQ(analysis.spans.size(), 3);
  EXPECT_EQ(analysis.spans[0].at("api").calls, 2);
  EXPECT_EQ(analysis.spans[1].at("api").calls, 2);
  EXPECT_EQ(analysis.spans[2].at("api").calls, 1);
}

TEST_P(Figures, AreByApplicationAndGroup) {
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit(
      {.legs =
           {ended("CA1", begin, 10s), of_group(ended("CA2", begin, 60s), "7"),
            of_group(unanswered("CA3", begin + 1h), "7"), of_group(ended("CA4", begin, 60s), "8"),
            of_group(ended("CA5", begin + 48h, 60s), "9")}}
  ));
  EXPECT_EQ(total(fixture, "api").calls, 1);
  EXPECT_EQ(total(fixture, "take5").calls, 4);
  EXPECT_EQ(total(fixture, "flux"), CallFigures{});
  const auto words = [&](call::CallFiguresQuery query) {
    query.borders = {begin, begin + 24h};
    const CallAnalysis analysis = analyse(fixture, std::move(query));
    std::string text;
    for (const auto& each : analysis.groups)
      text += each.application + "/" + each.group + "=" + std::to_string(each.figures.calls) + " ";
    for (const auto& [name, figures] : analysis.spans.at(0))
      text += name + ":" + std::to_string(figures.calls) + " ";
    return text;
  };
  EXPECT_EQ(words({.borders = {}}), "take5/7=2 take5/8=1 api:1 take5:3 ");
  EXPECT_EQ(words({.borders = {}, .most_groups = 1}), "take5/7=2 api:1 take5:3 ");
  EXPECT_EQ(words({.borders = {}, .application = "api"}), "api:1 ");
  EXPECT_EQ(words({.borders = {}, .group = "7"}), "take5/7=2 take5:2 ");
  EXPECT_EQ(words({.borders = {}, .group = "' OR 1=1"}), "");
}

TEST_P(Figures, GoWithTheCallsTheyAreOf) {
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit(
      {.legs =
           {of_group(ended("CA1", begin, 10s), "7"),
            of_group(ended("CA2", begin + 24h * 200, 10s), "7")}}
  ));
  fixture.get(fixture.store->purge({.legs = std::chrono::days(100)}, begin + 24h * 250, 10));
  EXPECT_EQ(total(fixture).calls, 1);
  const CallAnalysis analysis = analyse(fixture, {.borders = {begin, begin + 24h * 365}});
  ASSERT_EQ(analysis.groups.size(), 1);
  EXPECT_EQ(analysis.groups[0].figures.calls, 1);
}

/// As the version before them left it: no tables of figures, and the rows of calls as they are now.
void forget_figures(const Settings& settings) {
  if (settings.database_url.empty()) {
    sqlite::SqliteDatabase database(
        settings.folder + "/belfry.db", sqlite::SqliteDatabase::Access::read_write
    );
    database.execute_script(
        "DROP TABLE application_figures; DROP TABLE group_figures; PRAGMA user_version=2"
    );
    return;
  }
  postgres::Connection connection(settings.database_url, "test");
  connection.ask("DROP TABLE application_figures, group_figures");
  connection.ask("UPDATE belfry SET schema_version = 2");
}

TEST_P(Figures, AreMadeOfTheCallsOfAnOlderVersion) {
  call::LegRecord live = ended("CA6", begin, 61s);
  live.status = call::LegStatus::ringing;
  CallFigures before;
  std::size_t groups = 0;
  {
    Fixture fixture(home.settings());
    ASSERT_TRUE(fixture.commit(
        {.legs =
             {ended("CA1", begin, 61s), by_carrier(unanswered("CA2", begin), "acme"),
              by_carrier(ended("CA3", begin, 0s), "acme"),
              of_group(by_carrier(ended("CA4", begin + 20min, 125s), "simulator"), "7"),
              of_group(unanswered("CA5", begin), "8"), live}}
    ));
    before = total(fixture);
    groups = analyse(fixture, {.borders = {begin, begin + 1h}}).groups.size();
  }
  forget_figures(home.settings());
  Fixture fixture(home.settings());
  EXPECT_EQ(before.calls, 5);
  EXPECT_EQ(total(fixture), before);
  const CallAnalysis analysis = analyse(fixture, {.borders = {begin, begin + 15min, begin + 1h}});
  EXPECT_EQ(analysis.spans[0].at("take5").calls, 1);
  EXPECT_EQ(analysis.spans[1].at("take5").minutes, 3);
  EXPECT_EQ(analysis.groups.size(), groups);
}

}  // namespace
}  // namespace belfry::store
