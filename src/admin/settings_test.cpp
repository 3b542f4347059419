#include <set>

#include "admin/applications.hpp"
#include "admin/keys.hpp"
#include "admin/numbers.hpp"
#include "admin/testing/house.hpp"

namespace belfry::admin {
namespace {

using base::json::value;

const std::string account_sid = "AC00000000000000000000000000000001";

struct Settings : testing::House {
  Settings() {
    phone_numbers.add_to(router);
    applications.add_to(router);
    keys.add_to(router);
  }
  static identity::Accounts::Settings owner() {
    identity::Accounts::Settings settings;
    settings.main.sid = account_sid;
    settings.main.auth_token = "token";
    settings.main_key.sid = "SK00000000000000000000000000000001";
    settings.main_key.secret = "secret";
    settings.main_key.account_sid = account_sid;
    settings.main_key.administers = true;
    return settings;
  }
  value make(std::string path, std::string body) {
    const http::Response response = ask("POST", std::move(path), std::move(body));
    EXPECT_EQ(response.status, 201) << response.body;
    return json_of(response);
  }
  static std::string sid_of(const value& document) {
    return std::string(document.at("sid").as_string());
  }

  call::NumberDirectory directory{{loop, *store, numbers}, account_sid};
  DirectoryAccess access{loop, random, *store, directory, account_sid};
  Numbers phone_numbers{access};
  Applications applications{access};
  identity::Accounts accounts{loop, *store, random, identity::Sealer({}), owner()};
  Keys keys{accounts};
};

TEST_F(Settings, ANumberAnswersAtOnceWithItsDocument) {
  const value made = make(
      "/admin/api/numbers",
      R"({"phone_number":"+1 202 555 0150","twiml":"<Response><Say>Hello</Say></Response>"})"
  );
  EXPECT_EQ(text_at(made, "/phone_number"), R"("+12025550150")");
  EXPECT_EQ(text_at(made, "/friendly_name"), R"("+12025550150")");
  const auto* entry = numbers.find("+12025550150");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->account_sid, account_sid);
  EXPECT_EQ(
      entry->program.parameters.at("twiml").as_string(), "<Response><Say>Hello</Say></Response>"
  );
  const value listed = get("/admin/api/numbers");
  EXPECT_EQ(text_at(listed, "/items/0/sid"), text_at(made, "/sid"));
}

TEST_F(Settings, AChangeKeepsWhatItDoesNotName) {
  const std::string path =
      "/admin/api/numbers/" +
      sid_of(make(
          "/admin/api/numbers",
          R"({"phone_number":"+12025550151","voice_url":"http://a/","sms_url":"http://b/"})"
      ));
  const http::Response changed = ask("PATCH", path, R"({"voice_url":null,"sms_method":"GET"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(text_at(json_of(changed), "/voice_url"), "null");
  EXPECT_EQ(text_at(json_of(changed), "/sms_url"), R"("http://b/")");
  EXPECT_EQ(text_at(json_of(changed), "/sms_method"), R"("GET")");
  EXPECT_EQ(ask("DELETE", path).status, 204);
  EXPECT_EQ(numbers.find("+12025550151"), nullptr);
  EXPECT_EQ(ask("PATCH", path, "{}").status, 404);
}

TEST_F(Settings, AllThatIsWrongWithANumberIsToldAtOnce) {
  const http::Response refused =
      ask("POST", "/admin/api/numbers",
          R"({"phone_number":"home","voice_url":"ftp://a","sms_method":"PUT","twiml":7,)"
          R"("voice_application_sid":"AP1"})");
  EXPECT_EQ(refused.status, 422);
  std::set<std::string> members;
  for (const value& error : json_of(refused).at("errors").as_array())
    members.emplace(error.at("pointer").as_string());
  EXPECT_EQ(
      members,
      (std::set<std::string>{
          "#/phone_number", "#/voice_url", "#/sms_method", "#/twiml", "#/voice_application_sid"
      })
  );
}

TEST_F(Settings, ANumberIsHadOnce) {
  make("/admin/api/numbers", R"({"phone_number":"+12025550152"})");
  EXPECT_EQ(ask("POST", "/admin/api/numbers", R"({"phone_number":"+12025550152"})").status, 409);
}

TEST_F(Settings, AnApplicationAnswersForItsNumbersAndFollowsItsChanges) {
  const std::string sid = sid_of(
      make("/admin/api/applications", R"({"friendly_name":"Menu","voice_url":"http://menu/one"})")
  );
  make(
      "/admin/api/numbers",
      R"({"phone_number":"+12025550153","voice_application_sid":")" + sid + R"("})"
  );
  const auto url = [&] {
    return std::string(numbers.find("+12025550153")->program.parameters.at("url").as_string());
  };
  EXPECT_EQ(url(), "http://menu/one");
  const std::string path = "/admin/api/applications/" + sid;
  EXPECT_EQ(ask("PATCH", path, R"({"voice_url":"http://menu/two"})").status, 200);
  EXPECT_EQ(url(), "http://menu/two");
  EXPECT_EQ(ask("PATCH", path, R"({"friendly_name":""})").status, 422);
  EXPECT_EQ(ask("DELETE", path).status, 204);
  EXPECT_EQ(ask("DELETE", path).status, 404);
}

// Rule T3: a secret is shown once.
TEST_F(Settings, AKeyTellsItsSecretOnceAndIsGoodUntilItIsRevoked) {
  const value made = make("/admin/api/keys", R"({"friendly_name":"Builds"})");
  const std::string sid = sid_of(made);
  const std::string secret(made.at("secret").as_string());
  EXPECT_TRUE(accounts.check(sid, secret));
  EXPECT_EQ(ask("GET", "/admin/api/keys").body.find(secret), std::string::npos);
  EXPECT_EQ(ask("DELETE", "/admin/api/keys/" + sid).status, 204);
  EXPECT_FALSE(accounts.check(sid, secret));
  EXPECT_EQ(ask("DELETE", "/admin/api/keys/" + sid).status, 404);
  EXPECT_EQ(ask("POST", "/admin/api/keys", "{}").status, 422);
}

TEST_F(Settings, TheInstallationsOwnKeyStays) {
  const std::string path = "/admin/api/keys/SK00000000000000000000000000000001";
  EXPECT_EQ(ask("DELETE", path).status, 403);
  EXPECT_TRUE(accounts.check("SK00000000000000000000000000000001", "secret"));
}

}  // namespace
}  // namespace belfry::admin
