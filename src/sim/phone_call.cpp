#include "sim/phone_call.hpp"

#include "base/log.hpp"
#include "media/tone.hpp"
#include "media/wav.hpp"

namespace belfry::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_heard = 500;
constexpr std::size_t max_digits = 256;
/// `after_speech`: this long after the end of speech; the detector itself needs 0.1 s to notice the
/// end.
constexpr base::Duration silence_after_speech = 400ms;
/// Nobody waits longer for a sentence that was promised.
constexpr base::Duration longest_gap = 10s;
constexpr std::string_view voicemail_greeting =
    "Hello. Nobody is here to take your call. Please leave a message after the tone.";

gateway::media::MediaTerms phone_terms(std::uint8_t telephone_event) {
  gateway::media::MediaTerms terms;
  terms.telephone_event_in = telephone_event;
  terms.telephone_event_out = telephone_event;
  return terms;
}

std::shared_ptr<const media::PcmClip> make_tone(double hz, base::Duration length) {
  media::PcmClip clip;
  clip.rate = media::narrowband;
  clip.samples.resize(media::samples_in(length, clip.rate));
  media::ToneGenerator(media::sine(hz), clip.rate).fill(clip.samples);
  return std::make_shared<const media::PcmClip>(std::move(clip));
}

gateway::media::LinkQuality quality(const NetworkConditions& network, bool blocked) {
  return {network.loss, network.delay, network.jitter, blocked};
}

}  // namespace

PhoneCall::PhoneCall(
    World& world, PhoneLine& line, Direction direction, std::string number, std::string other,
    std::uint64_t id
)
    : world_(world),
      line_(&line),
      direction_(direction),
      number_(std::move(number)),
      other_(std::move(other)),
      id_(id),
      call_sid_(line.call_sid()),
      state_(direction == Direction::inbound ? State::ringing : State::dialing),
      rang_at_(world.loop.wall_now()),
      answered_(world.loop),
      played_(world.loop),
      speech_(world.loop),
      tasks_(world.loop) {}

PhoneCall::~PhoneCall() {
  if (seats_.phone) world_.media.listen(seats_.phone, nullptr);
}

void PhoneCall::begin(Behaviour behaviour) {
  using enum Behaviour::OnCall;
  ring_handset();
  if (handset_ && (behaviour.on_call == answer || behaviour.on_call == voicemail))
    behaviour.on_call = person;
  tasks_.spawn(behave(std::move(behaviour)));
  changed();
}

base::Task<void> PhoneCall::behave(Behaviour behaviour) {
  network_ = behaviour.network;
  switch (behaviour.on_call) {
    case Behaviour::OnCall::answer:
    case Behaviour::OnCall::voicemail: {
      co_await base::sleep_for(world_.loop, behaviour.answer_after);
      if (ringing()) (void)answer();
      break;
    }
    case Behaviour::OnCall::reject: {
      co_await base::sleep_for(world_.loop, behaviour.answer_after);
      hang_up(call::HangupCause::rejected);
      co_return;
    }
    case Behaviour::OnCall::person:
    case Behaviour::OnCall::no_answer:
    case Behaviour::OnCall::busy:
    case Behaviour::OnCall::unreachable:
      co_await answered_.wait();
      break;
  }
  if (behaviour.on_call == Behaviour::OnCall::voicemail) co_await leave_voicemail();
  if (!is_held()) co_await run_script(std::move(behaviour.script));
}

base::Result<> PhoneCall::answer() {
  if (!ringing()) return base::fail(base::Errc::conflict, "the phone does not ring");
  // Somebody else was faster than the person.
  if (handset_ && !is_held()) drop_handset(call::HangupCause::normal);
  connect(network_);
  line_->on_phone_answered();
  return {};
}

void PhoneCall::on_line_answered(const Behaviour& behaviour) {
  network_ = behaviour.network;
  connect(network_);
  if (!is_held()) tasks_.spawn(run_script(behaviour.script));
}

void PhoneCall::on_line_ringing() {
  if (handset_) handset_->ring_back();
}

void PhoneCall::connect(const NetworkConditions& network) {
  using enum NetworkConditions::OneWay;
  constexpr std::uint8_t telephone_event = 101;
  seats_ = world_.media.open_linked_seats(
      quality(network, network.one_way == out), quality(network, network.one_way == in), link_seed()
  );
  world_.media.set_terms(seats_.leg, phone_terms(telephone_event));
  world_.media.set_terms(seats_.phone, phone_terms(telephone_event));
  world_.media.listen(seats_.phone, this);
  world_.media.watch_speech(seats_.phone);
  if (!world_.heard_folder.empty()) {
    heard_file_ = world_.heard_folder + "/" + call_sid_ + ".wav";
    call::RecordingTerms terms;
    terms.path = heard_file_;
    terms.track = call::Track::inbound;
    if (const auto started = world_.media.start_recording(seats_.phone, terms, nullptr); !started) {
      base::log::warning(
          "sim.not_recorded", {{"call", call_sid_}, {"why", started.error().message}}
      );
      heard_file_.clear();
    }
  }
  state_ = State::connected;
  answered_at_ = world_.loop.wall_now();
  if (handset_) handset_->connect(seats_.phone);
  answered_.set();
  changed();
}

