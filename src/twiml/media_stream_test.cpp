#include "twiml/media_stream.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "media/g711.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
namespace json = base::json;

struct MediaStreamTest : testing::Test {
  static MediaStream::Settings settings() {
    MediaStream::Settings made;
    made.account_sid = "AC1";
    made.call_sid = "CA1";
    made.stream_sid = "MZ1";
    made.bidirectional = true;
    made.parameters = {{"k", "v \"quoted\""}};
    return made;
  }
  MediaStream stream{settings()};

  std::vector<std::string> sent() {
    std::vector<std::string> all;
    while (auto message = stream.poll_transmit()) all.push_back(std::move(*message));
    return all;
  }
  /// "audio n", "mark x", "clear", the code of a complaint.
  std::string said(std::string_view message) {
    stream.handle_message(message);
    const auto event = stream.poll_event();
    if (!event) return "nothing";
    if (const auto* audio = std::get_if<MediaStream::Audio>(&*event))
      return "audio " + std::to_string(audio->mulaw.size());
    if (const auto* mark = std::get_if<MediaStream::Mark>(&*event)) return "mark " + mark->name;
    if (std::holds_alternative<MediaStream::Clear>(*event)) return "clear";
    return std::to_string(std::get<MediaStream::Complaint>(*event).code);
  }
  void open() {
    stream.start();
    static_cast<void>(sent());
  }
};

TEST_F(MediaStreamTest, ItBeginsWithConnectedAndStart) {
  stream.start();
  EXPECT_EQ(
      sent(),
      (std::vector<std::string>{
          R"({"event":"connected","protocol":"Call","version":"1.0.0"})",
          R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1",)"
          R"("callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw",)"
          R"("sampleRate":8000,"channels":1},"customParameters":{"k":"v \"quoted\""}},)"
          R"("streamSid":"MZ1"})"
      })
  );
}

TEST_F(MediaStreamTest, AudioIsMulawWithNumbersAsStringsAndChunksCountPerTrack) {
  open();
  const std::vector<std::int16_t> silence(160, 0);
  stream.handle_audio(call::Track::inbound, 5ms, silence);
  stream.handle_audio(call::Track::outbound, 20ms, silence);
  stream.handle_audio(call::Track::inbound, 65ms, silence);
  const auto messages = sent();
  ASSERT_EQ(messages.size(), 3U);
  const std::vector<std::byte> codes(160, media::to_mulaw(0));
  EXPECT_EQ(
      messages[0],
      R"({"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1",)"
      R"("timestamp":"5","payload":")" +
          base::to_base64(codes) + R"("},"streamSid":"MZ1"})"
  );
  EXPECT_TRUE(messages[1].contains(R"("sequenceNumber":"3","media":{"track":"outbound","chunk":"1")"
  ));
  EXPECT_TRUE(messages[2].contains(R"("sequenceNumber":"4","media":{"track":"inbound","chunk":"2")")
  );
  EXPECT_TRUE(messages[2].contains(R"("timestamp":"65")")) << "what was lost is a gap";
}

TEST_F(MediaStreamTest, KeysMarksAndTheStopHaveTheirMessages) {
  open();
  stream.handle_digit('#');
  stream.handle_mark_played("a \"b\"");
  stream.stop();
  stream.stop();
  stream.handle_digit('1');
  EXPECT_EQ(
      sent(),
      (std::vector<std::string>{
          R"({"event":"dtmf","streamSid":"MZ1","sequenceNumber":"2","dtmf":{"track":"inbound_track","digit":"#"}})",
          R"({"event":"mark","sequenceNumber":"3","streamSid":"MZ1","mark":{"name":"a \"b\""}})",
          R"({"event":"stop","sequenceNumber":"4","stop":{"accountSid":"AC1","callSid":"CA1"},"streamSid":"MZ1"})"
      })
  );
}

TEST_F(MediaStreamTest, AOneWayStreamNamesItsTracksAndTellsNoKeys) {
  MediaStream::Settings both = settings();
  both.bidirectional = false;
  both.track = call::Track::both;
  stream = MediaStream(both);
  stream.start();
  EXPECT_TRUE(sent().back().contains(R"("tracks":["inbound","outbound"])"));
  stream.handle_digit('1');
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(said(R"({"event":"clear","streamSid":"MZ1"})"), "31951");
}

TEST_F(MediaStreamTest, WhatTheApplicationSaysIsRead) {
  open();
  EXPECT_EQ(said(R"({"event":"media","streamSid":"MZ1","media":{"payload":"AAAA"}})"), "audio 3");
  EXPECT_EQ(said(R"({"event":"media","streamSid":"MZ1","media":{"payload":""}})"), "audio 0");
  EXPECT_EQ(said(R"({"event":"mark","streamSid":"MZ1","mark":{"name":"end"}})"), "mark end");
  EXPECT_EQ(said(R"({"event":"clear","streamSid":"MZ1"})"), "clear");
}

TEST_F(MediaStreamTest, WhatCannotBeUnderstoodIsAComplaintWithItsCode) {
  open();
  EXPECT_EQ(said("{"), "31950");
  EXPECT_EQ(said(""), "31950");
  EXPECT_EQ(said(std::string(64, '[') + std::string(64, ']')), "31950") << "too deep (rule H3)";
  EXPECT_EQ(said("[]"), "31951");
  EXPECT_EQ(said(R"({"event":7})"), "31951");
  EXPECT_EQ(said(R"({"event":"dance","streamSid":"MZ1"})"), "31951");
  EXPECT_EQ(said(R"({"event":"clear"})"), "31951") << "no stream is named";
  EXPECT_EQ(said(R"({"event":"clear","streamSid":"MZ2"})"), "31951") << "another's";
  EXPECT_EQ(said(R"({"event":"media","streamSid":"MZ1"})"), "31951");
  EXPECT_EQ(said(R"({"event":"media","streamSid":"MZ1","media":{"payload":5}})"), "31951");
  EXPECT_EQ(said(R"({"event":"media","streamSid":"MZ1","media":{"payload":"!!"}})"), "31931");
  EXPECT_EQ(said(R"({"event":"mark","streamSid":"MZ1","mark":{}})"), "31951");
  const std::string name(MediaStream::max_mark_name + 1, 'x');
  EXPECT_EQ(said(R"({"event":"mark","streamSid":"MZ1","mark":{"name":")" + name + "\"}}"), "31951");
}

}  // namespace
}  // namespace belfry::twiml
