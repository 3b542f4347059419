#include "admin/access.hpp"

#include "admin/testing/house.hpp"
#include "base/encoding.hpp"

namespace belfry::admin {
namespace {

using namespace std::chrono_literals;

const std::string account_sid = "AC00000000000000000000000000000001";
const std::string key_sid = "SK00000000000000000000000000000001";

struct AccessTest : testing::House {
  AccessTest() {
    for (const char* path :
         {"GET /admin/api/status", "POST /admin/api/calls", "GET /sim/phones", "DELETE /sim",
          "GET /metrics", "POST /notifications/call", "POST /notifications/call/status",
          "GET /healthz"})
      open.add(path, http::immediate([this](const http::Request&) {
                 ++served;
                 return http::text(200, "served");
               }));
    access.add_to(open);
  }
  static identity::Accounts::Settings owner() {
    identity::Accounts::Settings settings;
    settings.main.sid = account_sid;
    settings.main.auth_token = "token";
    settings.main_key.sid = key_sid;
    settings.main_key.secret = "secret";
    settings.main_key.account_sid = account_sid;
    settings.main_key.administers = true;
    return settings;
  }
  /// From another machine by HTTPS, as its pages ask.
  static http::Request from_page(std::string method, std::string path, std::string body = {}) {
    http::Request request =
        http::Request::make(std::move(method), std::move(path), std::move(body));
    request.remote = {net::IpAddress::v4({192, 0, 2, 7}), 5000};
    request.local = {net::IpAddress::v4({192, 0, 2, 1}), 8443};
    request.secure = true;
    request.headers.set("Host", "belfry.example:8443");
    request.headers.set("Sec-Fetch-Mode", "cors");
    if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
    if (request.method != "GET") request.headers.set("Origin", "https://belfry.example:8443");
    return request;
  }
  http::Response send(http::Request request) { return wait(open.dispatch(std::move(request))); }
  int with_basic(std::string method, std::string path, const std::string& pair) {
    http::Request request = from_page(std::move(method), std::move(path));
    request.headers.set(
        "Authorization", "Basic " + base::to_base64(std::as_bytes(std::span(pair)))
    );
    return send(std::move(request)).status;
  }
  http::Response sign_in(const std::string& user, const std::string& secret) {
    return send(from_page(
        "POST", "/admin/api/session",
        base::json::serialize(base::json::object{{"user", user}, {"secret", secret}})
    ));
  }
  static std::string cookie_of(const http::Response& response) {
    const std::string line(response.headers.get("Set-Cookie").value_or(""));
    return line.substr(0, line.find(';'));
  }
  int with_cookie(std::string method, std::string path, const std::string& cookie) {
    http::Request request = from_page(std::move(method), std::move(path));
    request.headers.set("Cookie", "theme=dark; " + cookie);
    return send(std::move(request)).status;
  }
  template <class T>
  T wait(base::Task<T> task) {
    std::optional<T> result;
    base::TaskGroup tasks(loop);
    tasks.spawn(keep(std::move(task), result));
    pass(100ms);
    return std::move(result.value());
  }
  template <class T>
  static base::Task<void> keep(base::Task<T> task, std::optional<T>& into) {
    into.emplace(co_await std::move(task));
  }