/// Of its own for each call of each phone: losses of two calls have nothing to do with each other.
std::uint64_t PhoneCall::link_seed() const {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char digit : number_) {
    hash = (hash ^ static_cast<unsigned char>(digit)) * 0x100000001b3;
  }
  return world_.seed ^ hash ^ (id_ << 20);
}

base::Result<> PhoneCall::press(const std::string& keys) {
  if (!connected()) return base::fail(base::Errc::conflict, "the phone is not in a call");
  if (keys.empty() || keys.find_first_not_of("0123456789ABCD*#wW") != std::string::npos) {
    return base::fail(base::Errc::invalid_argument, "digits must be keys of 0-9 A-D * # w");
  }
  world_.media.play(seats_.phone, call::DigitsPlayback{keys});
  return {};
}

base::Result<> PhoneCall::say(std::string text) {
  if (!connected()) return base::fail(base::Errc::conflict, "the phone is not in a call");
  if (text.empty() || text.size() > 4096) {
    return base::fail(base::Errc::invalid_argument, "text must have 1 to 4096 characters");
  }
  tasks_.spawn(say_aloud(std::move(text)));
  return {};
}

void PhoneCall::hang_up(call::HangupCause cause) {
  if (over()) return;
  if (ringing() && cause == call::HangupCause::normal) cause = call::HangupCause::rejected;
  const std::uint16_t sip_status = cause == call::HangupCause::rejected ? 603 : 0;
  call::Ending ending{
      cause, sip_status, std::string(connected() ? "the phone hung up" : "the phone declined")
  };
  PhoneLine& line = *line_;
  end(ending);
  line.on_phone_ended(std::move(ending));
}

// --- The person who holds the phone ---

void PhoneCall::ring_handset() {
  if (handset_ || over() || world_.handsets == nullptr || !world_.handsets->has_handset(number_))
    return;
  HandsetOwner& owner = *this;
  handset_ = std::make_unique<Handset>(world_.media, owner);
  if (!handset_->ring(*world_.handsets, number_, other_)) return handset_.reset();
  if (connected()) handset_->connect(seats_.phone);
}

void PhoneCall::take_caller(const call::HandsetTelephones::Open& open) {
  HandsetOwner& owner = *this;
  handset_ = std::make_unique<Handset>(world_.media, owner);
  handset_->take_caller(open);
}

void PhoneCall::on_handset_lifted() {
  if (ringing()) (void)answer();
}

void PhoneCall::on_handset_key(char key) {
  if (connected()) (void)press(std::string(1, key));
}

void PhoneCall::on_handset_ended(const call::Ending& ending, bool held) {
  const bool declined = ringing() && ending.cause == call::HangupCause::rejected;
  handset_.reset();
  if (held || declined) hang_up(call::HangupCause::normal);
}

void PhoneCall::drop_handset(call::HangupCause cause) {
  handset_->hang_up(cause);
  handset_.reset();
}

// --- The end ---

void PhoneCall::on_line_ended(const call::Ending& ending) {
  if (!over()) end(ending);
}

void PhoneCall::end(call::Ending ending) {
  state_ = State::ended;
  ended_at_ = world_.loop.wall_now();
  end_reason_ =
      ending.detail.empty() ? std::string(to_string(ending.cause)) : std::move(ending.detail);
  line_ = nullptr;
  if (handset_) drop_handset(ending.cause);
  if (seats_.phone) {
    world_.media.listen(seats_.phone, nullptr);
    world_.media.close_seat(seats_.phone);
    world_.media.close_seat(seats_.leg);
    seats_ = {};
  }
  tasks_.cancel();
  changed();
}

void PhoneCall::on_words(const call::Words& words) {
  if (!answered_at_ || network_.one_way == NetworkConditions::OneWay::out) return;
  more_words_ = words.more;
  if (words.continues && !heard_.empty()) {
    heard_.back().text += " " + words.text;
  } else if (heard_.size() < max_heard) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
        world_.loop.wall_now() - *answered_at_
    );
    heard_.push_back({since, words.text});
  }
  changed();
}

// --- The script ---

base::Task<void> PhoneCall::run_script(std::vector<ScriptStep> script) {
  for (ScriptStep& step : script) {
    co_await run_step(std::move(step));
  }
}

