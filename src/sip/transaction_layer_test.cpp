#include "sip/transaction_layer.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace belfry::sip {
namespace {

using base::VirtualClock;
using namespace std::chrono_literals;

const Flow here{Transport::udp, {"192.0.2.1", 5060}, {"192.0.2.9", 40000}, 0};

std::string request(std::string_view method, std::string_view branch, std::string_view more = "") {
  std::string text(method);
  text += " sip:bob@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;rport;branch=";
  text += branch;
  text +=
      "\r\nFrom: <sip:alice@example.com>;tag=a1\r\nTo: <sip:bob@192.0.2.1>\r\nCall-ID: call-1\r\n";
  text +=
      "CSeq: 7 " + std::string(method == "ACK" || method == "CANCEL" ? "INVITE" : method) + "\r\n";
  if (method == "ACK" || method == "CANCEL")
    text.replace(text.find("7 INVITE"), 8, "7 " + std::string(method));
  return text + std::string(more) + "Content-Length: 0\r\n\r\n";
}

struct LayerTest : testing::Test {
  VirtualClock clock;
  base::SeededRandom random{1};
  TransactionLayer layer{settings(), random};

  static TransactionLayer::Settings settings() {
    TransactionLayer::Settings ours;
    ours.tag_key = "0123456789abcdef0123456789abcdef";
    ours.limits.servers_per_peer = 3;
    return ours;
  }
  using Sender = TransactionLayer::Sender;
  void receive(std::string_view bytes, const Flow& flow = here, Sender sender = Sender::anybody) {
    layer.handle_datagram(base::as_bytes(bytes), flow, clock.now(), sender);
  }
  /// The answers that are waiting to go out.
  std::vector<Message> sent() {
    std::vector<Message> all;
    while (auto next = layer.poll_transmit()) {
      last_flow = next->flow;
      Parsed parsed = parse(next->bytes, Framing::datagram);
      EXPECT_EQ(parsed.kind, Parsed::Kind::message) << next->bytes;
      all.push_back(std::move(parsed.message));
    }
    return all;
  }
  std::vector<int> statuses() {
    std::vector<int> all;
    for (const Message& message : sent()) all.push_back(message.status());
    return all;
  }
  template <class Event>
  Event expect_event() {
    auto event = layer.poll_event();
    if (event && std::holds_alternative<Event>(*event)) return std::get<Event>(std::move(*event));
    ADD_FAILURE() << "expected another event";
    return {};
  }
  void advance(base::Duration by) {
    const base::Instant until = clock.now() + by;
    while (const auto next = layer.next_timeout()) {
      if (*next > until) break;
      clock.advance_to(*next);
      layer.handle_timeout(clock.now());
    }
    clock.advance_to(until);
  }
  Message invite() {
    return MessageBuilder::request("INVITE", "sip:bob@192.0.2.9")
        .add(HeaderId::from, "<sip:alice@192.0.2.1>;tag=a1")
        .add(HeaderId::to, "<sip:bob@192.0.2.9>")
        .add(HeaderId::call_id, "out-1")
        .add(HeaderId::cseq, "1 INVITE")
        .add(HeaderId::route, "<sip:proxy;lr>")
        .build();
  }
  void answer(const Message& to, int status) {
    receive(response_to(to, status, "b1").build().text());
  }
  Flow last_flow;
};

TEST_F(LayerTest, AnswersGoToTheSourceWhateverTheViaSays) {
  receive(request("OPTIONS", "z9hG4bK1", "X: y\r\n"));
  const auto arrived = expect_event<RequestArrived>();
  const auto via = arrived.request.top_via();
  EXPECT_EQ(via->params.find("received"), "192.0.2.9");
  EXPECT_EQ(via->params.find("rport"), "40000");
  EXPECT_TRUE(layer.respond(
      arrived.transaction, response_to(arrived.request, 200, "t").build(), clock.now()
  ));
  EXPECT_EQ(statuses(), std::vector{200});
  EXPECT_EQ(last_flow, here) << "rule S3";
}

TEST_F(LayerTest, CopiesOfARequestMakeOneEventAndGetTheSameAnswer) {
  for (int i = 0; i < 6; ++i) receive(request("INVITE", "z9hG4bK1"));
  const auto arrived = expect_event<RequestArrived>();
  EXPECT_FALSE(layer.poll_event()) << "rule S8: six copies, one dialog";
  advance(200ms);
  EXPECT_EQ(statuses(), std::vector{100});
  layer.respond(arrived.transaction, response_to(arrived.request, 180, "t").build(), clock.now());
  receive(request("INVITE", "z9hG4bK1"));
  EXPECT_EQ(statuses(), (std::vector{180, 180}));
}

TEST_F(LayerTest, AMergedRequestGets482) {
  receive(request("INVITE", "z9hG4bK1"));
  receive(request("INVITE", "z9hG4bK2"));
  EXPECT_EQ(statuses(), std::vector{482});
  expect_event<RequestArrived>();
  EXPECT_FALSE(layer.poll_event());
}

TEST_F(LayerTest, WithoutTheCookieTheTupleOfRfc2543Counts) {
  receive(request("INVITE", "1"));
  receive(request("INVITE", "1"));
  const auto arrived = expect_event<RequestArrived>();
  EXPECT_FALSE(layer.poll_event());
  layer.respond(arrived.transaction, response_to(arrived.request, 486, "t").build(), clock.now());
  std::string ack = request("ACK", "1");
  ack.replace(ack.find("<sip:bob@192.0.2.1>\r\n"), 19, "<sip:bob@192.0.2.1>;tag=t");
  receive(ack);
  EXPECT_FALSE(layer.poll_event()) << "the ACK belongs to the transaction";
  sent();
  advance(4s);
  EXPECT_TRUE(sent().empty());
}

TEST_F(LayerTest, CancelIsAnsweredAndReportedOnceAndOnlyWithTheInvitesBranchAndSource) {
  receive(request("INVITE", "z9hG4bK1"));
  const auto arrived = expect_event<RequestArrived>();
  receive(request("CANCEL", "z9hG4bKother"));
  EXPECT_EQ(statuses(), std::vector{481});
  Flow elsewhere = here;
  elsewhere.remote.address = "192.0.2.66";
  receive(request("CANCEL", "z9hG4bK1"), elsewhere);
  EXPECT_EQ(statuses(), std::vector{481}) << "rule S8";
  EXPECT_FALSE(layer.poll_event());

  receive(request("CANCEL", "z9hG4bK1"));
  receive(request("CANCEL", "z9hG4bK1"));
  const auto answers = sent();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].status(), 200);
  EXPECT_EQ(answers[0].to_tag(), layer.to_tag(arrived.request)) << "the INVITE's tag";
  EXPECT_EQ(expect_event<CancelArrived>().invite, arrived.transaction);
  EXPECT_FALSE(layer.poll_event());
  EXPECT_TRUE(layer.is_open(arrived.transaction));
  layer.respond(arrived.transaction, response_to(arrived.request, 487, "t").build(), clock.now());
  EXPECT_FALSE(layer.is_open(arrived.transaction));
}

