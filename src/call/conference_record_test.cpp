#include "call/conference_record.hpp"

#include <gtest/gtest.h>

namespace belfry::call {
namespace {

/// As it comes back from the store: numbers that were unsigned are not.
base::json::object stored(const base::json::object& object) {
  return base::json::parse(base::json::serialize(object))->as_object();
}

TEST(ConferenceRecord, SurvivesTheStore) {
  ConferenceRecord record;
  record.sid = "CF1";
  record.account_sid = "AC1";
  record.name = "room";
  record.status = ConferenceStatus::completed;
  record.reason_ended = to_string(ConferenceEnding::moderator_kicked);
  record.call_sid_ending = "CA1";
  record.created = base::from_unix_micros(5);
  record.updated = base::from_unix_micros(7);
  record.started = base::from_unix_micros(6);
  record.next_sequence = 12;
  record.terms.callback = {"http://app.test", "GET", {"start", "end"}, false};
  record.terms.record_from_start = true;
  record.terms.trim_silence = false;
  Document document = record.to_document();
  EXPECT_EQ(document.tag, "room");
  document.value = stored(document.value);
  const ConferenceRecord again = ConferenceRecord::from_document(document);
  EXPECT_EQ(again.to_document().value, record.to_document().value);
  EXPECT_EQ(again.sid, "CF1");
  EXPECT_EQ(again.status, ConferenceStatus::completed);
  EXPECT_EQ(again.next_sequence, 12U);
  EXPECT_EQ(again.terms.callback.method, "GET");
}

TEST(ParticipantRecord, SurvivesTheStore) {
  ParticipantRecord record;
  record.conference_sid = "CF1";
  record.call_sid = "CA1";
  record.label = "agent";
  record.muted = true;
  record.coaching = true;
  record.call_sid_to_coach = "CA2";
  record.beep = {false, true};
  record.gain_db = -3;
  record.status = ParticipantRecord::Status::ringing;
  record.called_in = true;
  Document document = record.to_document();
  EXPECT_EQ(document.key, "CF1.CA1");
  EXPECT_EQ(document.value.at("current").as_bool(), true);
  document.value = stored(document.value);
  EXPECT_EQ(
      ParticipantRecord::from_document(document).to_document().value,
      stored(record.to_document().value)
  );
}

TEST(JoinConference, SurvivesTheStoreAsAProgram) {
  JoinConference join;
  join.name = "room";
  join.label = "agent";
  join.beep = {true, false};
  join.start_on_enter = false;
  join.end_on_exit = true;
  join.coach = "CA2";
  join.max_participants = 7;
  join.wait = SideDocument{.url = "http://app.test/wait", .method = "GET"};
  join.wait->audio = SideDocument::Audio::loops;
  join.terms.region = "ie1";
  const JoinConference again = JoinConference::from_json(stored(join.to_json()));
  EXPECT_EQ(again.to_json(), stored(join.to_json()));
  EXPECT_EQ(again.max_participants, 7U);
  EXPECT_FALSE(again.start_on_enter);
  ASSERT_TRUE(again.wait);
  EXPECT_EQ(again.wait->audio, SideDocument::Audio::loops);
}

TEST(Beep, HasTwilioWords) {
  for (const char* word : {"true", "false", "onEnter", "onExit"})
    EXPECT_EQ(Beep::parse(word)->word(), word);
  EXPECT_FALSE(Beep::parse("sometimes"));
}

}  // namespace
}  // namespace belfry::call
