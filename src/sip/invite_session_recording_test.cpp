#include "sip/session_for_test.hpp"

// A session that sends several tracks to a recorder (RFC 7866).
namespace belfry::sip {
namespace {

using namespace testing_support;

constexpr std::string_view answer =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
    "m=audio 7000 RTP/AVP 0\r\na=recvonly\r\nm=audio 8000 RTP/AVP 0\r\na=recvonly\r\n";

InviteSession recording(base::Random& random) {
  auto settings = settings_at("192.0.2.1", "a");
  settings.media.tracks = {{20000, "1"}, {20002, "2"}};
  auto target = target_of("c1");
  target.headers = {{"Require", "siprec"}};
  target.parts = {{"application/rs-metadata+xml", "recording-session", "<recording/>"}};
  return InviteSession::outgoing(std::move(settings), std::move(target), random);
}

TEST(SipRecordingSession, TheInviteCarriesDescriptionAndMetadata) {
  base::SeededRandom random{1};
  Leg leg(recording(random));
  const Message& invite = leg.requests.back().message;
  EXPECT_EQ(invite.content_type(), "multipart/mixed");
  EXPECT_TRUE(invite.has_option(HeaderId::require, "siprec"));
  const std::string body(invite.body());
  EXPECT_NE(body.find("Content-Type: application/sdp"), std::string::npos);
  EXPECT_NE(body.find("m=audio 20002 RTP/AVP"), std::string::npos);
  EXPECT_NE(body.find("Content-Disposition: recording-session\r\n\r\n<recording/>"), body.npos);
}

TEST(SipRecordingSession, TheRecorderMayPauseTheSecondTrackAlone) {
  base::SeededRandom random{1};
  Leg leg(recording(random));
  leg.respond(200, "b", answer);
  ASSERT_EQ(leg.all<Answered>().size(), 1U);
  ASSERT_EQ(leg.session.tracks().size(), 2U);
  EXPECT_EQ(leg.session.tracks()[1].remote_rtp_port, 8000);

  std::string paused(answer);
  paused.replace(paused.rfind("recvonly"), 8, "inactive");
  leg.receive("INVITE", "b", paused, "Require: siprec\n");
  EXPECT_EQ(leg.last_status(), 200);
  EXPECT_EQ(leg.all<MediaChanged>().size(), 1U);
  EXPECT_EQ(leg.session.tracks()[1].direction, sdp::Direction::inactive);
}

TEST(SipRecordingSession, WhoRecordsNothingIsNoRecordingClient) {
  base::SeededRandom random{1};
  Leg leg = answered_leg(random);
  leg.receive("INVITE", "b", sdp_of("192.0.2.2", 30000), "Require: siprec\n");
  EXPECT_EQ(leg.last_status(), 420);
}

}  // namespace
}  // namespace belfry::sip
