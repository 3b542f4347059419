#include "http/gate.hpp"

namespace belfry::http {
namespace {

struct GateTest : testing::Test {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{3};
  Router router{loop};
  base::TaskGroup tasks{loop};

  GateTest() {
    const auto answer = immediate([](const Request&) { return html(200, std::string(2000, 'a')); });
    router.add("GET /x", answer);
    router.add("POST /x", answer);
  }
  Response ask(std::string method, Headers headers, Gate::Settings settings = {}) {
    Gate gate(router, random, std::move(settings));
    Request request = Request::make(std::move(method), "/x");
    request.headers = std::move(headers);
    request.local = *net::Address::parse("127.0.0.1:80");
    std::optional<Response> answer;
    const auto run = [](Gate& on, Request asked,
                        std::optional<Response>& into) -> base::Task<void> {
      base::Task<Response> answering = on.answer(std::move(asked));
      into = co_await std::move(answering);
    };
    tasks.spawn(run(gate, std::move(request), answer));
    loop.run_ready();
    return std::move(*answer);
  }
};

TEST_F(GateTest, AListenerOnLoopbackAnswersOnlyToItsOwnNames) {
  for (const std::string host : {"localhost:80", "127.0.0.1", "[::1]:80", "LOCALHOST"})
    EXPECT_EQ(ask("GET", {{"Host", host}}).status, 200) << host;
  EXPECT_EQ(ask("GET", {{"Host", "evil.example"}}).status, 403);
  Gate::Settings settings;
  settings.host_names = {"belfry.test"};
  EXPECT_EQ(ask("GET", {{"Host", "belfry.test:8080"}}, settings).status, 200);
  settings.check_host_on_loopback = false;
  EXPECT_EQ(ask("GET", {{"Host", "evil.example"}}, settings).status, 200);
}

TEST_F(GateTest, APageOfAnotherOriginChangesNothing) {
  const auto post = [&](const std::string& origin, Gate::Settings settings = {}) {
    return ask("POST", {{"Host", "localhost:80"}, {"Origin", origin}}, std::move(settings)).status;
  };
  EXPECT_EQ(post("http://localhost:80"), 200);
  EXPECT_EQ(post("https://evil.example"), 403);
  EXPECT_EQ(post("http://localhost:81"), 403);
  EXPECT_EQ(post("null"), 403);
  Gate::Settings settings;
  settings.origins = {"https://app.example"};
  EXPECT_EQ(post("https://app.example", settings), 200);
  EXPECT_EQ(post("https://app.example.evil", settings), 403);
}

TEST_F(GateTest, PathsThatChangeNothingAreOpenToAnyOrigin) {
  const auto post = [&](std::vector<std::string> open_paths) {
    Gate::Settings settings;
    settings.open_paths = std::move(open_paths);
    const Headers headers{{"Host", "localhost:80"}, {"Origin", "https://another.example"}};
    return ask("POST", headers, std::move(settings)).status;
  };
  EXPECT_EQ(post({"/other"}), 403);
  EXPECT_EQ(post({"/x"}), 200);
}

TEST_F(GateTest, ListedOriginsAreToldWhatTheyMayDo) {
  Gate::Settings settings;
  settings.origins = {"https://app.example"};
  const Response preflight =
      ask("OPTIONS",
          {{"Host", "localhost"},
           {"Origin", "https://app.example"},
           {"Access-Control-Request-Method", "POST"},
           {"Access-Control-Request-Headers", "authorization"}},
          settings);
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.get("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(preflight.headers.get("Access-Control-Max-Age"), "600");
  const Response stranger =
      ask("GET", {{"Host", "localhost"}, {"Origin", "https://no.example"}}, settings);
  EXPECT_FALSE(stranger.headers.has("Access-Control-Allow-Origin"));
  EXPECT_TRUE(stranger.headers.lists("Vary", "Origin"));
  settings.origins = {"*"};
  const Response anyone =
      ask("GET", {{"Host", "localhost"}, {"Origin", "https://no.example"}}, settings);
  EXPECT_EQ(anyone.headers.get("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(anyone.headers.has("Access-Control-Allow-Credentials"));
}

TEST_F(GateTest, EveryAnswerIsDressed) {
  const Response page =
      ask("GET", {{"Host", "localhost"}, {"X-Request-Id", "abc-1"}, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(page.headers.get("X-Request-Id"), "abc-1");
  EXPECT_EQ(page.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(page.headers.get("Content-Security-Policy")->contains("frame-ancestors 'none'"));
  EXPECT_EQ(page.headers.get("Content-Encoding"), "gzip");
  const Response plain = ask("GET", {{"Host", "localhost"}, {"X-Request-Id", "a b<script>"}});
  EXPECT_EQ(plain.headers.get("X-Request-Id")->size(), 32U);
  EXPECT_EQ(plain.body.size(), 2000U);
}

}  // namespace
}  // namespace belfry::http
