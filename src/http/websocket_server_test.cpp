#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "http/server_fixture.hpp"
#include "http/websocket.hpp"
#include "http/websocket_handshake.hpp"
#include "http/websocket_machine.hpp"
#include "net/self_signed.hpp"

namespace belfry::http {
namespace {

using namespace std::chrono_literals;
using base::Result;
using base::Task;

constexpr std::string_view right_request =
    "GET /echo-socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: WebSocket\r\n"
    "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://elsewhere.example\r\n\r\n";

Task<void> echo(WebSocket& socket, Request request) {
  static_cast<void>(socket.send("from " + request.path));
  while (true) {
    Task<Result<std::string>> receiving = socket.receive();
    const Result<std::string> message = co_await std::move(receiving);
    if (!message || *message == "enough") co_return;
    static_cast<void>(socket.send(*message));
  }
}

/// The server's WebSockets, asked by our own client and by raw bytes.
struct WebSocketServerTest : ServerFixture {
  WebSocketServerTest() { router.add_websocket("/echo-socket", echo, 1000); }

  static std::string without(std::string_view line, std::string_view instead = "") {
    std::string request(right_request);
    return request.replace(request.find(line), line.size(), instead);
  }
  std::unique_ptr<WebSocket> connect() {
    WebSocketRequest request;
    request.url = "ws://" + address.to_string() + "/echo-socket";
    auto socket = wait(client->connect(std::move(request)));
    return socket ? std::move(*socket) : nullptr;
  }
  std::string next(WebSocket& socket) {
    const auto message = wait(socket.receive());
    return message ? *message : "closed " + std::to_string(message.error().detail);
  }

  net::EgressPolicy policy = *net::EgressPolicy::create({true, {}, {}});
  std::unique_ptr<WebSocketClient> client = *make_websocket_client(driver, random, policy, {});
};

TEST_F(WebSocketServerTest, AnswersTheHandshakeAsTheStandardShows) {
  const std::string answer = raw(std::string(right_request), "/echo-socket");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << answer;
  EXPECT_TRUE(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")) << answer;
  EXPECT_FALSE(answer.contains("Content-Length")) << answer;
  EXPECT_TRUE(
      answer.ends_with("\x81\x11"
                       "from /echo-socket")
  ) << answer;
}

TEST_F(WebSocketServerTest, RefusesHandshakesThatAreNone_RuleX1) {
  for (const std::string_view line : {"Upgrade: WebSocket\r\n", "Sec-WebSocket-Version: 13\r\n"})
    EXPECT_TRUE(raw(without(line), "\r\n\r\n").starts_with("HTTP/1.1 426 ")) << line;
  EXPECT_TRUE(raw(without("Version: 13", "Version: 8"), "\r\n\r\n")
                  .contains("Sec-WebSocket-Version: 13\r\n"));
  const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  for (const std::string wrong : {"", "dGhlIHNhbXBsZSBub25j", "!", "dGhlIHNhbXBsZSBub25jZQ"})
    EXPECT_TRUE(raw(without(key, wrong), "\r\n\r\n").starts_with("HTTP/1.1 400 ")) << wrong;
  EXPECT_TRUE(raw(without("HTTP/1.1", "HTTP/1.0"), "\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_F(WebSocketServerTest, CompressesNothingWhateverIsOffered_RuleX1) {
  const std::string key = "Sec-WebSocket-Key:";
  const std::string offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
  const std::string answer = raw(without(key, offer + "\r\n" + key), "from /echo-socket");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_FALSE(answer.contains("Extensions")) << answer;
  EXPECT_TRUE(answer.ends_with("from /echo-socket")) << "as it is";
}

TEST_F(WebSocketServerTest, TalksAndEndsWhenTheHandlerDoes) {
  const auto socket = connect();
  ASSERT_TRUE(socket);
  EXPECT_EQ(next(*socket), "from /echo-socket");
  EXPECT_TRUE(socket->send("one"));
  EXPECT_TRUE(socket->send("two"));
  EXPECT_EQ(next(*socket), "one");
  EXPECT_EQ(next(*socket), "two");
  EXPECT_TRUE(socket->send("enough"));
  EXPECT_EQ(next(*socket), "closed 1000");
}

TEST_F(WebSocketServerTest, EndsSocketsThatBreakTheRules_RuleX1) {
  const std::string unmasked = std::string(right_request) +
                               "\x81\x02"
                               "hi";
  EXPECT_TRUE(raw(unmasked).contains("\x03\xEA")) << "1002 for a frame without a mask";
  const auto socket = connect();
  ASSERT_TRUE(socket);
  EXPECT_EQ(next(*socket), "from /echo-socket");
  EXPECT_TRUE(socket->send(std::string(1001, 'x')));
  EXPECT_EQ(next(*socket), "closed 1009");
}

TEST_F(WebSocketServerTest, DoesNotCountSocketsAmongTheRequests) {
  std::vector<std::unique_ptr<WebSocket>> sockets;
  for (int i = 0; i < 12; ++i) sockets.push_back(connect());  // 8 connections are allowed
  EXPECT_TRUE(std::ranges::none_of(sockets, [](const auto& socket) { return socket == nullptr; }));
  EXPECT_TRUE(raw("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", "hello").contains("200 OK"));
  EXPECT_EQ(connect(), nullptr) << "the limit of this fixture is 12";
  sockets.pop_back();
  EXPECT_TRUE(driver.run_until([&] { return server.connections() <= 11; }, 5s));
  EXPECT_NE(connect(), nullptr);
}

TEST_F(WebSocketServerTest, SaysThatItGoesWhenItStops_RuleR9) {
  const auto socket = connect();
  ASSERT_TRUE(socket);
  EXPECT_EQ(next(*socket), "from /echo-socket");
  tasks.spawn(server.stop(loop.now() + 5s));
  EXPECT_EQ(next(*socket), "closed 1001");
  EXPECT_TRUE(driver.run_until([&] { return server.connections() == 0; }, 5s));
}

}  // namespace
}  // namespace belfry::http