TEST_F(LayerTest, ACancelBehindTheFinalAnswerChangesNothing) {
  receive(request("INVITE", "z9hG4bK1"));
  const auto arrived = expect_event<RequestArrived>();
  layer.respond(arrived.transaction, response_to(arrived.request, 200, "t").build(), clock.now());
  receive(request("CANCEL", "z9hG4bK1"));
  EXPECT_EQ(statuses(), (std::vector{200, 200}));
  EXPECT_FALSE(layer.poll_event());
}

TEST_F(LayerTest, TheAckToAFailureStaysHereAndTheAckToA200GoesUp) {
  receive(request("INVITE", "z9hG4bK1"));
  const auto arrived = expect_event<RequestArrived>();
  layer.respond(arrived.transaction, response_to(arrived.request, 486, "t").build(), clock.now());
  receive(request("ACK", "z9hG4bK1"));
  EXPECT_FALSE(layer.poll_event());
  advance(32s);
  EXPECT_EQ(statuses(), std::vector{486});
  EXPECT_EQ(layer.server_count(), 0U);
  receive(request("ACK", "z9hG4bKnew"));
  expect_event<AckArrived>();
}

TEST_F(LayerTest, AFailureThatNobodyAcknowledgesIsReported) {
  receive(request("INVITE", "z9hG4bK1"));
  const auto arrived = expect_event<RequestArrived>();
  layer.respond(arrived.transaction, response_to(arrived.request, 486, "t").build(), clock.now());
  advance(33s);
  EXPECT_EQ(statuses().size(), 11U);
  EXPECT_EQ(expect_event<AckMissing>().transaction, arrived.transaction);
  EXPECT_EQ(layer.next_timeout(), std::nullopt);
}

