#include "http/websocket_machine.hpp"

#include <gtest/gtest.h>

#include "http/websocket_handshake.hpp"

namespace belfry::http {
namespace {

using Role = WebSocketMachine::Role;

std::string frame(std::uint8_t first, std::string_view payload) {
  std::string bytes{static_cast<char>(first), static_cast<char>(payload.size())};
  return bytes.append(payload);
}
std::string close_frame(std::uint16_t code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  return frame(0x88, payload.append(reason));
}

struct WebSocketMachineTest : testing::Test {
  base::SeededRandom random{1};
  WebSocketMachine client{{Role::client, 1000, 4096}, random};
  WebSocketMachine server{{Role::server, 1000, 4096}, random};

  static std::vector<std::string> messages(WebSocketMachine& machine) {
    std::vector<std::string> all;
    while (auto event = machine.poll_event()) {
      if (const auto* message = std::get_if<WebSocketMachine::Message>(&*event))
        all.push_back(message->data);
      if (const auto* closed = std::get_if<WebSocketMachine::Closed>(&*event))
        all.push_back("closed " + std::to_string(closed->code));
    }
    return all;
  }
  /// What a client makes of bytes of a server; the machine is fresh each time.
  std::vector<std::string> heard(std::string_view bytes) {
    WebSocketMachine machine({Role::client, 1000, 4096}, random);
    machine.handle_bytes(bytes);
    return messages(machine);
  }
  using List = std::vector<std::string>;
};

TEST_F(WebSocketMachineTest, TextAndBinaryOfEverySizePassBothWays) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 999, 1000}) {
    const std::string text(size, 'x');
    ASSERT_TRUE(client.send_text(text));
    server.handle_bytes(client.poll_transmit());
    ASSERT_TRUE(server.send_binary(text));
    client.handle_bytes(server.poll_transmit());
    EXPECT_EQ(messages(server), List{text});
    EXPECT_EQ(messages(client), List{text});
  }
}

TEST_F(WebSocketMachineTest, FramesMayComeByteByByteAndAllAtOnce) {
  ASSERT_TRUE(client.send_text("one"));
  ASSERT_TRUE(client.send_text("two"));
  const std::string bytes = client.poll_transmit();
  server.handle_bytes(bytes);
  for (const char byte : bytes) server.handle_bytes({&byte, 1});
  EXPECT_EQ(messages(server), (List{"one", "two", "one", "two"}));
}

TEST_F(WebSocketMachineTest, AClientMasksWithAnotherMaskEachTime) {
  ASSERT_TRUE(client.send_text("same"));
  const std::string first = client.poll_transmit();
  ASSERT_TRUE(client.send_text("same"));
  const std::string second = client.poll_transmit();
  EXPECT_FALSE(first.contains("same"));
  EXPECT_NE(first, second);
}

TEST_F(WebSocketMachineTest, FragmentsMakeOneMessageAndControlFramesMayComeBetween) {
  client.handle_bytes(frame(0x01, "a") + frame(0x89, "hi") + frame(0x00, "b") + frame(0x80, "c"));
  EXPECT_EQ(messages(client), List{"abc"});
  server.handle_bytes(client.poll_transmit());  // the pong
  EXPECT_EQ(messages(server), List{});
  EXPECT_FALSE(server.closing());
}

// Rule X1.
TEST_F(WebSocketMachineTest, WhatTheStandardForbidsEndsWith1002_RuleX1) {
  EXPECT_EQ(heard(frame(0xC1, "x")), List{"closed 1002"}) << "RSV1";
  EXPECT_EQ(heard(frame(0x91, "x")), List{"closed 1002"}) << "RSV3";
  EXPECT_EQ(heard(frame(0x83, "x")), List{"closed 1002"}) << "an opcode of the future";
  EXPECT_EQ(heard(frame(0x8B, "x")), List{"closed 1002"}) << "a control opcode of the future";
  EXPECT_EQ(heard(frame(0x09, "x")), List{"closed 1002"}) << "a fragmented ping";
  EXPECT_EQ(heard(std::string("\x89\x7E\x00\x7E", 4)), List{"closed 1002"}) << "a long ping";
  EXPECT_EQ(heard(frame(0x80, "x")), List{"closed 1002"}) << "the rest of nothing";
  EXPECT_EQ(heard(frame(0x01, "x") + frame(0x81, "y")), List{"closed 1002"}) << "two at once";
  EXPECT_EQ(heard(std::string("\x81\x81\0\0\0\0x", 7)), List{"closed 1002"}) << "a masking server";
  EXPECT_EQ(heard(std::string("\x81\x7E\x00\x05hello", 9)), List{"closed 1002"}) << "a long 5";
  EXPECT_EQ(heard(std::string("\x81\x7F\0\0\0\0\0\0\0\x05hello", 15)), List{"closed 1002"});
  server.handle_bytes(frame(0x81, "x"));
  EXPECT_EQ(messages(server), List{"closed 1002"}) << "a client that does not mask";
}

