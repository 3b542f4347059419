#include "admin/analytics.hpp"

#include "admin/testing/house.hpp"

namespace belfry::admin {
namespace {

using testing::House;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The clock begins at midnight, 2026-01-01 in UTC.
const base::WallTime begin = std::chrono::sys_days(std::chrono::January / 1 / 2026);

std::vector<std::string> borders(const std::string& query, base::WallTime now = begin + 10h) {
  const auto form = http::Form::parse(query).value();
  const auto read = read_period(form, now);
  std::vector<std::string> texts;
  if (const auto* complaints = std::get_if<Complaints>(&read)) {
    for (const Complaint& each : *complaints) texts.push_back(each.pointer);
    return texts;
  }
  for (const base::WallTime each : std::get<AnalyticsPeriod>(read).borders)
    texts.push_back(base::to_rfc3339_seconds(each));
  return texts;
}

TEST(AnalyticsPeriod, IsTheSevenDaysUpToTheEndOfTodayWithoutAnyWish) {
  const auto found = borders("");
  ASSERT_EQ(found.size(), 8);
  EXPECT_EQ(found.front(), "2025-12-26T00:00:00Z");
  EXPECT_EQ(found.back(), "2026-01-02T00:00:00Z");
  const auto panama = borders("zone=America/Panama", begin + 2h);
  EXPECT_EQ(panama.front(), "2025-12-25T05:00:00Z") << "where it is still the day before";
  EXPECT_EQ(panama.back(), "2026-01-01T05:00:00Z");
}

TEST(AnalyticsPeriod, HasDaysOfTheZoneThatAreShorterOrLongerWhenClocksChange) {  // rule R5
  EXPECT_THAT(
      borders("zone=America/New_York&from=2026-03-07&until=2026-03-10&bucket=day"),
      ElementsAre(
          "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z",
          "2026-03-10T04:00:00Z"
      )
  );
  EXPECT_EQ(borders("zone=Europe/Berlin&from=2026-10-25&until=2026-10-26").size(), 26)
      << "the night has one hour twice";
  // There midnight is skipped.
  EXPECT_THAT(
      borders("zone=Asia/Beirut&from=2026-03-28&until=2026-03-30&bucket=day"),
      ElementsAre("2026-03-27T22:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z")
  );
}

TEST(AnalyticsPeriod, HasHoursOfTheZone) {
  EXPECT_THAT(
      borders("zone=Asia/Kathmandu&from=2026-01-01T00:20:00Z&until=2026-01-01T01:30:00Z"),
      ElementsAre("2026-01-01T00:15:00Z", "2026-01-01T01:15:00Z", "2026-01-01T01:30:00Z")
  ) << "they begin at a quarter past; the ends are widened to quarters of an hour";
  EXPECT_EQ(borders("from=2026-01-01&until=2026-01-04").size(), 73);
  EXPECT_EQ(borders("from=2026-01-01&until=2026-01-05").size(), 5);
  EXPECT_EQ(borders("from=2026-01-01&until=2026-01-05&bucket=hour").size(), 97);
}

TEST(AnalyticsPeriod, SaysWhatIsWrong) {
  EXPECT_THAT(borders("from=yesterday"), ElementsAre("?from"));
  EXPECT_THAT(borders("from=2026-02-30"), ElementsAre("?from"));
  EXPECT_THAT(borders("until=2026-01-01T25:00:00Z"), ElementsAre("?until"));
  EXPECT_THAT(borders("zone=Mars/Olympus"), ElementsAre("?zone"));
  EXPECT_THAT(borders("zone=../../etc/passwd"), ElementsAre("?zone"));
  EXPECT_THAT(borders("bucket=week"), ElementsAre("?bucket"));
  EXPECT_THAT(borders("from=2026-01-02&until=2026-01-01"), ElementsAre("?from"));
  EXPECT_THAT(borders("from=2026-01-01&until=2026-01-01"), ElementsAre("?from"));
  EXPECT_THAT(borders("from=2026-01-01&until=2026-03-01&bucket=hour"), ElementsAre("?bucket"));
  EXPECT_THAT(borders("from=0001-01-01&until=9999-12-31"), ElementsAre("?bucket"));
  EXPECT_EQ(borders("from=2024-01-01&until=2026-09-27").size(), 1001) << "as many as there may be";
}

struct AdminAnalytics : House {
  AdminAnalytics() { analytics.add_to(router); }

  void have(
      std::string sid, std::string application, base::WallTime created, bool answered,
      std::string group = {}
  ) {
    call::LegRecord leg;
    leg.sid = std::move(sid);
    leg.application = std::move(application);
    leg.created = created;
    leg.status = answered ? call::LegStatus::completed : call::LegStatus::busy;
    if (answered) leg.answered = created;
    leg.ended = created + 90s;
    if (!group.empty()) leg.program = {"take5", {{"group", std::move(group)}}};
    call::Changes changes;
    changes.legs.push_back(std::move(leg));
    store->commit_later(std::move(changes));
  }

