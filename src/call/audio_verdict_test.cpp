#include "call/audio_verdict.hpp"

#include <gtest/gtest.h>

#include "call/audio_report.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

/// What is seen of a call in which both hear each other.
SeatStatistics well() {
  SeatStatistics seen;
  seen.codec = "PCMU";
  seen.packets_in = 1000;
  seen.packets_out = 1000;
  seen.remote = "192.0.2.1:4000";
  seen.sound = Sound::heard;
  seen.party_reports = PartyReports::hear_us;
  seen.since_last_packet = 20ms;
  return seen;
}

/// ... and in which nothing has come.
SeatStatistics deaf() {
  SeatStatistics seen = well();
  seen.packets_in = 0;
  seen.sound = Sound::unknown;
  seen.party_reports = PartyReports::none;
  seen.since_last_packet.reset();
  return seen;
}

/// The fault and whether the words have `word` in them.
testing::AssertionResult judged(
    const SeatStatistics& seen, AudioFault fault, std::string_view word,
    base::Duration since_answer = 20s
) {
  const AudioVerdict verdict = judge(seen, since_answer);
  if (verdict.fault == fault && verdict.words.find(word) != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << to_string(verdict.fault) << ": " << verdict.words;
}

TEST(AudioVerdict, SoundBothWaysIsNoFault) {
  EXPECT_TRUE(judged(well(), AudioFault::none, "reports say that it hears us"));
  SeatStatistics seen = well();
  seen.party_reports = PartyReports::none;
  EXPECT_TRUE(judged(seen, AudioFault::none, "no reports"));
  seen.sound = Sound::unknown;
  EXPECT_TRUE(judged(seen, AudioFault::none, "undecoded"));
}

TEST(AudioVerdict, NothingAtAllIsNoPackets) {
  EXPECT_TRUE(judged(deaf(), AudioFault::no_packets, "firewall or NAT"));
  EXPECT_TRUE(judged(deaf(), AudioFault::none, "too short", 2s));
}

TEST(AudioVerdict, ReportsTellWhichWayIsBlocked) {
  SeatStatistics seen = deaf();
  seen.party_reports = PartyReports::hear_us;
  EXPECT_TRUE(judged(seen, AudioFault::no_packets, "it hears us: only its audio is lost"));
  seen.party_reports = PartyReports::miss_us;
  EXPECT_TRUE(judged(seen, AudioFault::no_packets, "nothing from us either"));
}

TEST(AudioVerdict, PacketsFromElsewhereNameBothAddresses) {
  SeatStatistics seen = deaf();
  seen.from_strangers = 12;
  seen.stranger = "198.51.100.7:9000";
  EXPECT_TRUE(judged(seen, AudioFault::wrong_address, "12 packets came from 198.51.100.7:9000"));
  EXPECT_TRUE(judged(seen, AudioFault::wrong_address, "192.0.2.1:4000"));
  seen.stranger.clear();
  EXPECT_TRUE(judged(seen, AudioFault::wrong_address, "did not name"));
}

TEST(AudioVerdict, AStrangerIsNoFaultWhileThePartyIsHeard) {
  SeatStatistics seen = well();
  seen.from_strangers = 5000;
  seen.not_authentic = 5000;
  seen.not_agreed = 5000;
  EXPECT_TRUE(judged(seen, AudioFault::none, ""));
}

TEST(AudioVerdict, AnotherKeyIsSaidBeforeAllElse) {
  SeatStatistics seen = deaf();
  seen.not_authentic = 1;
  seen.from_strangers = 700;
  EXPECT_TRUE(judged(seen, AudioFault::srtp_failed, "1 packet failed SRTP authentication"));
}

TEST(AudioVerdict, AnotherCodecNamesItsPayloadType) {
  SeatStatistics seen = deaf();
  seen.not_agreed = 50;
  seen.payload_type_not_agreed = 18;
  EXPECT_TRUE(judged(seen, AudioFault::codec_not_agreed, "payload type 18"));
  EXPECT_TRUE(judged(seen, AudioFault::codec_not_agreed, "agreed: PCMU"));
}

TEST(AudioVerdict, PacketsThatStopAreExplainedByThoseThatAreRefusedSince) {
  SeatStatistics seen = well();
  seen.since_last_packet = 12s;
  EXPECT_TRUE(judged(seen, AudioFault::packets_stopped, "none for the last 12 s"));
  seen.not_authentic = 3;
  EXPECT_TRUE(judged(seen, AudioFault::packets_stopped, "")) << "a few at a change of keys";
  seen.not_authentic = 600;
  EXPECT_TRUE(judged(seen, AudioFault::srtp_failed, "600 packets"));
  seen.since_last_packet = 9s;
  EXPECT_TRUE(judged(seen, AudioFault::none, "")) << "silence suppression";
}

TEST(AudioVerdict, HoldIsNoFaultAndIsSaid) {
  SeatStatistics seen = deaf();
  seen.held_by_us = true;
  EXPECT_TRUE(judged(seen, AudioFault::none, "We had put the party on hold"));
  seen.held_by_party = true;
  EXPECT_TRUE(judged(seen, AudioFault::none, "at both sides"));
  seen = well();
  seen.held_by_party = true;
  seen.party_reports = PartyReports::miss_us;
  EXPECT_TRUE(judged(seen, AudioFault::none, "The party had put the call on hold"));
}

TEST(AudioVerdict, AHoldDoesNotHideWhatWasWrongBefore) {
  SeatStatistics seen = deaf();
  seen.held_by_us = true;
  seen.not_agreed = 100;
  EXPECT_TRUE(judged(seen, AudioFault::codec_not_agreed, ""));
}

TEST(AudioVerdict, APartyThatReportsNothingOfUsMakesItOneWay) {
  SeatStatistics seen = well();
  seen.party_reports = PartyReports::miss_us;
  EXPECT_TRUE(judged(seen, AudioFault::not_heard, "one-way"));
  EXPECT_TRUE(judged(seen, AudioFault::not_heard, "192.0.2.1:4000"));
}

TEST(AudioVerdict, LossIsAFaultFromATenthOnEitherWay) {
  SeatStatistics seen = well();
  seen.packets_lost = 100;
  EXPECT_TRUE(judged(seen, AudioFault::none, "")) << "a tenth of 1,100 are 110";
  seen.packets_lost = 250;
  EXPECT_TRUE(judged(seen, AudioFault::heavy_loss, "20 % of the packets from the party"));
  seen.loss_there = 0.3;
  EXPECT_TRUE(judged(seen, AudioFault::heavy_loss, "30 % of ours"));
  seen.packets_lost = 0;
  EXPECT_TRUE(judged(seen, AudioFault::heavy_loss, "The party reports"));
}

TEST(AudioVerdict, ZerosAreAMutedMicrophoneAndLowNoiseIsSilence) {
  SeatStatistics seen = well();
  seen.sound = Sound::digital_silence;
  EXPECT_TRUE(judged(seen, AudioFault::muted, "digital silence"));
  EXPECT_TRUE(judged(seen, AudioFault::none, "too short", 4s));
  seen.sound = Sound::faint;
  EXPECT_TRUE(judged(seen, AudioFault::silent, "-50 dBov"));
}

TEST(AudioVerdict, AListenerMayBeSilent) {
  SeatStatistics seen = well();
  seen.listens_only = true;
  for (const Sound sound : {Sound::digital_silence, Sound::faint}) {
    seen.sound = sound;
    EXPECT_TRUE(judged(seen, AudioFault::none, "say nothing, and listens; its reports"));
  }
  seen.party_reports = PartyReports::miss_us;
  EXPECT_TRUE(judged(seen, AudioFault::not_heard, "one-way")) << "and what it misses is a fault";
}

TEST(AudioVerdict, AHandshakeThatFailsIsTheReason) {
  SeatStatistics seen = deaf();
  seen.handshake = Handshake::waiting;
  EXPECT_TRUE(judged(seen, AudioFault::none, "still being set up", 1s));
  EXPECT_TRUE(judged(seen, AudioFault::never_connected, "DTLS"));
  seen.handshake = Handshake::never_connected;
  EXPECT_TRUE(judged(seen, AudioFault::never_connected, "firewall", 1s));
  seen.handshake = Handshake::wrong_fingerprint;
  EXPECT_TRUE(judged(seen, AudioFault::wrong_fingerprint, "certificate"));
  seen = well();
  seen.handshake = Handshake::consent_lost;
  EXPECT_TRUE(judged(seen, AudioFault::connection_lost, "stopped confirming"));
  seen.handshake = Handshake::connected;
  EXPECT_TRUE(judged(seen, AudioFault::none, ""));
}

TEST(AudioReport, WhatIsNotKnownIsNull) {
  const base::json::object known = render(well());
  EXPECT_EQ(base::json::serialize(known.at("idle_ms")), "20");
  EXPECT_EQ(base::json::serialize(known.at("sound")), R"("heard")");
  const base::json::object unknown = render(SeatStatistics{});
  for (const char* name : {"idle_ms", "mos", "stranger", "remote", "payload_type_not_agreed"})
    EXPECT_TRUE(unknown.at(name).is_null()) << name;
  const base::json::object verdict = render(judge(deaf(), 10s));
  EXPECT_EQ(base::json::serialize(verdict.at("fault")), R"("no-packets")");
}

}  // namespace
}  // namespace belfry::call
