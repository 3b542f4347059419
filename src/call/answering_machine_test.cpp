#include "call/answering_machine.hpp"

#include <gtest/gtest.h>

namespace belfry::call {
namespace {

using namespace std::chrono_literals;
using Mode = MachineDetection::Mode;

/// The party's sounds at these times after the answer.
struct Sound {
  enum class Kind { on, off, beep } kind;
  base::Duration at;
  double hz = 1000;
};
using enum Sound::Kind;

struct Result {
  AnsweredBy who;
  base::Duration after;
};

Result classify(MachineDetection rules, const std::vector<Sound>& sounds) {
  base::VirtualClock clock;
  const base::Instant answered = clock.now();
  AnsweringMachine machine(rules, answered);
  auto next = sounds.begin();
  while (const auto due = machine.next_timeout()) {
    if (next != sounds.end() && answered + next->at < *due) {
      clock.advance_to(answered + next->at);
      if (next->kind == beep) {
        machine.handle_beep(next->hz, clock.now());
      } else {
        machine.handle_speech(next->kind == on, clock.now());
      }
      ++next;
    } else {
      clock.advance_to(*due);
      machine.handle_timeout(clock.now());
    }
  }
  return {*machine.verdict(), clock.now() - answered};
}

MachineDetection rules(Mode mode) {
  return {.mode = mode};
}

TEST(AnsweringMachine, AShortGreetingAndSilenceIsAPerson) {
  for (const Mode mode : {Mode::enable, Mode::message_end}) {
    const Result result = classify(rules(mode), {{on, 400ms}, {off, 1100ms}});
    EXPECT_EQ(result.who, AnsweredBy::human);
    EXPECT_EQ(result.after, 2300ms);
  }
}

TEST(AnsweringMachine, APauseInAGreetingDoesNotEndIt) {
  const Result result =
      classify(rules(Mode::enable), {{on, 300ms}, {off, 1500ms}, {on, 2000ms}, {off, 6000ms}});
  EXPECT_EQ(result.who, AnsweredBy::machine_start);
  EXPECT_EQ(result.after, 2700ms);
}

TEST(AnsweringMachine, LongSpeechIsAMachineAsSoonAsItIsLong) {
  const Result result = classify(rules(Mode::enable), {{on, 500ms}, {off, 9000ms}});
  EXPECT_EQ(result.who, AnsweredBy::machine_start);
  EXPECT_EQ(result.after, 2900ms);
}

TEST(AnsweringMachine, TheEndOfAMessageIsItsBeep) {
  const Result result =
      classify(rules(Mode::message_end), {{on, 500ms}, {off, 6000ms}, {beep, 6800ms}});
  EXPECT_EQ(result.who, AnsweredBy::machine_end_beep);
  EXPECT_EQ(result.after, 6800ms);
}

TEST(AnsweringMachine, TheEndOfAMessageIsSilenceWhereNoBeepComes) {
  const Result result = classify(rules(Mode::message_end), {{on, 500ms}, {off, 6000ms}});
  EXPECT_EQ(result.who, AnsweredBy::machine_end_silence);
  EXPECT_EQ(result.after, 7200ms);
}

TEST(AnsweringMachine, AMessageWithoutEndEndsWithTheTime) {
  MachineDetection patient = rules(Mode::message_end);
  patient.timeout = 20s;
  const Result result = classify(patient, {{on, 500ms}});
  EXPECT_EQ(result.who, AnsweredBy::machine_end_other);
  EXPECT_EQ(result.after, 20s);
}

TEST(AnsweringMachine, ABeepAfterAShortGreetingIsAMachine) {
  EXPECT_EQ(
      classify(rules(Mode::enable), {{on, 300ms}, {off, 1000ms}, {beep, 1800ms}}).who,
      AnsweredBy::machine_start
  );
}

TEST(AnsweringMachine, SilenceIsUnknown) {
  const Result result = classify(rules(Mode::enable), {});
  EXPECT_EQ(result.who, AnsweredBy::unknown);
  EXPECT_EQ(result.after, 5s);
}

TEST(AnsweringMachine, TheTimeLimitIsUnknown) {
  MachineDetection hasty = rules(Mode::enable);
  hasty.timeout = 3s;
  hasty.speech_threshold = 6s;
  const Result result = classify(hasty, {{on, 1s}});
  EXPECT_EQ(result.who, AnsweredBy::unknown);
  EXPECT_EQ(result.after, 3s);
}

TEST(AnsweringMachine, AClickIsNoWord) {
  const Result result = classify(rules(Mode::enable), {{on, 500ms}, {off, 640ms}});
  EXPECT_EQ(result.who, AnsweredBy::unknown);
  EXPECT_EQ(result.after, 5s);
}

TEST(AnsweringMachine, TheToneOfAFaxIsAFax) {
  EXPECT_EQ(
      classify(rules(Mode::message_end), {{on, 200ms}, {beep, 1200ms, 2100}}).who, AnsweredBy::fax
  );
}

TEST(AnsweringMachine, ItsThresholdsAreTheCallers) {
  MachineDetection own = rules(Mode::enable);
  own.speech_threshold = 1000ms;
  EXPECT_EQ(classify(own, {{on, 0ms}, {off, 1100ms}}).who, AnsweredBy::machine_start);
  own.speech_threshold = 6000ms;
  own.speech_end_threshold = 500ms;
  const Result result = classify(own, {{on, 0ms}, {off, 5000ms}});
  EXPECT_EQ(result.who, AnsweredBy::human);
  EXPECT_EQ(result.after, 5500ms);
}

}  // namespace
}  // namespace belfry::call
