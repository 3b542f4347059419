#include "http/client.hpp"

#include "http/server_fixture.hpp"
#include "net/self_signed.hpp"

namespace belfry::http {
namespace {

using namespace std::chrono_literals;
using base::Result;

struct ClientTest : ServerFixture {
  ClientTest() {
    const auto to = [this](std::string path, std::string target) {
      router.add("GET " + path, immediate([target](const Request&) {
                   return redirect(302, target);
                 }));
    };
    to("/once", "/hello");
    to("/loop", "/loop");
    to("/private", "http://10.0.0.1/");
    to("/metadata", "http://169.254.169.254/latest");
    to("/file", "file:///etc/passwd");
    to("/broken", "http://a@b@c/");
    router.add("POST /see", immediate([](const Request&) {
                 Response response = redirect(303, "/method");
                 response.headers.add("Set-Cookie", "a=1");
                 return response;
               }));
    router.add("POST /keep", immediate([](const Request&) { return redirect(307, "/echo"); }));
    router.add("GET /method", immediate([](const Request& request) {
                 return text(
                     200, request.method + std::string(request.headers.get("Cookie").value_or("-"))
                 );
               }));
    router.add(
        "GET /who", immediate([](const Request& request) {
          return text(200, std::string(request.headers.get("Authorization").value_or("nobody")));
        })
    );
    router.add("GET /hang", [this](Request) { return hang(loop); });
  }
  static base::Task<Response> hang(base::Loop& on) {
    co_await base::sleep_for(on, 1h);
    co_return empty(200);
  }
  static net::EgressPolicy loopback() { return *net::EgressPolicy::create({true, {}, {}}); }

  std::string url(const std::string& path) { return "http://" + address.to_string() + path; }
  Result<ClientResponse> ask(ClientRequest request) {
    const auto send = [](Client& by, ClientRequest what, auto& into) -> base::Task<void> {
      auto sending = by.send(std::move(what));
      into = co_await std::move(sending);
    };
    std::optional<Result<ClientResponse>> answer;
    tasks.spawn(send(*client, std::move(request), answer));
    EXPECT_TRUE(driver.run_until([&] { return answer.has_value(); }, 20s));
    return std::move(*answer);
  }
  ClientFailure failure(const std::string& target) {
    ClientRequest request;
    request.url = target;
    request.total_time = 500ms;
    const auto answer = ask(std::move(request));
    return answer ? ClientFailure::none : failure_of(answer.error());
  }