TEST_F(LayerTest, BrokenRequestsAreRefusedOnceAndLeaveNoState) {
  receive(request("INVITE", "z9hG4bK1", "Max-Forwards: 300\r\n"));
  const auto answers = sent();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status(), 400);
  EXPECT_EQ(answers[0].reason(), "Max-Forwards is broken");
  EXPECT_EQ(answers[0].top_via()->params.find("received"), "192.0.2.9");
  EXPECT_FALSE(layer.poll_event());
  EXPECT_EQ(layer.server_count(), 0U);
  advance(40s);
  EXPECT_TRUE(sent().empty());
}

TEST_F(LayerTest, ARefusalIsSentOnceAndNeverOverThreeTimesTheRequest) {
  receive(request("REGISTER", "z9hG4bK1"));
  const auto arrived = expect_event<RequestArrived>();
  layer.respond_and_forget(arrived.transaction, response_to(arrived.request, 401, "t").build());
  EXPECT_EQ(statuses(), std::vector{401});
  EXPECT_EQ(layer.server_count(), 0U);
  EXPECT_EQ(layer.next_timeout(), std::nullopt);
  receive(request("REGISTER", "z9hG4bK1"));
  const auto again = expect_event<RequestArrived>();
  auto fat = response_to(again.request, 401, "t").add("X-Fat", std::string(2000, 'x')).build();
  layer.respond_and_forget(again.transaction, fat);
  EXPECT_TRUE(sent().empty()) << "rule S3";
}

TEST_F(LayerTest, ATrunkHasRoomOfItsOwn) {
  const auto options = [](const std::string& number) {
    std::string text = request("OPTIONS", "z9hG4bK" + number);
    return text.replace(text.find("call-1"), 6, "call-" + number);
  };
  for (int i = 0; i < 20; ++i) receive(options(std::to_string(i)), here, Sender::trunk);
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(layer.server_count(), 20U);
  receive(options("somebody"));
  EXPECT_TRUE(sent().empty()) << "and takes none of the others'";
  advance(64s);
  EXPECT_EQ(layer.server_count(), 0U);
}

// Rule O2.
TEST_F(LayerTest, TooManyFromOnePeerGet503ButALiveCallStillGetsIn) {
  for (int i = 0; i < 4; ++i) {
    std::string text = request("OPTIONS", "z9hG4bK" + std::to_string(i));
    text.replace(text.find("call-1"), 6, "call-" + std::to_string(i));
    receive(text);
  }
  const auto answers = sent();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status(), 503);
  EXPECT_EQ(answers[0].number(HeaderId::retry_after), 5U);
  EXPECT_EQ(layer.server_count(), 3U);
  std::string bye = request("BYE", "z9hG4bKbye");
  bye.replace(bye.find("<sip:bob@192.0.2.1>\r\n"), 19, "<sip:bob@192.0.2.1>;tag=t");
  receive(bye);
  EXPECT_EQ(layer.server_count(), 4U) << "rule O3";
  Flow other = here;
  other.remote.address = "192.0.2.10";
  receive(request("INFO", "z9hG4bKother"), other);
  EXPECT_EQ(layer.server_count(), 5U) << "another peer is not affected";
  advance(64s);
  EXPECT_EQ(layer.server_count(), 0U) << "a core that never answers leaks nothing";
}

TEST_F(LayerTest, TheSameIdentifiersGiveTheSameBytesAgain) {
  ASSERT_TRUE(layer.send_request(invite(), here, clock.now(), "z9hG4bKfixed"));
  const auto first = layer.poll_transmit();
  EXPECT_FALSE(layer.send_request(invite(), here, clock.now(), "z9hG4bKfixed"));
  base::SeededRandom other_random(99);
  TransactionLayer restarted(settings(), other_random);
  ASSERT_TRUE(restarted.send_request(invite(), here, clock.now(), "z9hG4bKfixed"));
  EXPECT_EQ(restarted.poll_transmit()->bytes, first->bytes) << "rule R3";
}