base::Task<void> PhoneCall::run_step(ScriptStep step) {
  if (step.after_speech) co_await wait_for_silence();
  if (step.after) co_await base::sleep_for(world_.loop, *step.after);
  if (!step.press.empty()) {
    call::Playback keys = call::DigitsPlayback{step.press};
    co_await play(std::move(keys));
  }
  if (!step.say.empty()) co_await say_aloud(std::move(step.say));
  if (!step.play.empty()) {
    auto clip = media::read_audio_file(world_.audio_folder + "/" + step.play);
    if (clip) {
      call::Playback sound =
          call::ClipPlayback{std::make_shared<const media::PcmClip>(std::move(*clip))};
      co_await play(std::move(sound));
    } else {
      base::log::warning("sim.play_failed", {{"file", step.play}, {"why", clip.error().message}});
    }
  }
  if (step.tone_hz > 0) {
    call::Playback tone =
        call::ClipPlayback{make_tone(step.tone_hz, std::max(step.tone_length, 20ms))};
    co_await play(std::move(tone));
  }
  if (step.hang_up) hang_up(call::HangupCause::normal);
}

base::Task<void> PhoneCall::leave_voicemail() {
  co_await base::sleep_for(world_.loop, 500ms);
  co_await say_aloud(std::string(voicemail_greeting));
  call::Playback beep = call::TonePlayback{call::TonePlayback::Kind::beep, 800ms};
  co_await play(std::move(beep));
}

base::Task<void> PhoneCall::play(call::Playback playback) {
  if (!connected()) co_return;
  const call::PlaybackId id = world_.media.play(seats_.phone, std::move(playback));
  while (true) {
    const call::PlaybackId finished = co_await played_.pop();
    if (finished == id) co_return;
  }
}

base::Task<void> PhoneCall::say_aloud(std::string text) {
  call::Utterance utterance{std::move(text), "man", "en-US", 1.0};
  auto clip = co_await world_.speech.synthesize(std::move(utterance));
  if (!clip) co_return;
  call::Playback words = call::ClipPlayback{*clip};
  co_await play(std::move(words));
}

base::Task<bool> PhoneCall::next_speech_change() {
  co_return co_await speech_.pop();
}

base::Task<void> PhoneCall::wait_for_silence() {
  speech_.clear();
  int rounds = 0;
  while (true) {
    if (spoken_to_ && !speaking_) {
      base::Task<bool> change = next_speech_change();
      const auto changed =
          co_await base::with_time_limit(world_.loop, std::move(change), silence_after_speech);
      // Between two sentences the line is silent for as long as the next one takes to be made.
      if (!changed && (!more_words_ || ++rounds > longest_gap / silence_after_speech)) break;
    } else {
      co_await speech_.pop();
    }
  }
  spoken_to_ = false;  // the next step waits for the next speech
}

void PhoneCall::on_playback_finished(call::PlaybackId playback) {
  played_.push(playback);
}

void PhoneCall::on_seat_digit(char digit) {
  if (digits_heard_.size() < max_digits) digits_heard_ += digit;
  changed();
}

void PhoneCall::on_speech(bool speaking) {
  speaking_ = speaking;
  spoken_to_ = spoken_to_ || speaking;
  speech_.push(speaking);
}

void PhoneCall::changed() {
  if (world_.on_change) world_.on_change(number_);
}

base::json::object PhoneCall::to_json() const {
  constexpr std::array<std::string_view, 4> state_words = {
      "ringing", "dialing", "in-call", "ended"
  };
  base::json::array heard;
  for (const Heard& words : heard_)
    heard.push_back({{"at_ms", words.at.count()}, {"text", words.text}});
  const auto when = [](const std::optional<base::WallTime>& time) {
    return time ? base::json::value(base::to_rfc3339(*time)) : base::json::value(nullptr);
  };
  const bool inbound = direction_ == Direction::inbound;
  return {
      {"call_sid", call_sid_},
      {"direction", inbound ? "inbound" : "outbound"},
      {"from", inbound ? other_ : number_},
      {"to", inbound ? number_ : other_},
      {"state", state_words.at(static_cast<std::size_t>(state_))},
      {"rang_at", base::to_rfc3339(rang_at_)},
      {"answered_at", when(answered_at_)},
      {"ended_at", when(ended_at_)},
      {"end_reason",
       end_reason_.empty() ? base::json::value(nullptr) : base::json::value(end_reason_)},
      {"heard", std::move(heard)},
      {"digits_heard", digits_heard_},
      {"audio_url", heard_file_.empty() || !over() ? base::json::value(nullptr)
                                                   : base::json::value("/sim/audio/" + call_sid_)},
  };
}

}  // namespace belfry::sim
