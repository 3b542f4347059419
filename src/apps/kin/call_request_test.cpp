#include "apps/kin/call_request.hpp"

#include <gtest/gtest.h>

namespace belfry::apps::kin {
namespace {

std::string complaint(std::string_view body) {
  const auto read = read_call_request(body);
  return read ? "" : read.error().message;
}

TEST(KinCallRequest, TakesTheDocumentsExample) {
  const auto request =
      read_call_request(R"({"to":"+1234567890","from":"+0987654321","options":{}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->to, "+1234567890");
  EXPECT_EQ(request->from, "+0987654321");
  EXPECT_FALSE(request->record);
  EXPECT_EQ(request->twiml_url, "");
}

TEST(KinCallRequest, TakesTheOptionsOfTheRecordingExample) {
  const auto request = read_call_request(
      R"({"to":"+1","from":"+2","options":{"record":true,"recordingChannels":"mono","recordingFormat":"wav",
          "twimlUrl":"https://app.example/t","recordingStatusCallback":"https://app.example/r"}})"
  );
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->record);
  EXPECT_EQ(request->channels, call::RecordingOrder::Channels::mono);
  EXPECT_EQ(request->twiml_url, "https://app.example/t");
  EXPECT_EQ(request->recording_status_callback, "https://app.example/r");
}

TEST(KinCallRequest, BothPartiesAreRequired) {
  for (const char* body :
       {"", "[]", "{}", "{", R"({"to":"+1"})", R"({"from":"+1"})", R"({"to":"","from":"+1"})",
        R"({"to":7,"from":"+1"})", R"({"to":null,"from":null})", R"({"to":"  ","from":"+1"})"})
    EXPECT_EQ(complaint(body), "To and From are required") << body;
}

TEST(KinCallRequest, OptionsOfTheWrongKindAreNamed) {
  EXPECT_EQ(complaint(R"({"to":"+1","from":"+2","options":7})"), "options is not an object");
  EXPECT_NE(
      complaint(R"({"to":"+1","from":"+2","options":{"twimlUrl":"file:///etc/passwd"}})"), ""
  );
  EXPECT_NE(complaint(R"({"to":"+1","from":"+2","options":{"record":"yes"}})"), "");
  EXPECT_EQ(complaint(R"({"to":"+1","from":"+2","options":null})"), "");
}

TEST(KinIdentity, IsRequiredAndPrintable) {
  EXPECT_EQ(read_identity(R"({"identity":"test-user"})").value_or(""), "test-user");
  for (const char* body : {"", "{}", R"({"identity":""})", R"({"identity":7})", "null"})
    EXPECT_EQ(read_identity(body).error().message, "Identity is required") << body;
  EXPECT_FALSE(read_identity(R"({"identity":"a b"})"));
  EXPECT_FALSE(read_identity(R"({"identity":")" + std::string(122, 'x') + "\"}"));
}

}  // namespace
}  // namespace belfry::apps::kin
