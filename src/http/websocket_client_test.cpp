#include <gtest/gtest.h>

#include "base/wait.hpp"
#include "http/websocket.hpp"
#include "http/websocket_handshake.hpp"
#include "http/websocket_machine.hpp"
#include "net/listener.hpp"
#include "net/self_signed.hpp"
#include "net/tcp_connection.hpp"

namespace belfry::http {
namespace {

using namespace std::chrono_literals;
using base::Result;
using base::Task;

/// A server on loopback whose every byte the test decides.
struct WebSocketClientTest : testing::Test {
  base::SystemClock clock;
  base::Loop loop{clock};
  net::Driver driver{loop};
  base::SeededRandom random{1};
  net::EgressPolicy policy = *net::EgressPolicy::create({true, {}, {}});
  std::unique_ptr<WebSocketClient> client = make({});
  std::optional<net::TcpConnection> peer;
  std::string request;  // what the peer has heard before its answer
  std::string frames;   // ... and after it
  std::string answer = "(right)";
  std::string first_frames;
  bool peer_closed = false;
  std::optional<net::Listener> listener;
  std::unique_ptr<WebSocket> socket;
  base::TaskGroup tasks{loop};

  std::unique_ptr<WebSocketClient> make(WebSocketClientSettings settings) {
    return *make_websocket_client(driver, random, policy, std::move(settings));
  }
  void listen(const net::TlsContext* tls = nullptr) {
    listener = *net::Listener::open(
        driver, *net::Address::parse("127.0.0.1:0"), tls,
        [this](net::ByteStream stream) { serve(std::move(stream)); }
    );
  }
  void serve(net::ByteStream stream) {
    net::TcpConnection::Callbacks callbacks;
    callbacks.receive = [this](std::string_view chunk) { hear(chunk); };
    callbacks.closed = [this](const base::Error&) { peer_closed = true; };
    peer.emplace(driver, std::move(stream), std::move(callbacks));
  }
  void hear(std::string_view chunk) {
    if (request.contains("\r\n\r\n")) {
      frames += chunk;
      return;
    }
    request += chunk;
    if (!request.contains("\r\n\r\n")) return;
    if (answer == "(right)") answer = right_answer();
    if (!answer.empty()) EXPECT_TRUE(peer->send(answer + first_frames));
  }
  std::string right_answer() const {
    const std::string name = "Sec-WebSocket-Key: ";
    const std::string key = request.substr(request.find(name) + name.size(), 24);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           websocket_accept(key) + "\r\n\r\n";
  }
  template <class T>
  T wait(Task<T> task) {
    std::optional<T> value;
    const auto store = [](Task<T> from, std::optional<T>& into) -> Task<void> {
      into.emplace(co_await std::move(from));
    };
    tasks.spawn(store(std::move(task), value));
    EXPECT_TRUE(driver.run_until([&] { return value.has_value(); }, 20s));
    return std::move(*value);
  }
  WebSocketFailure connect(WebSocketRequest to) {
    auto outcome = wait(client->connect(std::move(to)));
    if (!outcome) return websocket_failure_of(outcome.error());
    socket = std::move(*outcome);
    return WebSocketFailure::none;
  }
  WebSocketFailure connect(std::string scheme = "ws", std::string host = "127.0.0.1") {
    WebSocketRequest to;
    to.url = scheme + "://" + host + ":" + std::to_string(listener->local().port) + "/media";
    to.headers = {{"X-Twilio-Signature", "sig="}};
    to.total_time = 2s;
    to.connect_time = 2s;
    return connect(std::move(to));
  }
  WebSocketFailure connect_to(std::string url) {
    WebSocketRequest to;
    to.url = std::move(url);
    return connect(std::move(to));
  }
  std::string receive() {
    const auto message = wait(socket->receive());
    return message ? *message : "closed " + std::to_string(message.error().detail);
  }
  /// What the peer has heard, once the client's masks are off.
  std::vector<std::string> heard() {
    WebSocketMachine machine({WebSocketMachine::Role::server, 1 << 20, 1 << 20}, random);
    machine.handle_bytes(frames);
    std::vector<std::string> all;
    while (auto event = machine.poll_event()) {
      if (const auto* message = std::get_if<WebSocketMachine::Message>(&*event))
        all.push_back(message->data);
      else
        all.push_back("closed " + std::to_string(std::get<1>(*event).code));
    }
    return all;
  }
};

TEST_F(WebSocketClientTest, MessagesGoBothWaysAndTheRequestCarriesTheSignature) {
  listen();
  first_frames = "\x81\x02hi";
  ASSERT_EQ(connect(), WebSocketFailure::none);
  EXPECT_TRUE(request.contains("X-Twilio-Signature: sig=\r\n"));
  EXPECT_EQ(receive(), "hi") << "it came in one packet with the handshake";
  EXPECT_TRUE(socket->send("one"));
  EXPECT_TRUE(socket->send(std::string(70'000, 'x')));
  EXPECT_TRUE(driver.run_until([&] { return heard().size() == 2; }, 5s));
  EXPECT_EQ(heard().front(), "one");
}

TEST_F(WebSocketClientTest, APingIsAnsweredAndAGoodbyeToo) {
  listen();
  ASSERT_EQ(connect(), WebSocketFailure::none);
  ASSERT_TRUE(peer->send(std::string("\x89\x01p\x81\x01m\x88\x02\x03\xE9", 10)));
  EXPECT_EQ(receive(), "m");
  EXPECT_EQ(receive(), "closed 1001");
  EXPECT_TRUE(
      driver.run_until([&] { return heard() == std::vector<std::string>{"closed 1001"}; }, 5s)
  );
  EXPECT_EQ(receive(), "closed 1001") << "the end stays the end";
  EXPECT_FALSE(socket->send("too late"));
}

TEST_F(WebSocketClientTest, ClosingSendsWhatWaitsAndHearsThePeer) {
  listen();
  ASSERT_EQ(connect(), WebSocketFailure::none);
  EXPECT_TRUE(socket->send("stop"));
  bool closed = false;
  const auto part = [](WebSocket& of, base::Instant deadline, bool& done) -> Task<void> {
    Task<void> closing = of.close(1000, deadline);
    co_await std::move(closing);
    done = true;
  };
  tasks.spawn(part(*socket, loop.now() + 5s, closed));
  ASSERT_TRUE(driver.run_until([&] { return heard().size() == 2; }, 5s));
  EXPECT_EQ(heard(), (std::vector<std::string>{"stop", "closed 1000"}));
  EXPECT_FALSE(closed) << "the peer has not answered";
  ASSERT_TRUE(peer->send(std::string("\x88\x02\x03\xE8", 4)));
  EXPECT_TRUE(driver.run_until([&] { return closed; }, 2s));
}

TEST_F(WebSocketClientTest, APeerThatNeverSaysGoodbyeIsLeft) {
  listen();
  ASSERT_EQ(connect(), WebSocketFailure::none);
  bool closed = false;
  const auto part = [](WebSocket& of, base::Instant deadline, bool& done) -> Task<void> {
    Task<void> closing = of.close(1000, deadline);
    co_await std::move(closing);
    done = true;
  };
  tasks.spawn(part(*socket, loop.now() + 50ms, closed));
  EXPECT_TRUE(driver.run_until([&] { return closed && peer_closed; }, 5s));
}

// Rule X1.
TEST_F(WebSocketClientTest, HostileFramesEndTheSocketWithTheRightCode) {
  const std::pair<std::string, std::string> cases[] = {
      {"\xC1\x01x", "closed 1002"},
      {"\x81\x02\xC3\x28", "closed 1007"},
      {std::string("\x81\x7F\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10), "closed 1009"},
  };
  for (const auto& [bytes, expected] : cases) {
    request.clear();
    frames.clear();
    answer = "(right)";
    first_frames = bytes;
    listen();
    ASSERT_EQ(connect(), WebSocketFailure::none);
    EXPECT_EQ(receive(), expected);
    EXPECT_TRUE(driver.run_until([&] { return heard() == std::vector<std::string>{expected}; }, 5s))
        << "the peer is told " << expected;
  }
}

TEST_F(WebSocketClientTest, AConnectionThatBreaksIs1006) {
  listen();
  ASSERT_EQ(connect(), WebSocketFailure::none);
  peer.reset();
  EXPECT_EQ(receive(), "closed 1006");
}

TEST_F(WebSocketClientTest, EveryWayNotToConnectHasItsName) {
  EXPECT_EQ(connect_to("wss://a@b@c/"), WebSocketFailure::bad_url);
  EXPECT_EQ(connect_to("https://app.example/"), WebSocketFailure::bad_scheme);
  EXPECT_EQ(connect_to("ws://93.184.216.34/"), WebSocketFailure::bad_scheme) << "plain, public";
  listen();
  answer = "HTTP/1.1 403 Forbidden\r\n\r\n";
  EXPECT_EQ(connect(), WebSocketFailure::handshake);
  const std::string port = std::to_string(listener->local().port);
  listener->close();
  listener.reset();
  EXPECT_EQ(connect_to("ws://127.0.0.1:" + port + "/"), WebSocketFailure::refused);
}

TEST_F(WebSocketClientTest, AServerThatDoesNotAnswerIsATimeout) {
  listen();
  answer.clear();
  WebSocketRequest to;
  to.url = "ws://127.0.0.1:" + std::to_string(listener->local().port) + "/";
  to.total_time = 60ms;
  EXPECT_EQ(connect(std::move(to)), WebSocketFailure::timeout);
}

// Rule W1.
TEST_F(WebSocketClientTest, WhatThePolicyForbidsIsNotConnectedTo) {
  listen();
  policy = *net::EgressPolicy::create({});
  EXPECT_EQ(connect(), WebSocketFailure::egress_denied);
  EXPECT_EQ(connect("ws", "localhost"), WebSocketFailure::egress_denied);
  EXPECT_EQ(connect_to("wss://169.254.169.254/latest"), WebSocketFailure::egress_denied);
  policy = *net::EgressPolicy::create({true, {}, {listener->local()}});
  EXPECT_EQ(connect(), WebSocketFailure::egress_denied) << "a listener of our own";
  EXPECT_EQ(request, "");
}

TEST_F(WebSocketClientTest, AWssServerNeedsACertificateThatWeTrust) {
  std::string folder = (std::filesystem::temp_directory_path() / "belfry-ws-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto files = *net::ensure_self_signed(folder, {}, clock.wall_now());
  const auto tls = *net::TlsContext::server(files.certificate, files.key);
  listen(&tls);
  EXPECT_EQ(connect("wss", "localhost"), WebSocketFailure::tls);
  client = make({.extra_ca = files.certificate});
  first_frames = "\x81\x02hi";
  ASSERT_EQ(connect("wss", "localhost"), WebSocketFailure::none);
  EXPECT_EQ(receive(), "hi");
  socket.reset();
  peer.reset();
  std::filesystem::remove_all(folder);
}

TEST_F(WebSocketClientTest, ThereIsRoomForSoManyAndNoMore) {
  listen();
  client = make({.sockets = 1});
  ASSERT_EQ(connect(), WebSocketFailure::none);
  auto first = std::move(socket);
  EXPECT_EQ(connect(), WebSocketFailure::failed);
  first.reset();
  request.clear();
  answer = "(right)";
  EXPECT_EQ(connect(), WebSocketFailure::none);
}

}  // namespace
}  // namespace belfry::http
