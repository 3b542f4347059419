#include "apps/take5/people_request.hpp"

#include <gmock/gmock.h>

namespace belfry::apps::take5 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string user_error(std::string_view body, Purpose purpose = Purpose::creation) {
  const auto read = read_user_request(body, purpose);
  return read ? "" : read.error().message;
}
std::string group_error(std::string_view body, Purpose purpose = Purpose::creation) {
  const auto read = read_group_request(body, purpose);
  return read ? "" : read.error().message;
}
std::string user_with(std::string_view members) {
  return R"({"givenName":"Ann","familyName":"Lee","phoneNumber":"5551234567",)" +
         std::string(members) + "}";
}
std::string group_with(std::string_view members) {
  return R"({"name":"Daily Check-in","cadence":"weekly",)" + std::string(members) + "}";
}

TEST(Take5UserRequest, HasNamesNumberAndZone) {
  const auto read = read_user_request(
      R"({"givenName":" Ann ","familyName":"Lee","phoneNumber":"5551234567",
          "timezone":"America/New_York","groups":[2,{"id":1},2],"unknown":{}})",
      Purpose::creation
  );
  ASSERT_TRUE(read) << read.error().message;
  User user;
  read->apply_to(user);
  EXPECT_EQ(user.given_name, "Ann");
  EXPECT_EQ(user.phone_number, "5551234567");
  EXPECT_EQ(user.timezone, "America/New_York");
  EXPECT_THAT(*read->groups, ElementsAre(2, 1));
}

TEST(Take5UserRequest, RefusesWhatIsWrongAndNamesIt) {
  EXPECT_THAT(user_error(""), HasSubstr("Invalid JSON"));
  EXPECT_THAT(user_error("[]"), HasSubstr("JSON object"));
  EXPECT_THAT(user_error("{}"), HasSubstr("givenName is required"));
  EXPECT_THAT(
      user_error(R"({"givenName":7,"familyName":"a","phoneNumber":"5551234567"})"),
      HasSubstr("givenName must be a string")
  );
  EXPECT_THAT(
      user_error(R"({"givenName":" ","familyName":"a","phoneNumber":"5551234567"})"),
      HasSubstr("1 to 50")
  );
  const std::string long_name(51, 'a');
  EXPECT_THAT(
      user_error(
          R"({"givenName":")" + long_name + R"(","familyName":"a","phoneNumber":"5551234567"})"
      ),
      HasSubstr("1 to 50")
  );
  EXPECT_EQ(
      user_error(R"({"givenName":"a","familyName":"a","phoneNumber":"1234567890"})"),
      "Invalid phone number format"
  );
  EXPECT_THAT(user_error(user_with(R"("timezone":"EDT")")), HasSubstr("timezone"));
  EXPECT_THAT(user_error(user_with(R"("groups":["a"])")), HasSubstr("groups"));
}

TEST(Take5UserRequest, TakesFiftyCharactersOfAnyScript) {
  std::string name;
  for (int i = 0; i < 50; ++i) name += "é";
  EXPECT_EQ(
      user_error(R"({"givenName":")" + name + R"(","familyName":"李","phoneNumber":"5551234567"})"),
      ""
  );
}

TEST(Take5UserRequest, KnowsTheAbbreviations) {
  for (const char* zone : {"UTC", "EST", "CST", "MST", "PST", "Europe/Zurich"})
    EXPECT_EQ(user_error(user_with(R"("timezone":")" + std::string(zone) + "\"")), "") << zone;
  EXPECT_EQ(zone_name("PST"), "Etc/GMT+8");
  EXPECT_EQ(zone_name("Europe/Zurich"), "Europe/Zurich");
}

TEST(Take5UserRequest, AChangeNeedsNothing) {
  const auto read = read_user_request(R"({"familyName":"Ray","givenName":null})", Purpose::change);
  ASSERT_TRUE(read);
  User user;
  user.given_name = "Ann";
  read->apply_to(user);
  EXPECT_EQ(user.given_name, "Ann");
  EXPECT_EQ(user.family_name, "Ray");
}

TEST(Take5GroupRequest, HasDefaults) {
  const auto read =
      read_group_request(R"({"name":"Daily Check-in","cadence":"daily"})", Purpose::creation);
  ASSERT_TRUE(read) << read.error().message;
  Group group;
  read->apply_to(group);
  EXPECT_EQ(group.name, "Daily Check-in");
  EXPECT_EQ(group.frequency, 1);
  EXPECT_EQ(group.duration, std::chrono::minutes(5));
  EXPECT_TRUE(group.enabled);
  EXPECT_TRUE(check_frequency(group));
}

TEST(Take5GroupRequest, RefusesWhatIsWrongAndNamesIt) {
  EXPECT_THAT(group_error("{}"), HasSubstr("name is required"));
  EXPECT_THAT(group_error(R"({"name":"a"})"), HasSubstr("cadence is required"));
  EXPECT_THAT(group_error(R"({"name":"a","cadence":"hourly"})"), HasSubstr("cadence"));
  EXPECT_THAT(group_error(group_with(R"("duration":4)")), HasSubstr("5 to 120"));
  EXPECT_THAT(group_error(group_with(R"("duration":121)")), HasSubstr("1 to 120"));
  EXPECT_THAT(group_error(group_with(R"("duration":5.5)")), HasSubstr("duration"));
  EXPECT_THAT(group_error(group_with(R"("frequency":0)")), HasSubstr("frequency"));
  EXPECT_THAT(group_error(group_with(R"("frequency":"2")")), HasSubstr("frequency"));
  EXPECT_THAT(group_error(group_with(R"("enabled":"yes")")), HasSubstr("enabled"));
  EXPECT_THAT(group_error(group_with(R"("users":[0])")), HasSubstr("users"));
  EXPECT_THAT(group_error(group_with(R"("users":{})")), HasSubstr("users"));
}

TEST(Take5GroupRequest, AGroupIsCalledAtMostOnceADay) {
  const auto fits = [](Cadence cadence, int frequency) {
    Group group;
    group.cadence = cadence;
    group.frequency = frequency;
    return check_frequency(group).has_value();
  };
  EXPECT_TRUE(fits(Cadence::daily, 1));
  EXPECT_FALSE(fits(Cadence::daily, 2));
  EXPECT_TRUE(fits(Cadence::weekly, 7));
  EXPECT_FALSE(fits(Cadence::weekly, 8));
  EXPECT_TRUE(fits(Cadence::monthly, 30));
  EXPECT_FALSE(fits(Cadence::monthly, 31));
}

TEST(Take5People, SurviveBeingStored) {
  Group group;
  group.id = 3;
  group.name = "Weekly";
  group.users = {2, 5};
  group.cadence = Cadence::weekly;
  group.frequency = 2;
  group.duration = std::chrono::minutes(30);
  group.enabled = false;
  group.roll_call.push_back({base::from_unix_micros(1'000'000), {5}});
  const Group read = Group::from_document(group.to_document());
  EXPECT_EQ(read.name, "Weekly");
  EXPECT_THAT(read.users, ElementsAre(2, 5));
  EXPECT_EQ(read.cadence, Cadence::weekly);
  EXPECT_EQ(read.duration, std::chrono::minutes(30));
  EXPECT_FALSE(read.enabled);
  ASSERT_EQ(read.roll_call.size(), 1U);
  EXPECT_THAT(read.roll_call[0].users, ElementsAre(5));
}

}  // namespace
}  // namespace belfry::apps::take5