  identity::Accounts accounts{loop, *store, random, identity::Sealer({}), owner()};
  Access access{loop, random, accounts, {true}};
  http::Router open{loop};  // to other machines
  int served = 0;
};

TEST_F(AccessTest, D2_StrangersGetNothingButHealthAndWhatSignsItself) {
  for (const char* path : {"/admin/api/status", "/sim/phones", "/metrics"})
    EXPECT_EQ(send(from_page("GET", path)).status, 401) << path;
  EXPECT_EQ(send(from_page("POST", "/admin/api/calls", "{}")).status, 401);
  EXPECT_EQ(send(from_page("POST", "/notifications/call", "{}")).status, 401) << "rule A1";
  EXPECT_EQ(send(from_page("DELETE", "/sim")).status, 401);
  EXPECT_NE(send(from_page("GET", "/%61dmin/api/status")).status, 200);
  EXPECT_EQ(served, 0);
  EXPECT_EQ(send(from_page("GET", "/healthz")).status, 200);
  EXPECT_EQ(send(from_page("POST", "/notifications/call/status")).status, 200)
      << "telephony signs what it asks";
  const http::Response session = send(from_page("GET", "/admin/api/session"));
  EXPECT_EQ(session.status, 200);
  EXPECT_EQ(session.body, R"({"required":true,"user":null})");
}

TEST_F(AccessTest, D2_NobodyIsTrustedForComingFromThisMachine) {
  http::Request request = from_page("GET", "/admin/api/status");
  request.remote = {net::IpAddress::v4({127, 0, 0, 1}), 5000};
  EXPECT_EQ(send(std::move(request)).status, 401) << "a proxy here brings everybody";
}

TEST_F(AccessTest, D2_TheInstallationsCredentialsOpenIt) {
  EXPECT_EQ(with_basic("POST", "/admin/api/calls", account_sid + ":token"), 200);
  EXPECT_EQ(with_basic("GET", "/sim/phones", key_sid + ":secret"), 200);
  EXPECT_EQ(with_basic("GET", "/metrics", account_sid + ":secret"), 401);
  EXPECT_EQ(with_basic("GET", "/metrics", ":"), 401);
  EXPECT_EQ(with_basic("GET", "/metrics", "no colon"), 401);
}

TEST_F(AccessTest, D2_AKeyOfAnApplicationIsForItsServiceAndNotForTheAdministration) {
  const auto key = wait(accounts.create_key(account_sid, "an application"));
  ASSERT_TRUE(key);
  const std::string pair = key->sid + ":" + key->secret;
  EXPECT_EQ(with_basic("POST", "/notifications/call", pair), 200);
  EXPECT_EQ(with_basic("GET", "/admin/api/status", pair), 401);
  EXPECT_EQ(sign_in(key->sid, key->secret).status, 401);
}

TEST_F(AccessTest, D2_AnotherTenantsCredentialsOpenNothing) {
  const auto tenant = wait(accounts.create(account_sid, "tenant"));
  ASSERT_TRUE(tenant);
  EXPECT_EQ(with_basic("GET", "/admin/api/status", tenant->sid + ":" + tenant->auth_token), 401);
  EXPECT_EQ(with_basic("POST", "/notifications/call", tenant->sid + ":" + tenant->auth_token), 401);
}

TEST_F(AccessTest, D2_PagesSignInWithACookieThatIsSafe) {
  const http::Response signed_in = sign_in(account_sid, "token");
  ASSERT_EQ(signed_in.status, 200) << signed_in.body;
  const std::string line(signed_in.headers.get("Set-Cookie").value_or(""));
  for (const char* part : {"; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"})
    EXPECT_NE(line.find(part), std::string::npos) << line;
  EXPECT_EQ(line.find("token"), std::string::npos);
  const std::string cookie = cookie_of(signed_in);
  EXPECT_EQ(with_cookie("GET", "/admin/api/status", cookie), 200);
  EXPECT_EQ(with_cookie("POST", "/admin/api/calls", cookie), 200);
  EXPECT_EQ(with_cookie("DELETE", "/admin/api/session", cookie), 204);
  EXPECT_EQ(with_cookie("GET", "/admin/api/status", cookie), 401);
}

TEST_F(AccessTest, H4_AFormOfAnotherSiteCannotUseTheCookie) {
  const std::string cookie = cookie_of(sign_in(account_sid, "token"));
  for (const char* origin : {"https://evil.example", "null", ""}) {
    http::Request request = from_page("POST", "/admin/api/calls", "{}");
    request.headers.set("Cookie", cookie);
    request.headers.set("Origin", origin);
    if (*origin == 0) request.headers.remove("Origin");
    EXPECT_EQ(send(std::move(request)).status, 403) << origin;
  }
  EXPECT_EQ(served, 0);
}

TEST_F(AccessTest, SecretsAreNotTakenUnencryptedFromOtherMachines) {
  http::Request request = from_page(
      "POST", "/admin/api/session", R"({"user":")" + account_sid + R"(","secret":"token"})"
  );
  request.secure = false;
  EXPECT_EQ(send(std::move(request)).status, 403);
}

TEST_F(AccessTest, T3_GuessingIsSlowedDown) {
  for (std::uint32_t i = 0; i < Access::attempts_per_minute; ++i)
    EXPECT_EQ(sign_in(account_sid, "guess").status, 401);
  const http::Response refused = sign_in(account_sid, "token");
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.headers.has("Retry-After"));
  EXPECT_EQ(with_basic("GET", "/metrics", account_sid + ":guess"), 429);
  EXPECT_EQ(with_basic("GET", "/metrics", account_sid + ":token"), 200) << "no lock-out";
  pass(60s);
  EXPECT_EQ(sign_in(account_sid, "token").status, 200);
}

TEST_F(AccessTest, ASessionEndsByTimeAndWithItsSecret) {
  const std::string idle = cookie_of(sign_in(account_sid, "token"));
  pass(Access::idle_limit - 1min);
  EXPECT_EQ(with_cookie("GET", "/admin/api/status", idle), 200);
  pass(Access::idle_limit + 1min);
  EXPECT_EQ(with_cookie("GET", "/admin/api/status", idle), 401);
  const std::string cookie = cookie_of(sign_in(account_sid, "token"));
  identity::Account changed = accounts.main();
  changed.auth_token = "another";
  ASSERT_TRUE(wait(accounts.update(changed)));
  EXPECT_EQ(with_cookie("GET", "/admin/api/status", cookie), 401);
  EXPECT_EQ(with_cookie("GET", "/admin/api/status", "belfry_session="), 401);
}

TEST_F(AccessTest, SessionsAreBounded) {
  const std::string first = cookie_of(sign_in(account_sid, "token"));
  for (std::size_t i = 0; i < Access::most_sessions; ++i) {
    pass(15s);
    ASSERT_EQ(sign_in(account_sid, "token").status, 200) << i;
  }
  EXPECT_EQ(with_cookie("GET", "/admin/api/status", first), 401) << "the one that is used least";
}

TEST_F(AccessTest, ABrowserIsAskedByThePageAndAProgramByTheProtocol) {
  const auto challenge = [&](const char* mode) {
    http::Request request = from_page("GET", "/admin/api/status");
    if (mode == nullptr) {
      request.headers.remove("Sec-Fetch-Mode");
    } else {
      request.headers.set("Sec-Fetch-Mode", mode);
    }
    return std::string(send(std::move(request)).headers.get("WWW-Authenticate").value_or(""));
  };
  EXPECT_TRUE(challenge(nullptr).starts_with("Basic "));
  EXPECT_TRUE(challenge("navigate").starts_with("Basic "));
  EXPECT_TRUE(challenge("cors").starts_with("Session "));
}

TEST_F(AccessTest, OnLoopbackNobodyIsAsked) {
  http::Router closed{loop};
  closed.add("GET /admin/api/status", http::immediate([](const http::Request&) {
               return http::text(200, "served");
             }));
  Access none{loop, random, accounts, {false}};
  none.add_to(closed);
  EXPECT_EQ(wait(closed.dispatch(from_page("GET", "/admin/api/status"))).status, 200);
  const auto session = wait(closed.dispatch(from_page("GET", "/admin/api/session")));
  EXPECT_EQ(session.body, R"({"required":false,"user":null})");
}

}  // namespace
}  // namespace belfry::admin
