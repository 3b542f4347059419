// What a 1.2 kB INVITE with a session description costs: parse, and parse with an answer.
#include <benchmark/benchmark.h>

#include <string>

#include "sip/message.hpp"

namespace {

using namespace belfry::sip;

std::string invite() {
  MessageBuilder builder =
      MessageBuilder::request("INVITE", "sip:+15551234567@192.0.2.1:5060;user=phone");
  builder.add(HeaderId::via, "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK4a1f7c0d9e3b;rport")
      .add(
          HeaderId::via, "SIP/2.0/UDP 203.0.113.20:5070;received=203.0.113.20;branch=z9hG4bKnashds8"
      )
      .add(HeaderId::record_route, "<sip:198.51.100.7;lr>, <sip:203.0.113.20;lr>")
      .add(HeaderId::from, "\"Alice Example\" <sip:+15557654321@example.com>;tag=9fxced76sl")
      .add(HeaderId::to, "<sip:+15551234567@example.net>")
      .add(HeaderId::call_id, "3848276298220188511@atlanta.example.com")
      .add(HeaderId::cseq, "314159 INVITE")
      .add(HeaderId::max_forwards, 69)
      .add(HeaderId::contact, "<sip:+15557654321@203.0.113.20:5070;transport=udp>;expires=3600")
      .add(HeaderId::allow, "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY")
      .add(HeaderId::supported, "timer, 100rel, replaces, path")
      .add(HeaderId::session_expires, "1800;refresher=uac")
      .add(HeaderId::min_se, 90)
      .add(HeaderId::p_asserted_identity, "<sip:+15557654321@example.com>")
      .add(HeaderId::user_agent, "Example Softswitch 12.4.1");
  builder.body(
      "application/sdp",
      "v=0\r\no=- 20518 0 IN IP4 203.0.113.20\r\ns=call\r\nc=IN IP4 203.0.113.20\r\nt=0 0\r\n"
      "m=audio 54400 RTP/AVP 9 0 8 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\n"
      "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
      "a=ptime:20\r\na=sendrecv\r\n"
  );
  return std::string(builder.build().text());
}

void parse_invite(benchmark::State& state) {
  const std::string text = invite();
  for (auto _ : state) benchmark::DoNotOptimize(parse(text, Framing::datagram));
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_invite);

void parse_and_answer_invite(benchmark::State& state) {
  const std::string text = invite();
  for (auto _ : state) {
    Parsed parsed = parse(text, Framing::datagram);
    stamp_source(parsed.message, "198.51.100.7", 5060);
    benchmark::DoNotOptimize(response_to(parsed.message, 180, "0123456789abcdef").build());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(parse_and_answer_invite);

}  // namespace

BENCHMARK_MAIN();
