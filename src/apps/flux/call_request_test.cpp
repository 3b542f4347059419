#include "apps/flux/call_request.hpp"

namespace belfry::apps::flux {
namespace {

std::string complaints(std::string_view body) {
  const auto read = read_call_request(body);
  const auto* wrong = std::get_if<Complaints>(&read);
  return wrong == nullptr ? "" : base::json::serialize(*wrong);
}

TEST(CallRequest, TakesTheDocumentsExample) {
  const auto read = read_call_request(
      R"({ "phone_number": "+14155551234", "task_title": "Submit quarterly report", "task_id": "task_12345" })"
  );
  const auto* request = std::get_if<CallRequest>(&read);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->phone_number, "+14155551234");
  EXPECT_EQ(request->task_title, "Submit quarterly report");
  EXPECT_EQ(request->task_id, "task_12345");
}

TEST(CallRequest, ComplainsAsTheDocumentSays) {
  EXPECT_EQ(
      complaints(R"({"phone_number":"+14155551234"})"),
      R"([{"type":"missing","loc":["body","task_title"],"msg":"Field required","input":{"phone_number":"+14155551234"}}])"
  );
}

TEST(CallRequest, ComplainsAboutEveryMemberAtOnce) {
  const std::string both =
      complaints(R"({"phone_number":"4155551234","task_title":7,"task_id":[]})");
  EXPECT_THAT(both, testing::HasSubstr(R"("type":"value_error","loc":["body","phone_number"])"));
  EXPECT_THAT(both, testing::HasSubstr(R"("type":"string_type","loc":["body","task_title"])"));
  EXPECT_THAT(both, testing::HasSubstr(R"("loc":["body","task_id"])"));
}

TEST(CallRequest, NumbersAreE164) {
  for (const std::string_view number : {"+1234567", "+123456789012345"}) {
    EXPECT_EQ(complaints(R"({"task_title":"t","phone_number":")" + std::string(number) + "\"}"), "")
        << number;
  }
  for (const std::string_view number :
       {"+123456", "+1234567890123456", "+0234567890", "14155551234", "+1415555123a", "",
        "+1 415 555 1234", "+١٢٣٤٥٦٧٨"}) {
    EXPECT_NE(complaints(R"({"task_title":"t","phone_number":")" + std::string(number) + "\"}"), "")
        << number;
  }
}

TEST(CallRequest, TitlesHaveOneTo500CharactersNotBytes) {
  const auto with_title = [](const std::string& title) {
    return complaints(R"({"phone_number":"+14155551234","task_title":")" + title + "\"}");
  };
  std::string long_title;
  for (int i = 0; i < 500; ++i) long_title += "漢";
  EXPECT_EQ(with_title(long_title), "");
  EXPECT_THAT(with_title(long_title + "x"), testing::HasSubstr("string_too_long"));
  EXPECT_THAT(with_title(""), testing::HasSubstr("string_too_short"));
  EXPECT_THAT(with_title("  "), testing::HasSubstr("string_too_short"));
}

TEST(CallRequest, WhatIsNoObjectIsRefused) {
  for (const std::string_view body : {"", "   ", "[]", "7", "{", "{\"a\":1,\"a\":2}", "\"text\""}) {
    EXPECT_NE(complaints(body), "") << body;
  }
}

}  // namespace
}  // namespace belfry::apps::flux
