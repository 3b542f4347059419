// People hold simulated phones: the real network and media, and handsets that do what the test
// says.
#include "admin/simulator.hpp"
#include "admin/testing/house.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"

namespace belfry::admin {
namespace {

using testing::House;
using namespace std::chrono_literals;

/// A person's end: an endpoint whose media goes to a seat of the person's own.
struct Person final : call::Endpoint {
  Person(gateway::media::Plane& on, call::EndpointListener& told, std::string& asked)
      : plane(on), listener(told), log(asked), seats(on.open_linked_seats({}, {}, 9)) {
    plane.set_terms(seats.leg, {});
    plane.set_terms(seats.phone, {});
  }
  ~Person() override {
    plane.close_seat(seats.phone);
    plane.close_seat(seats.leg);
    log += "gone ";
  }
  void dial() override { log += "dial "; }
  void ring() override { log += "ring "; }
  void answer() override { log += "answer "; }
  void hang_up(call::HangupCause cause) override {
    log += "hang-up:" + std::string(to_string(cause)) + " ";
  }
  call::SeatId seat() const override { return seats.leg; }
  void on_words(const call::Words&) override {}
  std::string_view kind() const override { return "test"; }

  gateway::media::Plane& plane;
  call::EndpointListener& listener;
  std::string& log;
  gateway::media::Plane::LinkedSeats seats;
};

/// How much of a tone is in what a seat's party says.
struct Ear final : call::AudioTap {
  explicit Ear(double hz) : meter(media::narrowband, hz) {}
  void on_audio(call::Track, base::Duration, std::span<const std::int16_t> samples) override {
    meter.handle_samples(samples);
  }
  media::ToneMeter meter;
};

/// Of two seconds, the words that are said last half a second.
constexpr double a_quarter = 0.2;

/// Outlives the house, whose phones tell handsets of their end.
struct Log {
  std::string log;
};

struct SimulatedHandset : Log, House, call::Handsets {
  SimulatedHandset() {
    simulator.add_to(router);
    phones.set_handsets(*this);
  }
  bool has_handset(const std::string& number) const override { return held.contains(number); }
  std::unique_ptr<call::Endpoint> open_handset(
      const std::string& number, const std::string& other, call::EndpointListener& listener
  ) override {
    log += number + " with " + other + ": ";
    return make(listener);
  }
  std::unique_ptr<call::Endpoint> make(call::EndpointListener& listener) {
    auto made = std::make_unique<Person>(plane, listener, log);
    person = made.get();
    return made;
  }
  /// What the handset was asked since the last time.
  std::string asked() {
    pass(20ms);
    return std::exchange(log, {});
  }
  void call_held() {
    ASSERT_EQ(ask("POST", caller + "/call", R"({"to":"+12025550142"})").status, 201);
    pass(100ms);
  }
  std::string state(const std::string& of) { return text_at(get(of), "/state"); }
  void play_tone(call::SeatId seat, double hz, base::Duration length) {
    media::PcmClip clip;
    clip.rate = media::narrowband;
    clip.samples.resize(media::samples_in(length, clip.rate));
    media::ToneGenerator(media::sine(hz), clip.rate).fill(clip.samples);
    plane.play(seat, call::ClipPlayback{std::make_shared<const media::PcmClip>(std::move(clip))});
  }

