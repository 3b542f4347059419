#include "sip/recording_metadata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace belfry::sip {
namespace {

using testing::HasSubstr;
using testing::Not;

RecordingMetadata both_sides() {
  RecordingMetadata metadata;
  metadata.recording_sid = "SR1";
  metadata.call_sid = "CA1";
  metadata.account_sid = "AC1";
  metadata.started = base::WallTime(std::chrono::seconds(1'700'000'000));
  metadata.participants = {{"+15005550001"}, {"client:ann"}};
  metadata.streams = {{"1", 0}, {"2", 1}};
  return metadata;
}

/// What stands between the first `before` and the `after` that follows.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const auto start = text.find(before);
  if (start == std::string::npos) return "no " + before;
  const auto at = start + before.size();
  return text.substr(at, text.find(after, at) - at);
}

TEST(SipRecordingMetadata, NamesTheCallTheParticipantsAndTheirStreams) {
  const std::string xml = to_xml(both_sides());
  EXPECT_THAT(xml, HasSubstr("<recording xmlns=\"urn:ietf:params:xml:ns:recording:1\">"));
  EXPECT_THAT(xml, HasSubstr("sid=\"CA1\" account=\"AC1\" recording=\"SR1\""));
  EXPECT_THAT(xml, HasSubstr("<nameID aor=\"tel:+15005550001\"/>"));
  EXPECT_THAT(xml, HasSubstr("<nameID aor=\"client:ann\"/>"));
  EXPECT_THAT(xml, HasSubstr("<start-time>2023-11-14T22:13:20"));
  const std::string caller = between(xml, "<participant participant_id=\"", "\"");
  const std::string stream = between(xml, "<stream stream_id=\"", "\"");
  EXPECT_EQ(caller.size(), 24U) << "16 bytes in base64";
  EXPECT_EQ(
      between(xml, "<participantstreamassoc participant_id=\"" + caller + "\"><send>", "</send>"),
      stream
  ) << "the caller speaks on the first stream";
  EXPECT_THAT(xml, HasSubstr("<recv>" + stream + "</recv>")) << "the other one hears it";
}

TEST(SipRecordingMetadata, TwoRecordingsOfOneCallShareItsSessionButNoStream) {
  RecordingMetadata second = both_sides();
  second.recording_sid = "SR2";
  const std::string one = to_xml(both_sides());
  const std::string other = to_xml(second);
  const auto session = [](const std::string& xml) { return between(xml, "session_id=\"", "\""); };
  const auto stream = [](const std::string& xml) { return between(xml, "stream_id=\"", "\""); };
  EXPECT_EQ(session(one), session(other));
  EXPECT_NE(stream(one), stream(other));
}

TEST(SipRecordingMetadata, WhatComesFromOutsideCannotBreakOutOfItsPlace) {
  RecordingMetadata metadata = both_sides();
  metadata.participants[0].address = "sip:\"><x/>@a";
  metadata.parameters = {{"a\"b", "<c>&\x01"}};
  const std::string xml = to_xml(metadata);
  EXPECT_THAT(xml, Not(HasSubstr("<x/>")));
  EXPECT_THAT(xml, HasSubstr("<parameter name=\"a&quot;b\">&lt;c&gt;&amp;</parameter>"));
}

}  // namespace
}  // namespace belfry::sip