  net::EgressPolicy policy = loopback();
  std::unique_ptr<Client> client = make_curl_client(driver, policy, {});
};

TEST_F(ClientTest, SendsAndReceives) {
  ClientRequest request;
  request.method = "POST";
  request.url = url("/echo");
  request.body = "a=b";
  const auto answer = ask(request);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "a=b");
  EXPECT_EQ(answer->headers.get("content-length"), "3");
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(ask(request));
  EXPECT_EQ(server.connections(), 1U);  // kept alive
}

TEST_F(ClientTest, MoreRequestsThanConnectionsTakeTurnsOnThem) {
  const auto send = [](Client& by, ClientRequest what, int& succeeded) -> base::Task<void> {
    auto sending = by.send(std::move(what));
    const auto answer = co_await std::move(sending);
    succeeded += answer && answer->status == 200 ? 1 : 0;
  };
  int succeeded = 0;
  for (int i = 0; i < 200; ++i) {
    ClientRequest request;
    request.url = url("/hello");
    tasks.spawn(send(*client, std::move(request), succeeded));
  }
  EXPECT_TRUE(driver.run_until([&] { return succeeded == 200; }, 20s)) << succeeded;
}

TEST_F(ClientTest, FollowsRedirectsAsAsked) {
  ClientRequest request;
  request.url = url("/once");
  auto answer = ask(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(answer->url, url("/hello"));
  request.redirects = 0;
  EXPECT_EQ(ask(request)->status, 302);
  request.redirects = 10;
  request.method = "POST";
  request.url = url("/see");
  request.body = "x";
  request.cookies = {{"c", "2"}};
  answer = ask(request);
  EXPECT_EQ(answer->body, "GETc=2");
  ASSERT_EQ(answer->set_cookies.size(), 1U);
  EXPECT_EQ(answer->set_cookies[0].url, url("/see"));
  EXPECT_EQ(answer->set_cookies[0].text, "a=1");
  request.url = url("/keep");
  EXPECT_EQ(ask(request)->body, "x");
}

TEST_F(ClientTest, EveryFailureHasItsKind) {
  EXPECT_EQ(failure("nonsense"), ClientFailure::bad_url);
  EXPECT_EQ(failure("ws://localhost/"), ClientFailure::bad_url);
  EXPECT_EQ(failure(url("/loop")), ClientFailure::too_many_redirects);
  EXPECT_EQ(failure(url("/file")), ClientFailure::bad_url);
  EXPECT_EQ(failure(url("/broken")), ClientFailure::bad_url);
  EXPECT_EQ(failure(url("/big")), ClientFailure::body_too_large);
  EXPECT_EQ(failure(url("/hang")), ClientFailure::timeout);
  EXPECT_EQ(failure("https://" + address.to_string() + "/hello"), ClientFailure::tls);
  net::Address closed;
  {
    auto listener =
        net::Listener::open(driver, *net::Address::parse("127.0.0.1:0"), nullptr, [](auto) {});
    closed = listener->local();
  }
  EXPECT_EQ(failure("http://" + closed.to_string() + "/"), ClientFailure::refused);
  auto garbage =
      net::Listener::open(driver, *net::Address::parse("127.0.0.1:0"), nullptr, [](auto) {});
  EXPECT_EQ(failure("http://" + garbage->local().to_string() + "/"), ClientFailure::protocol);
}

/// Else it would be sent again, to somebody who has had it.
TEST_F(ClientTest, AnAnswerThatIsLateIsNotAConnectionThatWasNotMade) {
  EXPECT_EQ(failure(url("/hello")), ClientFailure::none);
  EXPECT_EQ(failure(url("/hang")), ClientFailure::timeout) << "over the connection of before";
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ClientTest, WhatIsRedirectedIsSignedAnew) {
  ClientRequest request;
  request.method = "POST";
  request.url = url("/see");
  std::vector<std::string> signed_urls;
  request.on_redirect = [&](ClientRequest& redirected, const std::vector<SetCookie>& cookies) {
    EXPECT_EQ(cookies.size(), 1U);
    signed_urls.push_back(redirected.method + " " + redirected.url);
    redirected.headers.set("Cookie", "signed");
  };
  const auto answer = ask(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "GETsigned");
  EXPECT_EQ(signed_urls, std::vector<std::string>{"GET " + url("/method")});
}

TEST_F(ClientTest, GoesOnlyWherePolicyLets) {
  EXPECT_EQ(failure(url("/private")), ClientFailure::egress_denied);
  EXPECT_EQ(failure(url("/metadata")), ClientFailure::egress_denied);
  policy.add_listener(address);
  EXPECT_EQ(failure(url("/hello")), ClientFailure::egress_denied);
  // The URL says nothing; the address that the name leads to does.
  const std::string by_name = "http://localhost:" + std::to_string(address.port) + "/hello";
  EXPECT_EQ(failure(by_name), ClientFailure::egress_denied);
  policy = net::EgressPolicy();
  EXPECT_EQ(failure(by_name), ClientFailure::egress_denied);
}

TEST_F(ClientTest, CredentialsComeFromTheUrl) {
  ClientRequest request;
  request.url = "http://user:p%40ss@" + address.to_string() + "/who";
  EXPECT_EQ(ask(request)->body, "Basic dXNlcjpwQHNz");
}

TEST_F(ClientTest, NoHeaderCanBeSmuggledIn) {
  ClientRequest request;
  request.url = url("/hello");
  request.headers.add("X", "a\r\nY: b");
  EXPECT_FALSE(ask(request));
}

TEST_F(ClientTest, DestroyingTheTaskCancels) {
  {
    base::TaskGroup brief(loop);
    const auto send = [](Client& by, std::string target) -> base::Task<void> {
      ClientRequest request;
      request.url = std::move(target);
      auto sending = by.send(std::move(request));
      const auto answer = co_await std::move(sending);
      ADD_FAILURE() << answer.has_value();
    };
    brief.spawn(send(*client, url("/hang")));
    EXPECT_TRUE(driver.run_until([&] { return server.connections() == 1; }, 5s));
  }
  EXPECT_EQ(failure(url("/hello")), ClientFailure::none);
}

TEST_F(ClientTest, ASelfMadeCertificateNeedsToBeNamed) {
  std::string folder = (std::filesystem::temp_directory_path() / "belfry-http-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto files = *net::ensure_self_signed(folder, {}, clock.wall_now());
  const auto tls = *net::TlsContext::server(files.certificate, files.key);
  {
    Server secure(driver, gate, small_limits());
    const auto at = *secure.listen(*net::Address::parse("127.0.0.1:0"), &tls);
    const std::string target = "https://localhost:" + std::to_string(at.port) + "/hello";
    EXPECT_EQ(failure(target), ClientFailure::tls);
    client = make_curl_client(driver, policy, {.extra_ca = files.certificate, .user_agent = "t"});
    ClientRequest request;
    request.url = target;
    const auto answer = ask(request);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "hello");
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace belfry::http