TEST_F(WebSocketMachineTest, TextMustBeUtf8_RuleX1) {
  EXPECT_EQ(heard(frame(0x81, "\xC3\x28")), List{"closed 1007"});
  EXPECT_EQ(heard(frame(0x01, "\xC3") + frame(0x80, "\xA9")), List{"\xC3\xA9"})
      << "cut within a character";
  EXPECT_EQ(heard(frame(0x82, "\xC3\x28")), List{"\xC3\x28"}) << "binary is anything";
}

TEST_F(WebSocketMachineTest, AMessageAboveTheLimitEndsWith1009BeforeItIsThere_RuleX1) {
  EXPECT_EQ(heard(std::string("\x81\x7E\x03\xE9", 4)), List{"closed 1009"});
  EXPECT_EQ(heard(std::string("\x81\x7F\0\0\0\0\0\x01\0\0", 10)), List{"closed 1009"});
  EXPECT_EQ(
      heard(std::string("\x81\x7F\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10)), List{"closed 1009"}
  );
  EXPECT_EQ(heard(std::string("\x81\x7F\x80\0\0\0\0\0\0\0", 10)), List{"closed 1002"})
      << "2 to the 63rd is not a length";
  std::string parts = frame(0x01, std::string(120, 'a'));
  for (int i = 0; i < 8; ++i) parts += frame(0x00, std::string(120, 'a'));
  EXPECT_EQ(heard(parts), List{"closed 1009"}) << "the sum of the fragments counts";
}

TEST_F(WebSocketMachineTest, ManyEmptyFragmentsCostNothing_RuleX1) {
  client.handle_bytes(frame(0x01, ""));
  const std::string empty = frame(0x00, "");
  for (int i = 0; i < 100'000; ++i) client.handle_bytes(empty);
  client.handle_bytes(frame(0x80, "done"));
  EXPECT_EQ(messages(client), List{"done"});
}

TEST_F(WebSocketMachineTest, OnlyTheLastPingGetsItsPong_RuleX1) {
  for (int i = 0; i < 10'000; ++i) client.handle_bytes(frame(0x89, "ping"));
  EXPECT_LT(client.poll_transmit().size(), 20U);
  EXPECT_EQ(client.poll_transmit(), "");
}

TEST_F(WebSocketMachineTest, CloseIsAnsweredWithItsCodeAndTold) {
  client.handle_bytes(close_frame(1001, "going") + frame(0x81, "too late"));
  const auto event = client.poll_event();
  const auto& closed = std::get<WebSocketMachine::Closed>(*event);
  EXPECT_EQ(closed.code, 1001);
  EXPECT_EQ(closed.reason, "going");
  EXPECT_TRUE(closed.by_peer);
  EXPECT_FALSE(client.poll_event().has_value());
  EXPECT_FALSE(client.send_text("no more"));
  server.handle_bytes(client.poll_transmit());
  EXPECT_EQ(messages(server), List{"closed 1001"});
}

TEST_F(WebSocketMachineTest, CloseCodesThatMustNotBeSentAreRefused_RuleX1) {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535})
    EXPECT_EQ(heard(close_frame(static_cast<std::uint16_t>(code))), List{"closed 1002"}) << code;
  for (const int code : {1000, 1003, 1011, 1012, 1014, 3000, 4999})
    EXPECT_EQ(
        heard(close_frame(static_cast<std::uint16_t>(code))), List{"closed " + std::to_string(code)}
    );
  EXPECT_EQ(heard(frame(0x88, "")), List{"closed 1005"}) << "no code is allowed";
  EXPECT_EQ(heard(frame(0x88, "x")), List{"closed 1002"}) << "half a code is not";
  EXPECT_EQ(heard(close_frame(1000, "\xFF")), List{"closed 1007"});
}

TEST_F(WebSocketMachineTest, OurGoodbyeComesAfterWhatWasQueuedAndEndsWithThePeers) {
  ASSERT_TRUE(client.send_text("last words"));
  client.close(1000, "bye");
  EXPECT_FALSE(client.send_text("one more"));
  server.handle_bytes(client.poll_transmit());
  EXPECT_EQ(messages(server), (List{"last words", "closed 1000"}));
  client.handle_bytes(frame(0x81, "not for us any more"));
  EXPECT_EQ(messages(client), List{});
  client.handle_bytes(server.poll_transmit());
  EXPECT_EQ(messages(client), List{"closed 1000"});
}

TEST_F(WebSocketMachineTest, AConnectionThatJustEndsIs1006) {
  client.handle_bytes(std::string("\x81\x05he", 4));
  client.handle_end();
  EXPECT_EQ(messages(client), List{"closed 1006"});
}

TEST_F(WebSocketMachineTest, ASlowPeerIsNotQueuedForWithoutEnd_RuleX1) {
  const std::string text(1000, 'x');
  int queued = 0;
  while (client.send_text(text)) ++queued;
  EXPECT_EQ(queued, 4);
  static_cast<void>(client.poll_transmit());
  EXPECT_TRUE(client.send_text(text));
}

// --- The opening handshake ---

struct WebSocketHandshakeTest : testing::Test {
  base::SeededRandom random{1};
  net::Url url = *net::Url::parse("wss://app.example:8443/media?x=1");
  WebSocketHandshake handshake{url, {{"X-Twilio-Signature", "abc="}}, random};

  std::string key() const {
    const std::string name = "Sec-WebSocket-Key: ";
    const auto at = handshake.request().find(name) + name.size();
    return handshake.request().substr(at, handshake.request().find('\r', at) - at);
  }
  std::string answer(const std::string& more = {}) const {
    return "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, "
           "Upgrade\r\nSec-WebSocket-Accept: " +
           websocket_accept(key()) + "\r\n" + more + "\r\n";
  }
  base::Errc error(const std::string& bytes) {
    WebSocketHandshake fresh(url, {}, random);
    const auto outcome = fresh.handle_bytes(bytes);
    return outcome ? base::Errc::internal : outcome.error().code;
  }
};

TEST_F(WebSocketHandshakeTest, TheKeyOfTheStandardHasTheAnswerOfTheStandard) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_F(WebSocketHandshakeTest, TheRequestCarriesTheCallersHeaders) {
  const std::string& request = handshake.request();
  EXPECT_TRUE(request.starts_with("GET /media?x=1 HTTP/1.1\r\nHost: app.example:8443\r\n"));
  EXPECT_TRUE(request.contains("\r\nX-Twilio-Signature: abc=\r\n"));
  EXPECT_TRUE(request.contains("\r\nSec-WebSocket-Version: 13\r\n"));
  EXPECT_TRUE(request.ends_with("\r\n\r\n"));
  EXPECT_EQ(key().size(), 24U);
}

TEST_F(WebSocketHandshakeTest, ARightAnswerMayComeInPiecesWithFramesBehind) {
  const std::string bytes = answer() + "frames";
  for (std::size_t i = 0; i < bytes.size() - 7; ++i)
    EXPECT_EQ(*handshake.handle_bytes(bytes.substr(i, 1)), false);
  EXPECT_EQ(*handshake.handle_bytes(bytes.substr(bytes.size() - 7)), true);
  EXPECT_EQ(handshake.take_rest(), "frames");
}

TEST_F(WebSocketHandshakeTest, AWrongAnswerIsNoHandshake) {
  EXPECT_EQ(error("HTTP/1.1 404 Not Found\r\n\r\n"), base::Errc::refused);
  EXPECT_EQ(error("HTTP/1.1 200 OK\r\n\r\n"), base::Errc::refused);
  EXPECT_EQ(error("HTTP/1.0 101 Old\r\n\r\n"), base::Errc::malformed);
  EXPECT_EQ(error("SSH-2.0-OpenSSH_9\r\n\r\n"), base::Errc::malformed);
  EXPECT_EQ(error("HTTP/1.1 101 X\r\n\r\n"), base::Errc::malformed);
  EXPECT_EQ(error(answer()), base::Errc::malformed) << "the answer to another key";
  EXPECT_EQ(error("HTTP/1.1 101 X\r\nA: " + std::string(20'000, 'a')), base::Errc::malformed);
  const auto extended = handshake.handle_bytes(answer("Sec-WebSocket-Extensions: foo\r\n"));
  ASSERT_FALSE(extended);
  EXPECT_EQ(extended.error().code, base::Errc::malformed);
}

TEST_F(WebSocketHandshakeTest, HeadersThatCouldForgeARequestAreNotClean) {
  EXPECT_TRUE(is_clean({{"X-Twilio-Signature", "abc="}}));
  EXPECT_FALSE(is_clean({{"X", "a\r\nHost: evil"}}));
  EXPECT_FALSE(is_clean({{"X: y", "a"}}));
  EXPECT_FALSE(is_clean({{"host", "evil"}}));
}

}  // namespace
}  // namespace belfry::http
