#include "gateway/sip/call_terms.hpp"

#include <gtest/gtest.h>

#include "gateway/sip/own_names.hpp"
#include "gateway/sip/stored_call.hpp"

namespace belfry::gateway::sip {
namespace {

using belfry::sip::EndedBy;
using call::HangupCause;

TEST(CallTerms, AStatusMeansWhatTheCallModelCallsIt) {
  const std::vector<std::pair<int, HangupCause>> table = {
      {486, HangupCause::busy},        {600, HangupCause::busy},
      {403, HangupCause::rejected},    {603, HangupCause::rejected},
      {408, HangupCause::no_answer},   {480, HangupCause::no_answer},
      {487, HangupCause::no_answer},   {404, HangupCause::unreachable},
      {410, HangupCause::unreachable}, {484, HangupCause::unreachable},
      {604, HangupCause::unreachable}, {503, HangupCause::overload},
      {500, HangupCause::failed},      {488, HangupCause::failed},
  };
  for (const auto& [status, cause] : table) EXPECT_EQ(cause_of(status), cause) << status;
}

TEST(CallTerms, ARefusalComesBackAsTheSameCause) {
  for (const HangupCause cause :
       {HangupCause::busy, HangupCause::rejected, HangupCause::no_answer, HangupCause::unreachable,
        HangupCause::failed, HangupCause::overload})
    EXPECT_EQ(cause_of(refusal_status(cause)), cause);
}

TEST(CallTerms, SilenceOfTheNetworkIsNoMissedCall) {
  EXPECT_EQ(ending_of({EndedBy::network, 408, "", 0}, false, false).cause, HangupCause::failed);
  EXPECT_EQ(ending_of({EndedBy::remote, 408, "", 0}, false, false).cause, HangupCause::no_answer);
  EXPECT_EQ(ending_of({EndedBy::remote, 487, "", 0}, false, true).cause, HangupCause::canceled);
  EXPECT_EQ(ending_of({EndedBy::remote, 200, "", 0}, true, false).cause, HangupCause::normal);
  EXPECT_EQ(ending_of({EndedBy::network, 408, "", 0}, true, false).cause, HangupCause::failed);
}

belfry::sdp::AudioStream stream() {
  belfry::sdp::AudioStream audio;
  audio.codec = belfry::sdp::g722;
  audio.send_payload_type = audio.receive_payload_type = 9;
  audio.remote_address = "192.0.2.9";
  audio.remote_rtp_port = 4000;
  audio.remote_rtcp_address = "192.0.2.9";
  audio.remote_rtcp_port = 4001;
  audio.send_event_payload_type = 101;
  return audio;
}

TEST(CallTerms, MediaTermsNameTheSignallingHostForTheFirstPacket) {  // rule M1
  const auto terms = to_media_terms(stream(), "198.51.100.1");
  ASSERT_TRUE(terms);
  EXPECT_EQ(terms->codec, belfry::media::Codec::g722);
  EXPECT_EQ(terms->remote->to_string(), "192.0.2.9:4000");
  EXPECT_EQ(terms->remote_control->to_string(), "192.0.2.9:4001");
  EXPECT_EQ(terms->signalling->to_string(), "198.51.100.1");
  EXPECT_EQ(terms->telephone_event_out, 101);
  EXPECT_TRUE(terms->send);
}

TEST(CallTerms, WhoHoldsUsHearsNothing) {
  auto held = stream();
  held.direction = belfry::sdp::Direction::recvonly;
  EXPECT_FALSE(to_media_terms(held, "198.51.100.1")->send);
  EXPECT_TRUE(to_media_terms(held, "198.51.100.1")->receive);
  auto old_hold = stream();
  old_hold.remote_address = "0.0.0.0";
  EXPECT_FALSE(to_media_terms(old_hold, "198.51.100.1")->send);
}

TEST(CallTerms, CodecsAreOfferedInTheOrderTheyAreNamed) {
  const auto codecs = codecs_named({"opus", "pcma", "speex"});
  ASSERT_EQ(codecs.size(), 2u);
  EXPECT_EQ(codecs[0].codec, belfry::sdp::opus);
  EXPECT_GE(codecs[0].payload_type, 96);
  EXPECT_NE(codecs[0].fmtp.find("useinbandfec=1"), std::string::npos);
  EXPECT_EQ(codecs[1].payload_type, 8);
}

TEST(CallTerms, ACodecThatWeLackIsAnError) {
  auto audio = stream();
  audio.codec = {"GSM", 8000, 1};
  EXPECT_FALSE(to_media_terms(audio, "198.51.100.1"));
}

TEST(StoredCall, ReadsBackWhatItWrote) {
  StoredCall call;
  call.media_port = 20010;
  call.target = 2;
  call.answered = true;
  call.invites = {
      {{belfry::sip::Transport::tcp, {"192.0.2.1", 5060}, {"192.0.2.2", 5070}, 0},
       "INVITE \"x\"\r\n"}
  };
  call.dialog.emplace();
  call.dialog->call_id = "c";
  call.dialog->local_tag = "l";
  call.dialog->remote_tag = "r";
  call.dialog->route_set = {"<sip:a;lr>", "<sip:b;lr>"};
  call.dialog->local_cseq = 4;
  call.dialog->remote_cseq = 9;
  call.dialog_flow = call.invites.front().flow;
  call.answer_headers = {{"X-Ticket", "42"}, {"X-Ticket", "43"}};
  const auto text = base::json::serialize(call.to_json());
  EXPECT_EQ(StoredCall::from_json(base::json::parse(text)->as_object()), call);
}

TEST(StoredCall, ARowThatIsBrokenIsNotContinued) {
  const auto call =
      StoredCall::from_json({{"media_port", "x"}, {"invites", 7}, {"dialog", nullptr}});
  EXPECT_TRUE(call.invites.empty());
  EXPECT_EQ(call.media_port, 0);
}

TEST(OwnNames, OtherHostsAndOtherPortsAreNotUs) {  // rule S2
  const OwnNames names({"Belfry.example"}, {{"127.0.0.1", 5060}});
  const auto ours = [&](const char* text) { return names.is_ours(*belfry::sip::Uri::parse(text)); };
  EXPECT_TRUE(ours("sip:x@belfry.EXAMPLE"));
  EXPECT_TRUE(ours("sip:x@127.0.0.1:5060"));
  EXPECT_TRUE(ours("sip:x@localhost"));
  EXPECT_TRUE(ours("tel:+15551234"));
  EXPECT_FALSE(ours("sip:x@127.0.0.1:5061"));
  EXPECT_FALSE(ours("sip:x@127.0.0.2"));
  EXPECT_FALSE(ours("sip:x@belfry.example.evil"));
}

}  // namespace
}  // namespace belfry::gateway::sip
