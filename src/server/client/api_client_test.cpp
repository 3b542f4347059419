#include "server/client/api_client.hpp"

#include <gtest/gtest.h>

namespace belfry::server {
namespace {

http::ClientResponse answer(int status, std::string body, std::string type = "application/json") {
  http::ClientResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers.add("Content-Type", std::move(type));
  return response;
}

TEST(ApiClient, GivesTheJsonOfASuccess) {
  const auto body = read_answer(answer(201, R"({"sid":"CA1"})", "application/json; charset=utf-8"));
  ASSERT_TRUE(body);
  EXPECT_EQ(*base::json::find_string(*body, "sid"), "CA1");
}

TEST(ApiClient, TakesAnEmptySuccessForNull) {
  const auto body = read_answer(answer(204, ""));
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->is_null());
}

TEST(ApiClient, GivesEveryComplaintALine) {
  const auto body = read_answer(answer(
      422, R"({"detail":"2 members","errors":[{"message":"to is required"},{"message":"no say"}]})",
      "application/problem+json"
  ));
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, base::Errc::invalid_argument);
  EXPECT_EQ(body.error().message, "to is required\nno say");
}

TEST(ApiClient, SaysTheDetailOfAProblemWithoutComplaints) {
  const auto body = read_answer(answer(409, R"({"detail":"The call has ended already"})"));
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, base::Errc::conflict);
  EXPECT_EQ(body.error().message, "The call has ended already");
}

TEST(ApiClient, DoesNotTakeAPageForAnAnswer) {
  const auto body = read_answer(answer(200, "<html>", "text/html"));
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, base::Errc::unsupported);
}

TEST(ApiClient, RefusesWhatIsNoServer) {
  for (const char* server :
       {"", "localhost:8080", "ftp://localhost", "ws://localhost", "http://"}) {
    const auto client = ApiClient::create(server);
    ASSERT_FALSE(client) << server;
    EXPECT_EQ(client.error().code, base::Errc::invalid_argument) << server;
  }
}

TEST(ApiClient, SaysHowToStartAServerWhenNobodyAnswers) {
  auto client = ApiClient::create("http://127.0.0.1:1");
  ASSERT_TRUE(client) << client.error().message;
  const auto body = (*client)->get("/healthz");
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, base::Errc::unavailable);
  EXPECT_NE(body.error().message.find("belfry serve"), std::string::npos) << body.error().message;
}

TEST(ApiClient, MayAskAPrivateAddressThatItsUserNamed) {
  EXPECT_TRUE(ApiClient::create("http://10.0.0.1:8080"));
  EXPECT_TRUE(ApiClient::create("http://[fd00::1]:8080"));
  EXPECT_TRUE(ApiClient::create("https://belfry.internal"));
}

}  // namespace
}  // namespace belfry::server