  Simulator simulator{loop, phones, pool};
  std::set<std::string> held{"+12025550142"};
  Person* person = nullptr;
  const std::string phone = "/sim/phones/%2B12025550142";
  const std::string caller = "/sim/phones/%2B12025550143";
};

TEST_F(SimulatedHandset, RingsAndThePersonTalksAsThePhone) {
  call_held();
  EXPECT_EQ(asked(), "+12025550142 with +12025550143: dial ");
  pass(5s);
  EXPECT_EQ(state(phone), R"("ringing")") << "it would answer by itself, if nobody held it";
  Ear ear(440);
  plane.add_tap(person->seats.phone, call::Track::inbound, &ear);
  person->listener.on_answered();
  pass(100ms);
  EXPECT_EQ(state(phone), R"("in-call")");
  EXPECT_EQ(state(caller), R"("in-call")");

  ASSERT_EQ(ask("POST", caller + "/say", R"({"text":"Hello there."})").status, 200);
  play_tone(person->seats.phone, 1000, 1s);
  pass(2s);
  EXPECT_GT(ear.meter.share(), a_quarter) << "what the caller says";

  person->listener.on_digit('7');
  pass(1s);
  EXPECT_EQ(text_at(get(caller), "/calls/0/digits_heard"), R"("7")");

  person->listener.on_ended({call::HangupCause::normal, 0, "hung up"});
  pass(1s);
  EXPECT_EQ(asked(), "gone ");
  EXPECT_EQ(state(phone), R"("idle")");
  EXPECT_EQ(state(caller), R"("idle")");
  const auto heard = [&](const std::string& by, double hz) {
    const std::string url(get(by).at_pointer("/calls/0/audio_url").as_string());
    const auto clip =
        media::read_audio_file(folder.path / (url.substr(url.rfind('/') + 1) + ".wav"));
    return clip ? media::tone_level_dbov(clip->samples, clip->rate, hz) : -100.0;
  };
  EXPECT_GT(heard(caller, 1000), -40) << "what the person said";
  EXPECT_GT(heard(phone, 440), -40) << "what the phone heard";
}

TEST_F(SimulatedHandset, ThePersonDeclines) {
  call_held();
  person->listener.on_ended({call::HangupCause::rejected, 603, "declined"});
  pass(1s);
  EXPECT_EQ(text_at(get(phone), "/calls/0/end_reason"), R"("the phone declined")");
  EXPECT_EQ(state(caller), R"("idle")");
}

TEST_F(SimulatedHandset, StopsRingingWhenSomebodyElseAnswers) {
  call_held();
  asked();
  ASSERT_EQ(ask("POST", phone + "/answer").status, 200);
  EXPECT_EQ(asked(), "hang-up:normal gone ");
  EXPECT_EQ(state(phone), R"("in-call")");
}

TEST_F(SimulatedHandset, StopsRingingWhenTheCallerGivesUp) {
  call_held();
  asked();
  ASSERT_EQ(ask("POST", caller + "/hang-up").status, 200);
  EXPECT_EQ(asked(), "hang-up:canceled gone ");
  EXPECT_EQ(state(phone), R"("idle")");
}

TEST_F(SimulatedHandset, ThePhoneRingsOnWhenTheHandsetIsGone) {
  call_held();
  person->listener.on_ended({call::HangupCause::no_answer, 480, "the browser is gone"});
  EXPECT_EQ(state(phone), R"("ringing")");
  asked();
  phones.on_handset("+12025550142");
  EXPECT_EQ(asked(), "+12025550142 with +12025550143: dial ") << "it is back";
  phones.on_handset("+12025550142");
  EXPECT_EQ(asked(), "") << "it rings already";
}

TEST_F(SimulatedHandset, MayJoinACallThatIsGoingOn) {
  held.clear();
  call_held();
  pass(2s);
  ASSERT_EQ(state(phone), R"("in-call")");
  held.insert("+12025550142");
  phones.on_handset("+12025550142");
  EXPECT_EQ(asked(), "+12025550142 with +12025550143: dial ");
  Ear ear(440);
  plane.add_tap(person->seats.phone, call::Track::inbound, &ear);
  person->listener.on_answered();
  ASSERT_EQ(ask("POST", caller + "/say", R"({"text":"Hello there."})").status, 200);
  pass(2s);
  EXPECT_GT(ear.meter.share(), a_quarter);
}

TEST_F(SimulatedHandset, DialsAsThePhone) {
  ASSERT_EQ(ask("PUT", caller, R"({"on_call":"person"})").status, 200);
  const auto open = [this](call::EndpointListener& listener) { return make(listener); };
  ASSERT_TRUE(phones.dial("+12025550142", "+12025550143", open));
  pass(200ms);
  EXPECT_EQ(asked().substr(0, 5), "ring ");
  EXPECT_EQ(text_at(get(phone), "/calls/0/direction"), R"("outbound")");
  ASSERT_EQ(state(caller), R"("ringing")");
  ASSERT_EQ(ask("POST", caller + "/answer").status, 200);
  pass(100ms);
  EXPECT_EQ(asked(), "answer ");
  Ear ear(440);
  plane.add_tap(person->seats.phone, call::Track::inbound, &ear);
  person->listener.on_answered();
  ASSERT_EQ(ask("POST", caller + "/say", R"({"text":"Hello there."})").status, 200);
  pass(2s);
  EXPECT_GT(ear.meter.share(), a_quarter);
  EXPECT_EQ(phones.dial("+12025550142", "+12025550144", open).error().code, base::Errc::conflict);
  ASSERT_EQ(ask("POST", caller + "/hang-up").status, 200);
  EXPECT_EQ(asked(), "hang-up:normal gone ");
}

TEST_F(SimulatedHandset, HangsUpBeforeAnybodyAnswers) {
  ASSERT_EQ(ask("PUT", caller, R"({"on_call":"person"})").status, 200);
  const auto open = [this](call::EndpointListener& listener) { return make(listener); };
  ASSERT_TRUE(phones.dial("+12025550142", "+12025550143", open));
  pass(200ms);
  person->listener.on_ended({call::HangupCause::canceled, 0, "the browser hung up"});
  pass(1s);
  EXPECT_EQ(state(caller), R"("idle")");
  EXPECT_EQ(state(phone), R"("idle")");
}

TEST_F(SimulatedHandset, HasATokenOfItsOwn) {
  EXPECT_EQ(ask("POST", phone + "/token").status, 404) << "nobody can be a phone yet";
  simulator.set_token_maker([](const std::string& identity) { return "token of " + identity; });
  const http::Response given = ask("POST", phone + "/token");
  ASSERT_EQ(given.status, 200);
  EXPECT_EQ(given.body, R"({"identity":"sim-+12025550142","token":"token of sim-+12025550142"})");
  EXPECT_EQ(ask("POST", "/sim/phones/alice/token").status, 422);
  EXPECT_EQ(call::telephone_of_handset(call::handset_identity("*55#")), "*55#");
}

}  // namespace
}  // namespace belfry::admin
