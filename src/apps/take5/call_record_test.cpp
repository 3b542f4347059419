#include "apps/take5/call_record.hpp"

#include <gmock/gmock.h>

#include "apps/take5/moment.hpp"

namespace belfry::apps::take5 {
namespace {

using testing::ElementsAre;

base::WallTime at(std::string_view text) {
  return *parse_moment(text);
}

CallRecord example() {
  CallRecord call;
  call.id = "take5-1-1693123456789";
  call.group = 1;
  call.group_name = "Daily Check-in";
  call.scheduled = at("2025-08-27T10:00:00Z");
  call.created = at("2025-08-27T09:55:00Z");
  call.add(1, "+15551234567");
  call.add(2, "+15559876543");
  return call;
}

TEST(Take5CallJson, OfANewCallCountsPeopleAndMinutes) {
  EXPECT_EQ(
      base::json::serialize(example().render_created(CallRecord::Numbers::listed)),
      R"({"callId":"take5-1-1693123456789","status":"created","groupId":1,)"
      R"("groupName":"Daily Check-in","participants":2,"scheduledTime":"2025-08-27T10:00:00.000Z",)"
      R"("duration":5,"phoneNumbers":["+15551234567","+15559876543"]})"
  );
  EXPECT_FALSE(example().render_created(CallRecord::Numbers::omitted).contains("phoneNumbers"));
}

TEST(Take5CallJson, OfItsStatusListsPeopleAndCountsSeconds) {
  CallRecord call = example();
  call.status = CallStatus::in_progress;
  call.started = at("2025-08-27T10:00:00Z");
  call.participants[0].status = ParticipantStatus::connected;
  const auto status = call.render_status(at("2025-08-27T10:05:00.900Z"));
  EXPECT_EQ(status.at("status").as_string(), "in-progress");
  EXPECT_EQ(status.at("duration").as_int64(), 300);
  EXPECT_TRUE(status.at("endTime").is_null());
  const auto& first = status.at("participants").as_array().at(0).as_object();
  EXPECT_EQ(first.at("participantId").as_string(), "participant-1");
  EXPECT_EQ(first.at("phoneNumber").as_string(), "+15551234567");
  EXPECT_EQ(first.at("status").as_string(), "connected");
}

TEST(Take5CallJson, ACallThatHasEndedLastsNoLonger) {
  CallRecord call = example();
  EXPECT_EQ(call.render_status(at("2026-01-01")).at("duration").as_int64(), 0);
  call.started = at("2025-08-27T10:00:00Z");
  call.ended = at("2025-08-27T10:02:00Z");
  EXPECT_EQ(call.render_status(at("2026-01-01")).at("duration").as_int64(), 120);
}

TEST(Take5CallRecord, SurvivesBeingStored) {
  CallRecord call = example();
  call.status = CallStatus::ended;
  call.origin = CallRecord::Origin::schedule;
  call.started = at("2025-08-27T10:00:00Z");
  call.participants[1].was_connected = true;
  call.participants[1].status = ParticipantStatus::left;
  const CallRecord read = CallRecord::from_document(call.to_document());
  const base::WallTime now = at("2026-01-01");
  EXPECT_EQ(read.render_summary(now), call.render_summary(now));
  EXPECT_THAT(read.users_connected(), ElementsAre(2));
  EXPECT_EQ(read.group, 1);
  EXPECT_EQ(read.created, call.created);
}

TEST(Take5CallRecord, CountsWhatAParticipantHasTalked) {
  CallRecord call = example();
  Participant& who = call.participants[0];
  who.part(ParticipantStatus::left, at("2025-08-27T10:00:00Z"));
  EXPECT_EQ(who.talked.count(), 0) << "was not connected";
  for (int visit = 0; visit < 2; ++visit) {
    who.status = ParticipantStatus::connected;
    who.connected_at = at("2025-08-27T10:00:00Z");
    who.part(ParticipantStatus::left, at("2025-08-27T10:00:40Z"));
  }
  EXPECT_EQ(CallRecord::from_document(call.to_document()).participants[0].talked.count(), 80);
}

TEST(Take5CallRecord, EveryStatusHasItsWord) {
  for (const char* word : {"created", "started", "in-progress", "ended", "failed"})
    EXPECT_EQ(to_string(*parse_call_status(word)), word);
  for (const char* word :
       {"connected", "added", "removed", "ringing", "no-answer", "busy", "failed", "left", "queued"
       })
    EXPECT_EQ(to_string(*parse_participant_status(word)), word);
  EXPECT_EQ(parse_call_status("paused"), std::nullopt);
}

TEST(Take5CallRecord, AddsParticipantsWithNewIds) {
  CallRecord call = example();
  EXPECT_EQ(call.add(0, "+15550000000").id, "participant-3");
  EXPECT_EQ(call.find("participant-3")->phone_number, "+15550000000");
  EXPECT_EQ(call.find_number("+15559876543")->id, "participant-2");
  EXPECT_EQ(call.find("participant-9"), nullptr);
}

}  // namespace
}  // namespace belfry::apps::take5
