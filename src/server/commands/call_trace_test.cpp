#include "server/commands/call_trace.hpp"

#include <gtest/gtest.h>

namespace belfry::server {
namespace {

base::json::value call(std::string_view audio) {
  auto parsed = *base::json::parse(R"({
    "sid": "CA1", "parent_sid": null, "direction": "inbound", "from": "+1555", "to": "+1556",
    "status": "completed", "end_reason": "normal", "created_at": "2026-03-01T10:00:00.000Z",
    "answered_at": "2026-03-01T10:00:01.500Z", "ended_at": "2026-03-01T10:00:09.000Z",
    "duration_s": 8, "endpoint": "sip",
    "media": {"codec": "PCMU", "packets_in": 0, "packets_out": 375, "lost": 0, "jitter_ms": 1.26,
              "round_trip_ms": 0, "mos": null, "from_strangers": 12, "stranger": "127.0.0.2:4000",
              "remote": "127.0.0.1:4000", "not_authentic": 0, "replayed": 0, "not_agreed": 0,
              "payload_type_not_agreed": null, "sound": "unknown", "party_reports": "none",
              "loss_there": 0.125, "held_by_us": false, "held_by_party": true, "idle_ms": null,
              "handshake": "none"}})");
  parsed.as_object()["audio"] = *base::json::parse(audio);
  return parsed;
}

base::json::value events() {
  return *base::json::parse(R"({"items": [
    {"seq": 0, "at": "2026-03-01T10:00:00.000Z", "type": "call.ringing", "data": {}},
    {"seq": 1, "at": "2026-03-01T10:00:00.020Z", "type": "sip.sent",
     "data": {"status": 180, "method": "INVITE\u001b[2J", "headers": {"a": "b"}}}]})");
}

testing::AssertionResult has_line(const std::string& text, const std::string& line) {
  if (("\n" + text).find("\n" + line + "\n") != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no line \"" << line << "\" in\n" << text;
}

TEST(CallTrace, TellsTheCallItsStepsAndItsAudio) {
  const std::string text = trace_text(
      call(R"({"fault": "wrong-address", "words": "12 packets came from there."})"), events()
  );
  EXPECT_TRUE(has_line(text, "CA1  inbound  +1555 -> +1556  completed (normal)"));
  EXPECT_TRUE(has_line(
      text,
      "  placed 2026-03-01T10:00:00.000Z, answered 10:00:01.500, ended 10:00:09.000, 8 s long, by "
      "sip"
  ));
  EXPECT_TRUE(has_line(text, "  10:00:00.000  ringing"));
  EXPECT_TRUE(has_line(text, "  10:00:00.020  sip.sent  status=180  method=INVITE [2J"));
  EXPECT_TRUE(has_line(text, "audio: wrong-address: 12 packets came from there."));
  EXPECT_TRUE(has_line(
      text, "  PCMU with 127.0.0.1:4000: 0 packets in, 375 out, 0 lost; the party lost 13 %"
  ));
  EXPECT_TRUE(has_line(text, "  jitter 1.3 ms, round trip 0.0 ms"));
  EXPECT_TRUE(has_line(text, "  refused: 12 from another address (127.0.0.2:4000)"));
  EXPECT_TRUE(has_line(text, "  on hold by the party"));
}

TEST(CallTrace, OnlyAFaultIsOne) {
  EXPECT_TRUE(has_audio_fault(call(R"({"fault": "muted", "words": "Silence."})")));
  EXPECT_FALSE(has_audio_fault(call(R"({"fault": "none", "words": "All is well."})")));
  EXPECT_FALSE(has_audio_fault(call("null")));
  const std::string text =
      trace_text(call(R"({"fault": "none", "words": "All is well."})"), events());
  EXPECT_TRUE(has_line(text, "audio: All is well."));
}

TEST(CallTrace, OfACallThatWasNeverAnsweredNothingIsKnown) {
  const std::string text = trace_text(
      *base::json::parse(R"({"sid": "CA2", "status": "busy", "media": null, "audio": null})"),
      base::json::object{}
  );
  EXPECT_TRUE(has_line(text, "audio: nothing is known of it"));
}

}  // namespace
}  // namespace belfry::server