  Analytics analytics{{loop, *store, [](const std::string&, const std::string& group) {
                         return group == "7" ? std::string("=Daily") : std::string();
                       }}};
};

TEST_F(AdminAnalytics, AreZerosOverNothing) {
  const auto found = get("/admin/api/analytics?from=2026-01-01&until=2026-01-03&bucket=day");
  EXPECT_EQ(
      text_at(found, "/total"),
      R"({"calls":0,"answered":0,"answer_rate":0E0,"seconds":0,"minutes":0,"paid_calls":0,)"
      R"("paid_minutes":0})"
  );
  EXPECT_EQ(text_at(found, "/by_application"), "[]");
  EXPECT_EQ(text_at(found, "/by_group"), "[]");
  EXPECT_EQ(found.at("by_time").as_array().size(), 2) << "the days are there";
  EXPECT_EQ(text_at(found, "/by_time/1/local"), R"("2026-01-02T00:00:00")");
}

TEST_F(AdminAnalytics, AreByApplicationAndGroupAndTime) {
  have("CA1", "api", begin + 1h, true);
  have("CA2", "take5", begin + 25h, true, "7");
  have("CA3", "take5", begin + 25h, false, "7");
  have("CA4", "take5", begin + 26h, false, "8");
  const auto found = get("/admin/api/analytics?from=2026-01-01&until=2026-01-03&bucket=day");
  EXPECT_EQ(text_at(found, "/total/calls"), "4");
  EXPECT_EQ(text_at(found, "/total/answer_rate"), "5E-1");
  EXPECT_EQ(text_at(found, "/total/minutes"), "4");
  EXPECT_EQ(text_at(found, "/by_application/0/application"), R"("take5")");
  EXPECT_EQ(text_at(found, "/by_application/0/answer_rate"), "3.333E-1");
  EXPECT_EQ(text_at(found, "/by_application/1/application"), R"("api")");
  EXPECT_EQ(text_at(found, "/by_group/0/group"), R"("7")");
  EXPECT_EQ(text_at(found, "/by_group/0/name"), R"("=Daily")");
  EXPECT_EQ(text_at(found, "/by_group/0/calls"), "2");
  EXPECT_EQ(text_at(found, "/by_group/1/name"), R"("")");
  EXPECT_EQ(text_at(found, "/by_time/0/calls_by_application"), R"({"api":1})");
  EXPECT_EQ(text_at(found, "/by_time/1/calls_by_application"), R"({"take5":3})");
  const auto only = get("/admin/api/analytics?from=2026-01-01&until=2026-01-03&group=8");
  EXPECT_EQ(text_at(only, "/total/calls"), "1");
  EXPECT_EQ(text_at(only, "/bucket"), R"("hour")");
}

TEST_F(AdminAnalytics, AreAFileForASpreadsheetToo) {
  have("CA1", "=api", begin + 1h, true);
  have("CA2", "take5", begin + 25h, true, "7");
  const std::string path = "/admin/api/analytics/csv?from=2026-01-01&until=2026-01-03&bucket=day";
  const http::Response times = ask("GET", path);
  EXPECT_EQ(times.headers.get("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_THAT(
      std::string(times.headers.get("Content-Disposition").value_or("")),
      HasSubstr("analytics-by-time.csv")
  );
  EXPECT_EQ(
      times.body,
      "\"time\",\"calls\",\"answered\",\"answer_rate\",\"seconds\",\"minutes\",\"paid_calls\","
      "\"paid_minutes\"\r\n"
      "\"2026-01-01T00:00:00\",\"1\",\"1\",\"1.0000\",\"90\",\"2\",\"0\",\"0\"\r\n"
      "\"2026-01-02T00:00:00\",\"1\",\"1\",\"1.0000\",\"90\",\"2\",\"0\",\"0\"\r\n"
  );
  // Rule H5: a name is no formula.
  EXPECT_THAT(ask("GET", path + "&by=application").body, HasSubstr("\r\n\"'=api\",\"1\""));
  EXPECT_THAT(ask("GET", path + "&by=group").body, HasSubstr("\"take5\",\"7\",\"'=Daily\",\"1\""));
}

TEST_F(AdminAnalytics, RefuseWhatTheyCannotRead) {
  for (const char* query :
       {"from=never", "zone=Nowhere", "bucket=week", "until=2026-13-01",
        "from=2026-01-02&until=2026-01-01", "zone=%zz"}) {
    const http::Response refused = ask("GET", std::string("/admin/api/analytics?") + query);
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_EQ(refused.headers.get("Content-Type"), "application/problem+json");
  }
  EXPECT_EQ(ask("GET", "/admin/api/analytics/csv?by=colour").status, 400);
}

}  // namespace
}  // namespace belfry::admin
