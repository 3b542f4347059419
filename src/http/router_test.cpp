#include "http/router.hpp"

#include "base/wait.hpp"

namespace belfry::http {
namespace {

struct RouterTest : testing::Test {
  base::VirtualClock clock;
  base::Loop loop{clock};
  Router router{loop};
  base::TaskGroup tasks{loop};

  void add(const std::string& name) {
    router.add(name, immediate([name](const Request& request) {
                 std::string said = name;
                 for (const auto& [key, value] : request.params) said += " " + key + "=" + value;
                 return text(200, said);
               }));
  }
  Response ask(std::string method, std::string target) {
    return ask(Request::make(std::move(method), std::move(target)));
  }
  Response ask(Request request) {
    std::optional<Response> answer;
    const auto run = [](Router& on, Request asked,
                        std::optional<Response>& into) -> base::Task<void> {
      base::Task<Response> dispatching = on.dispatch(std::move(asked));
      into = co_await std::move(dispatching);
    };
    tasks.spawn(run(router, std::move(request), answer));
    loop.run_ready();
    return std::move(*answer);
  }
};

TEST_F(RouterTest, ADetourTakesItsRequestsBeforeEveryTemplate) {
  add("GET /A");
  const auto is_meant = [](const Request& request) { return request.headers.has("X-Target"); };
  router.add_detour("elsewhere", is_meant, immediate([](const Request& request) {
                      return text(200, "detour of " + request.path);
                    }));
  EXPECT_EQ(ask("GET", "/A").body, "GET /A");
  Request request = Request::make("GET", "/A");
  request.headers.add("X-Target", "there");
  EXPECT_EQ(ask(std::move(request)).body, "detour of /A");
}

TEST_F(RouterTest, ADetourHasItsOwnLimitAndItsOwnErrors) {
  add("GET /A");
  Router::DetourTerms terms;
  terms.max_body = [](const Request& request) { return request.headers.has("X-Large") ? 9 : 3; };
  terms.errors = [](int status, const Request&, std::string_view) { return text(status, "so"); };
  const auto is_meant = [](const Request& request) { return request.headers.has("X-Target"); };
  const auto answer = immediate([](const Request&) { return text(200, ""); });
  router.add_detour("elsewhere", is_meant, answer, std::move(terms));
  Request request = Request::make("PUT", "/A");
  EXPECT_EQ(router.body_limit(request), Router::Options().max_body);
  request.headers.add("X-Target", "there");
  EXPECT_EQ(router.body_limit(request), 3u);
  EXPECT_EQ(router.error(413, request, "too much").body, "so");
  request.headers.add("X-Large", "yes");
  EXPECT_EQ(router.body_limit(request), 9u);
}

TEST_F(RouterTest, TheMostLiteralTemplateWinsWhateverTheOrder) {
  add("GET /A/{Sid}");
  add("GET /A/{rest...}");
  add("GET /A/{Sid}.json");
  add("GET /A/Calls.json");
  add("GET /A/{Sid}/Calls/{Call}.json");
  EXPECT_EQ(ask("GET", "/A/Calls.json").body, "GET /A/Calls.json");
  EXPECT_EQ(ask("GET", "/A/AC1.json").body, "GET /A/{Sid}.json Sid=AC1");
  EXPECT_EQ(ask("GET", "/A/AC1").body, "GET /A/{Sid} Sid=AC1");
  EXPECT_EQ(
      ask("GET", "/A/a%20b/Calls/%2B65.json").body,
      "GET /A/{Sid}/Calls/{Call}.json Call=+65 Sid=a b"
  );
  EXPECT_EQ(ask("GET", "/A/x/y/z").body, "GET /A/{rest...} rest=x/y/z");
  EXPECT_EQ(ask("GET", "/A").status, 404);
  EXPECT_EQ(router.routes().size(), 5U);
}

TEST_F(RouterTest, OtherMethodsGet405WithAllow) {
  add("GET /x");
  add("DELETE /x");
  const Response refused = ask("POST", "/x");
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(
      std::string(*refused.headers.get("Allow")),
      testing::AllOf(
          testing::HasSubstr("GET"), testing::HasSubstr("HEAD"), testing::HasSubstr("DELETE"),
          testing::HasSubstr("OPTIONS")
      )
  );
  EXPECT_EQ(ask("OPTIONS", "/x").status, 204);
  EXPECT_EQ(ask("HEAD", "/x").status, 200);
  EXPECT_EQ(ask("GET", "/y").status, 404);
}

TEST_F(RouterTest, EachFaceWordsItsErrors) {
  const auto face = [](const std::string& name) {
    return [name](int status, const Request&, std::string_view) { return text(status, name); };
  };
  router.set_errors("/2010-04-01", face("twilio"));
  router.set_errors("/2010-04-01/Special", face("special"));
  EXPECT_EQ(ask("GET", "/2010-04-01/x").body, "twilio");
  EXPECT_EQ(ask("GET", "/2010-04-01/Special/x").body, "special");
  EXPECT_EQ(ask("GET", "/other").headers.get("Content-Type"), "application/problem+json");
}

TEST_F(RouterTest, AHandlerThatThrowsIsAnswered500) {
  router.add("GET /now", [](Request) -> base::Task<Response> { throw std::runtime_error("now"); });
  const auto later = [](base::Loop& on) -> base::Task<Response> {
    co_await base::sleep_for(on, base::Duration(0));
    throw std::runtime_error("later");
  };
  router.add("GET /later", [this, later](Request) { return later(loop); });
  EXPECT_EQ(ask("GET", "/now").status, 500);
  const Response answer = ask("GET", "/later");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("later"), std::string::npos);
}

TEST_F(RouterTest, TheFallbackIsAskedBeforeA404) {
  router.set_fallback(immediate([](const Request& request) {
    return request.path == "/page" ? html(200, "page") : empty(404);
  }));
  EXPECT_EQ(ask("GET", "/page").body, "page");
  EXPECT_EQ(ask("GET", "/none").headers.get("Content-Type"), "application/problem+json");
}

TEST_F(RouterTest, RequestsAreCountedByTemplate) {
  add("GET /counted/{id}");
  ask("GET", "/counted/1");
  ask("GET", "/counted/2");
  EXPECT_THAT(
      base::metrics::render(),
      testing::HasSubstr(
          "belfry_http_requests_total{method=\"GET\",route=\"/counted/{id}\",status=\"2xx\"} 2"
      )
  );
}

}  // namespace
}  // namespace belfry::http
