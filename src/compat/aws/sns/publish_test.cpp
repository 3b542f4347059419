#include "compat/aws/sns/publish.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::aws::sns {
namespace {

std::expected<Publication, Failure> read(const base::json::object& members) {
  return read_publication(Input(members));
}

base::json::object attribute(std::string_view name, std::string_view value) {
  return {{std::string(name), base::json::object{{"DataType", "String"}, {"StringValue", value}}}};
}

TEST(SnsPublish, ReadsWhatAnSmsCanHave) {
  base::json::object members{{"PhoneNumber", "+15551234567"}, {"Message", "Hello"}};
  members["MessageAttributes"] = attribute("AWS.SNS.SMS.SenderID", "Take5");
  const auto publication = read(members);
  ASSERT_TRUE(publication);
  EXPECT_EQ(publication->number, "+15551234567");
  EXPECT_EQ(publication->message, "Hello");
  EXPECT_EQ(publication->sender_id, "Take5");
}

TEST(SnsPublish, TakesTheSmsPartOfAStructuredMessage) {
  base::json::object members{
      {"PhoneNumber", "+15551234567"},
      {"MessageStructure", "json"},
      {"Message", R"({"default":"d","sms":"s"})"}
  };
  EXPECT_EQ(read(members)->message, "s");
  members["Message"] = R"({"default":"d"})";
  EXPECT_EQ(read(members)->message, "d");
  members["Message"] = R"({"sms":"s"})";
  EXPECT_EQ(read(members).error().code, "InvalidParameter");
}

TEST(SnsPublish, RefusesWhatSnsRefuses) {
  const base::json::object good{{"PhoneNumber", "+15551234567"}, {"Message", "Hello"}};
  const auto with = [&](std::string_view name, base::json::value value) {
    base::json::object members = good;
    members[name] = std::move(value);
    const auto publication = read(members);
    return publication ? "" : publication.error().message;
  };
  EXPECT_EQ(
      with("PhoneNumber", "+1555"),
      "Invalid parameter: PhoneNumber Reason: +1555 is not valid to publish to"
  );
  EXPECT_NE(with("PhoneNumber", "5551234567"), "");
  EXPECT_NE(with("TopicArn", "arn:aws:sns:us-east-1:1:x"), "");
  EXPECT_NE(with("Message", ""), "");
  EXPECT_NE(with("Message", base::json::value(std::string(1601, 'x'))), "");
  EXPECT_EQ(with("Message", base::json::value(std::string(1600, 'x'))), "");
  EXPECT_NE(with("MessageAttributes", attribute("AWS.SNS.SMS.SenderID", "12345")), "");
  EXPECT_NE(with("MessageAttributes", attribute("AWS.SNS.SMS.SMSType", "Urgent")), "");
  EXPECT_NE(with("MessageAttributes", attribute("AWS.SNS.SMS.MaxPrice", "cheap")), "");
  EXPECT_EQ(with("MessageAttributes", attribute("AWS.SNS.SMS.MaxPrice", "0.50")), "");
  EXPECT_EQ(read({{"TopicArn", "arn"}, {"Message", "x"}}).error().status, 404);
}

}  // namespace
}  // namespace belfry::compat::aws::sns