TEST_F(LayerTest, CancelWaitsForAProvisionalResponse) {
  const auto id = layer.send_request(invite(), here, clock.now());
  const Message sent_invite = sent().at(0);
  EXPECT_TRUE(layer.cancel(*id, clock.now(), "SIP;cause=200"));
  EXPECT_TRUE(sent().empty()) << "RFC 3261 §9.1";
  answer(sent_invite, 100);
  const auto cancels = sent();
  ASSERT_EQ(cancels.size(), 1U);
  EXPECT_EQ(cancels[0].method(), Method::cancel);
  EXPECT_EQ(cancels[0].top_via()->branch(), sent_invite.top_via()->branch());
  EXPECT_EQ(cancels[0].request_uri_text(), sent_invite.request_uri_text());
  EXPECT_EQ(cancels[0].cseq()->number, 1U);
  EXPECT_EQ(cancels[0].routes()->size(), 1U);
  EXPECT_EQ(cancels[0].header(HeaderId::reason), "SIP;cause=200");
  answer(cancels[0], 200);
  answer(sent_invite, 487);
  const auto acks = sent();
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].method(), Method::ack);
  EXPECT_EQ(acks[0].to_tag(), "b1");
  EXPECT_EQ(acks[0].top_via()->branch(), sent_invite.top_via()->branch());
  EXPECT_EQ(expect_event<ResponseArrived>().response.status(), 100);
  EXPECT_EQ(expect_event<ResponseArrived>().response.status(), 487);
  EXPECT_FALSE(layer.poll_event()) << "the CANCEL's own 200 is nobody's business";
  EXPECT_FALSE(layer.cancel(*id, clock.now()));
}

TEST_F(LayerTest, EachCopyOfA200GoesUpForItsAck) {
  const auto id = layer.send_request(invite(), here, clock.now());
  const Message sent_invite = sent().at(0);
  answer(sent_invite, 200);
  answer(sent_invite, 200);
  EXPECT_EQ(expect_event<ResponseArrived>().transaction, *id);
  EXPECT_EQ(expect_event<ResponseArrived>().transaction, *id);
  advance(32s);
  EXPECT_EQ(layer.client_count(), 0U);
  EXPECT_TRUE(sent().empty()) << "the dialog sends that ACK";
  EXPECT_FALSE(layer.poll_event());
}

TEST_F(LayerTest, StrayResponsesAndThoseWithASecondViaAreDropped) {
  ASSERT_TRUE(layer.send_request(invite(), here, clock.now()));
  const Message sent_invite = sent().at(0);
  const Message two = with_top_header(
      response_to(sent_invite, 200, "b").build(), HeaderId::via,
      sent_invite.header(HeaderId::via).value_or("")
  );
  receive(two.text());
  Message wrong = with_top_header(invite(), HeaderId::via, "SIP/2.0/UDP x;branch=z9hG4bKwrong");
  answer(wrong, 200);
  EXPECT_FALSE(layer.poll_event()) << "RFC 4475 bcast";
  EXPECT_EQ(layer.counters().dropped, 2U);
}

TEST_F(LayerTest, ABrokenConnectionFailsWhatWaitsOnIt) {
  Flow tcp = here;
  tcp.transport = Transport::tcp;
  tcp.connection = 5;
  const auto id = layer.send_request(invite(), tcp, clock.now());
  std::string text = request("OPTIONS", "z9hG4bK1");
  receive(text, tcp);
  const auto arrived = expect_event<RequestArrived>();
  Flow other = tcp;
  other.connection = 6;
  layer.handle_transport_failure(other, clock.now());
  EXPECT_FALSE(layer.poll_event());
  layer.handle_transport_failure(tcp, clock.now());
  EXPECT_EQ(expect_event<ClientTransportFailed>().transaction, *id);
  EXPECT_EQ(expect_event<ServerTransportFailed>().transaction, arrived.transaction);
  EXPECT_EQ(layer.client_count() + layer.server_count(), 0U);
  EXPECT_EQ(layer.next_timeout(), std::nullopt);
}

TEST_F(LayerTest, TheToTagIsTheSameEachTimeAndNotTheCallersToChoose) {
  const Message one = parse(request("INVITE", "z9hG4bK1"), Framing::datagram).message;
  const Message two = parse(request("INVITE", "z9hG4bK2"), Framing::datagram).message;
  EXPECT_EQ(layer.to_tag(one), layer.to_tag(one));
  EXPECT_NE(layer.to_tag(one), layer.to_tag(two));
  EXPECT_EQ(layer.to_tag(one).size(), 16U);
}

}  // namespace
}  // namespace belfry::sip
